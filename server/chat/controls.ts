// Characters that speak to whatever shows a text, instead of being shown.

/** Controls, line separators, and what turns the direction of a text. */
const SPEAKING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
/** Controls but tabs and line feeds. */
const CONTROLS = /[^\P{Cc}\t\n]/gu

/** Whatever somebody sent, it begins no line of its own, and does not speak to a terminal. JSON stays the same JSON. */
export function harmless(line: string): string {
  return line.replace(SPEAKING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** For texts of several lines that people read: what would be a control is seen to be none. */
export function shownControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROLS, '\ufffd')
}
