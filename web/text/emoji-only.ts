// Messages that are nothing but a few emoji are shown larger.

const ONE =
  '(?:\\p{Regional_Indicator}{2}|[0-9#*]\\ufe0f?\\u20e3|' +
  '\\p{Extended_Pictographic}[\\ufe0f\\p{EMod}]?[\\u{e0020}-\\u{e007f}]*' +
  '(?:\\u200d\\p{Extended_Pictographic}[\\ufe0f\\p{EMod}]?)*)'
const FEW = new RegExp(`^(?:${ONE}\\s?){1,3}$`, 'u')
/** Three of the longest ones are shorter. */
const LONGEST = 120

export function isEmojiOnly(text: string): boolean {
  const trimmed = text.trim()
  return trimmed !== '' && trimmed.length < LONGEST && FEW.test(trimmed)
}
