// Characters that draw nothing and change how others are drawn: shown for what they are, so that no text looks like another one.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const PICTURES = 0x2400
const DELETE = 0x7f

/** The text with every control and override character made visible. Line breaks and tabs stay. */
export function neutral(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL, shown)
}

function shown(character: string): string {
  const code = character.charCodeAt(0)
  if (character === '\r' || code === 0x85 || code === 0x2028 || code === 0x2029) return '\n'
  if (code < 0x20) return String.fromCharCode(PICTURES + code)
  return code === DELETE ? '␡' : '\u{fffd}'
}
