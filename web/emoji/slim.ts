// What the picker needs of every emoji, and no more. Runs while the page is bundled, so only its result is sent to anybody.
import { readFileSync } from 'node:fs'
import { isEmoji } from '../../protocol/v1-frames.ts'
import { wordsOf } from '../../protocol/words.ts'
import { toned } from './tones.ts'

interface Source {
  readonly unicode: string
  readonly label: string
  readonly group?: number
  readonly order?: number
  readonly tags?: readonly string[]
  readonly skins?: readonly { readonly unicode: string }[]
}

/** Skin and hair alone: nothing that one would say. */
const COMPONENTS = 2
const VARIATION = /\uFE0F/g

/** A line for each emoji: it, its group, `+` if it takes a skin tone, its name, and other words that lead to it. */
export function slimEmoji(language: 'en' | 'de'): string {
  const file = Bun.resolveSync(`emojibase-data/${language}/compact.json`, import.meta.dir)
  const all: readonly Source[] = JSON.parse(readFileSync(file, 'utf8'))
  return all
    .filter(({ group }) => group !== undefined && group !== COMPONENTS)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .flatMap(lineOf)
    .join('\n')
}

/** None for what the server would not take as one emoji. */
function lineOf(source: Source): readonly string[] {
  const spellings = [source.unicode, source.unicode.replace(VARIATION, '')]
  const emoji = spellings.find((spelling) => /^\p{RGI_Emoji}$/v.test(spelling) && isEmoji(spelling))
  if (emoji === undefined) return []
  const name = new Set(wordsOf(source.label))
  const others = new Set((source.tags ?? []).flatMap(wordsOf).filter((word) => !name.has(word)))
  return [
    [emoji, `${source.group}${takesTone(emoji, source) ? '+' : ''}`, source.label, [...others].join(' ')].join('\t'),
  ]
}

/** Where one tone for everybody in the picture gives an emoji that exists, in all five. */
function takesTone(emoji: string, { skins = [] }: Source): boolean {
  const made = new Set(skins.map(({ unicode }) => unicode.replace(VARIATION, '')))
  return [1, 2, 3, 4, 5].every((tone) => {
    const spelling = toned(emoji, tone)
    return made.has(spelling.replace(VARIATION, '')) && isEmoji(spelling)
  })
}
