// How much may still be said. The limit counts bytes of UTF-8; people count characters.
import { isBlank } from '../../protocol/plain.ts'

export type Space =
  | { readonly is: 'enough' }
  | { readonly is: 'scarce'; readonly left: number }
  | { readonly is: 'over'; readonly by: number }

const SCARCE_FROM = 0.9
const encoder = new TextEncoder()

/** What is sent of what was typed: without blank lines before it and white space after it. Empty when there is nothing to say. */
export function sayable(typed: string): string {
  return isBlank(typed) ? '' : typed.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
}

/** `left` in letters of one byte; `over.by` in the characters, as one sees them, that have to go from the end. 0 bytes is no limit. */
export function spaceFor(text: string, mostBytes: number): Space {
  // No text has more than three bytes for each unit of its length, so most need no counting.
  if (mostBytes === 0 || text.length * 3 < mostBytes * SCARCE_FROM) return { is: 'enough' }
  const bytes = encoder.encode(text).length
  if (bytes > mostBytes) return { is: 'over', by: charactersBeyond(text, mostBytes) }
  return bytes >= mostBytes * SCARCE_FROM ? { is: 'scarce', left: mostBytes - bytes } : { is: 'enough' }
}

function charactersBeyond(text: string, mostBytes: number): number {
  const { read } = encoder.encodeInto(text, new Uint8Array(mostBytes))
  const inAll = text.slice(read)
  // Counting what one sees of a whole book would make typing wait.
  if (inAll.length > 20_000) return inAll.length
  return [...new Intl.Segmenter().segment(inAll)].length
}
