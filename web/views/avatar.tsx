// A face for a person or a room: initials on a colour that stays theirs.
import './avatar.css'

export interface AvatarProps {
  readonly name: string
  /** What the colour is made of: an email, or a room's id. */
  readonly seed: string
  readonly online?: boolean
  readonly square?: boolean
}

/** Shows nothing that the name beside it does not say. */
export function Avatar({ name, seed, online = false, square = false }: AvatarProps) {
  return (
    <span class="avatar" data-hue={hueOf(seed)} data-online={online} data-square={square} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

/** The first characters of the first two words, whatever script they are in. */
function initialsOf(name: string): string {
  const words = name.split(/[\s@.:,_-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63).toUpperCase())
    .join('')
}

const HUES = 8

function hueOf(seed: string): number {
  let sum = 7
  for (const character of seed) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum % HUES
}
