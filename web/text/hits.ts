// Where the words of a search stand in a text, compared as the search compares them: case and accents do not matter.
import { wordsOf } from '../../protocol/words.ts'
import { shortened } from './plain.ts'

/** A piece of the text, and whether it was looked for. All pieces together are the text. */
export interface Piece {
  readonly text: string
  readonly hit: boolean
}

const WORD = /[\p{L}\p{N}\p{Co}\p{M}]+/gu
const BEFORE_HIT = 60

/** `words` as `wordsOf` gives them. */
export function piecesOf(text: string, words: readonly string[]): readonly Piece[] {
  const wanted = new Set(words)
  const pieces: Piece[] = []
  let done = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!wordsOf(word).some((folded) => wanted.has(folded))) continue
    if (index > done) pieces.push({ text: text.slice(done, index), hit: false })
    pieces.push({ text: word, hit: true })
    done = index + word.length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), hit: false })
  return pieces
}

/** The surroundings of the first hit, in a text of one line. */
export function excerptAround(text: string, words: readonly string[], most = 200): string {
  const [first, second] = piecesOf(text, words)
  const at = first?.hit || !second ? 0 : (first?.text.length ?? 0)
  if (text.length <= most || at <= BEFORE_HIT) return shortened(text, most)
  const from = text.indexOf(' ', at - BEFORE_HIT)
  const begin = from === -1 || from >= at ? at : from + 1
  return `… ${shortened(text.slice(begin), most)}`
}

/** Whether every word stands in the text. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const there = new Set(wordsOf(text))
  return words.every((word) => there.has(word))
}
