// What becomes of what people write, and of what nobody would write by hand.
import { expect, test } from 'bun:test'
import { tokensOf } from './markdown.ts'

const kinds = (text: string) => tokensOf(text)?.map(({ type }) => type)

/** What the first paragraph is made of. */
function inline(text: string): readonly string[] {
  const [paragraph] = tokensOf(text) ?? []
  if (paragraph?.type !== 'paragraph') throw new Error('no paragraph')
  return paragraph.tokens.map((token) => ('text' in token ? `${token.type} ${token.text}` : token.type))
}

/** Every piece of text that would be painted, in order. */
function wordsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsIn).join('')
  if (typeof value !== 'object' || value === null) return ''
  const { type, tokens, items, header, rows, text, raw } = value as Record<string, unknown>
  if (type === 'list') return wordsIn(items)
  if (type === 'table') return wordsIn(header) + wordsIn(rows)
  return tokens ? wordsIn(tokens) : String(text ?? raw ?? '')
}

test('bold, italic, struck, code, links, lists, quotes, code blocks and tables are read', () => {
  expect(inline('**b** *i* ~~s~~ `c` [t](https://example.com)')).toEqual([
    'strong b',
    'text  ',
    'em i',
    'text  ',
    'del s',
    'text  ',
    'codespan c',
    'text  ',
    'link t',
  ])
  expect(kinds('- a\n- b\n\n> q\n\n```\nx\n```\n\n| a |\n|---|\n| 1 |')?.filter((kind) => kind !== 'space')).toEqual([
    'list',
    'blockquote',
    'code',
    'table',
  ])
})

test('lines break where they were broken, and bare addresses are links', () => {
  expect(inline('one\ntwo https://example.com')).toEqual(['text one', 'br', 'text two ', 'link https://example.com'])
})

test('HTML is text, and so is what would define, underline or indent', () => {
  for (const text of [
    '<script>alert(1)</script>',
    'a <b>x</b> c',
    '<!-- x -->',
    '[a]: https://example.com',
    '<img src=x onerror=alert(1)>',
  ]) {
    expect(JSON.stringify(tokensOf(text))).not.toContain('"html"')
    expect(wordsIn(tokensOf(text))).toBe(text)
  }
  expect(kinds('    indented')).toEqual(['paragraph'])
  expect(kinds('Regards\n---\nMax')).not.toContain('heading')
})

const REPEATED = [
  '>',
  '[',
  '![',
  '*',
  '_',
  '`',
  '~',
  '(',
  '<',
  '[](',
  '**a',
  '*a ',
  '- ',
  '> ',
  '>- ',
  '1. ',
  '\\',
  '&',
  'a@',
  'http://a.',
  'www.',
  '|',
  '|-',
  '| a ',
  '#',
  '[a](',
  '[a][',
  '<a ',
  '<!--',
  'a\n=',
  '\n- ',
  '  - \n',
  ' \n',
  '\t',
  'a*b_',
  '**_',
  '~~a',
  '`a',
  '> - ',
  '\n>',
  '\u0301',
  '\u202e',
  '😀',
  '||\n',
  '- [ ] ',
  ':-|',
  '"\'',
  '-\n',
  '***',
  '$',
  '@Anna ',
]

test('sixteen thousand of anything neither fail nor lose a letter', () => {
  for (const piece of REPEATED) {
    const text = piece.repeat(Math.floor(16_384 / piece.length))
    expect(() => tokensOf(text)).not.toThrow()
    expect(() => tokensOf(`a ${text} b`)).not.toThrow()
    expect(() => tokensOf(`${text}\n\n**b**`)).not.toThrow()
  }
})

test('whatever two pieces are put together, it comes back', () => {
  for (const one of REPEATED) {
    for (const other of REPEATED) expect(() => tokensOf((one + other).repeat(40))).not.toThrow()
  }
})

test('what is nested deeper than anybody writes is shown as it is', () => {
  expect(tokensOf('>'.repeat(40))).toBeNull()
  expect(tokensOf(`${'- '.repeat(40)}x`)).toBeNull()
  expect(tokensOf('> > > fine')).not.toBeNull()
})
