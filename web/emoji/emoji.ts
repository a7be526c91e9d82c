// All emoji that may be said, with their names in one language: read once, found by words.
import { wordsOf } from '../../protocol/words.ts'
import type { Language } from '../state/settings.ts'

export interface Emoji {
  /** Such as 👍. */
  readonly emoji: string
  /** As Unicode groups them: 0 is smileys, 9 is flags. */
  readonly group: number
  readonly takesTone: boolean
  readonly name: string
  readonly words: readonly string[]
  /** Words that lead to it and are not its name. */
  readonly others: readonly string[]
}

const tables = new Map<Language, Promise<readonly Emoji[]>>()

/** Rejects where its part of the page does not arrive; asking again tries again. */
export function emojiIn(language: Language): Promise<readonly Emoji[]> {
  const known = tables.get(language) ?? load(language)
  tables.set(language, known)
  known.catch(() => tables.delete(language))
  return known
}

/** Those whose words begin like every word of the query; the nearest names first. */
export function foundBy(query: string, all: readonly Emoji[]): readonly Emoji[] {
  const wanted = wordsOf(query)
  if (wanted.length === 0) return []
  return all
    .map((emoji) => ({ emoji, distance: distanceOf(emoji, wanted) }))
    .filter(({ distance }) => distance < FAR)
    .sort((a, b) => a.distance - b.distance)
    .map(({ emoji }) => emoji)
}

const FAR = 100

function distanceOf({ words, others }: Emoji, wanted: readonly string[]): number {
  return Math.max(
    ...wanted.map((word, place) => {
      if (words[place] === word) return words.length === wanted.length ? 0 : 1
      if (words.includes(word)) return 2
      if (others.includes(word)) return 3
      if (words.some((other) => other.startsWith(word))) return 4
      return others.some((other) => other.startsWith(word)) ? 5 : FAR
    }),
  )
}

async function load(language: Language): Promise<readonly Emoji[]> {
  const { lines } = language === 'de' ? await import('./de.ts') : await import('./en.ts')
  return lines.split('\n').map(parsed)
}

function parsed(line: string): Emoji {
  const [emoji = '', group = '', name = '', others = ''] = line.split('\t')
  return {
    emoji,
    group: Number.parseInt(group, 10),
    takesTone: group.endsWith('+'),
    name,
    words: wordsOf(name),
    others: others.split(' '),
  }
}
