// Which words of a text a search marks, and what of a long text it shows.
import { expect, test } from 'bun:test'
import { wordsOf } from '../../protocol/words.ts'
import { excerptAround, hasWords, piecesOf } from './hits.ts'

const marked = (text: string, query: string) =>
  piecesOf(text, wordsOf(query))
    .map(({ text, hit }) => (hit ? `[${text}]` : text))
    .join('')

test('[V9] words are marked whatever their case and accents', () => {
  const cases: readonly [string, string, string][] = [
    ['Crème BRÛLÉE, bitte', 'creme brulee', '[Crème] [BRÛLÉE], bitte'],
    ['Grüßmehl, grußmehl', 'GRÜSSMEHL grußmehl', '[Grüßmehl], [grußmehl]'],
    ['release and released', 'release', '[release] and released'],
    ['cre\u0300me', 'creme', '[cre\u0300me]'],
    ['<b>bold</b>', 'b', '<[b]>bold</[b]>'],
    ['nothing here', 'else', 'nothing here'],
    ['', 'x', ''],
  ]
  for (const [text, query, expected] of cases) expect(marked(text, query)).toBe(expected)
})

test('the pieces are the whole text', () => {
  for (const text of ['a b a', ' a', 'a ', '𝒳 a 𝒳', 'a'.repeat(100)]) {
    expect(
      piecesOf(text, ['a'])
        .map(({ text }) => text)
        .join(''),
    ).toBe(text)
  }
})

test('a long text is shown around its first hit', () => {
  const long = `${'before '.repeat(50)}needle ${'after '.repeat(100)}`
  const excerpt = excerptAround(long, ['needle'])
  expect(excerpt).toMatch(/^… before .*needle after .* …$/)
  expect(excerpt.length).toBeLessThan(220)
  expect(excerptAround('short needle', ['needle'])).toBe('short needle')
  expect(excerptAround(`needle ${'x '.repeat(200)}`, ['needle'])).toMatch(/^needle x/)
  expect(excerptAround(`${'x'.repeat(9_000)} needle`, ['needle'])).toBe('… needle')
})

test('[V9] all words have to be there', () => {
  expect(hasWords('Die Überweisung kam gestern', wordsOf('gestern uberweisung'))).toBe(true)
  expect(hasWords('Die Überweisung kam gestern', wordsOf('gestern heute'))).toBe(false)
})
