// Words that somebody searched for, where they stand in a text: case and accents do not matter.
import { wordsOf } from '../../protocol/words.ts'

export interface Marked {
  readonly text: string
  readonly marked: boolean
}

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu

/** The text in pieces. A word is marked when it begins with one of those that were looked for. */
export function markedIn(text: string, looked: readonly string[]): readonly Marked[] {
  const wanted = looked.flatMap(wordsOf)
  if (wanted.length === 0) return [{ text, marked: false }]
  const pieces: Marked[] = []
  let from = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const folded = wordsOf(word)
    if (!folded.some((part) => wanted.some((each) => part.startsWith(each)))) continue
    if (index > from) pieces.push({ text: text.slice(from, index), marked: false })
    pieces.push({ text: word, marked: true })
    from = index + word.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), marked: false })
  return pieces
}
