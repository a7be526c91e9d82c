// What somebody wrote as one line without its formatting: for lists, notifications and search results.

/** Characters that turn the direction of a line around, which a line outside its message must not do. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const STACKED = /(\p{M}{4})\p{M}+/gu
// Every repetition is bounded: the text may be sixteen thousand times the same character.
const LINK = /!?\[([^\][]{0,300})\]\([^()\s]{0,1000}\)/gu
const FENCE = /^ {0,3}(?:`{3}|~{3}).*$/gmu
const LINE_BEGIN = /^(?:[ \t]{0,8}>){1,8}|^[ \t]{0,8}(?:#{1,6}|[-*+])[ \t]/gmu
const PAIR = /\*\*|~~|`{1,3}/gu
const OPENING = /(^|[\s("'])[*_]{1,3}(?=[^\s*_])/gmu
const CLOSING = /([^\s*_])[*_]{1,3}(?=$|[\s)"'.,:;!?])/gmu

export function plainOf(text: string): string {
  const bare = text
    .replace(FENCE, ' ')
    .replace(LINE_BEGIN, ' ')
    .replace(LINK, '$1')
    .replace(PAIR, '')
    .replace(OPENING, '$1')
    .replace(CLOSING, '$1')
  return tame(bare)
}

/** One line that cannot disturb what stands around it. */
export function tame(text: string): string {
  return text
    .replace(TURNING, '')
    .replace(STACKED, '$1')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}

/** Whatever direction it is written in, what stands beside it keeps its own. */
export function isolated(text: string): string {
  return `\u2068${tame(text)}\u2069`
}

/** At most about this many characters, ended at a word if there is one near. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${space > most / 2 ? cut.slice(0, space) : cut} …`
}
