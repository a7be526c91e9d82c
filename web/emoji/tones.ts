// The five skin tones, and the hand or the people that get one.

/** 0 is the yellow that nobody has. */
export type Tone = number

export const TONES: readonly Tone[] = [0, 1, 2, 3, 4, 5]
const LIGHTEST = 0x1f3fb

/** The same emoji in a tone, for those that take one. */
export function toned(emoji: string, tone: Tone): string {
  if (tone === 0) return emoji
  const modifier = String.fromCodePoint(LIGHTEST + tone - 1)
  return emoji.replace(/(\p{Emoji_Modifier_Base})\uFE0F?/gu, `$1${modifier}`)
}
