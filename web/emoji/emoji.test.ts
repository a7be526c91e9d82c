// Emoji and their names, as the page gets them.
import { expect, test } from 'bun:test'
import { isEmoji } from '../../protocol/v1-frames.ts'
import { type Emoji, foundBy } from './emoji.ts'
import { slimEmoji } from './slim.ts'
import { TONES, toned } from './tones.ts'

const LANGUAGES = ['en', 'de'] as const

const lines = (language: (typeof LANGUAGES)[number]) => slimEmoji(language).split('\n')

function emoji(picture: string, name: string, ...others: readonly string[]): Emoji {
  return { emoji: picture, group: 0, takesTone: false, name, words: name.split(' '), others }
}

for (const language of LANGUAGES) {
  test(`the server takes every emoji that is offered, in every skin tone (${language})`, () => {
    const refused = lines(language).flatMap((line) => {
      const [picture = '', group = ''] = line.split('\t')
      const spellings = group.endsWith('+') ? TONES.map((tone) => toned(picture, tone)) : [picture]
      return spellings.filter((spelling) => !isEmoji(spelling))
    })
    expect(refused).toEqual([])
    expect(lines(language).length).toBeGreaterThan(1_800)
  })
}

test('both languages offer the same emoji in the same order', () => {
  const [en, de] = LANGUAGES.map((language) => lines(language).map((line) => line.split('\t').slice(0, 2)))
  expect(de).toEqual(en ?? [])
})

test('a skin tone goes to everybody in the picture, and to nothing else', () => {
  expect(toned('👍', 3)).toBe('👍🏽')
  expect(toned('👩‍💻', 5)).toBe('👩🏿‍💻')
  expect(toned('☝️', 1)).toBe('☝🏻')
  expect(toned('🎉', 2)).toBe('🎉')
  expect(toned('👍', 0)).toBe('👍')
})

test('what is called exactly so comes first, then what begins so, then what is said of it', () => {
  const all = [
    emoji('🏠', 'house with garden', 'home'),
    emoji('🐴', 'horse face'),
    emoji('🌹', 'rose'),
    emoji('🐎', 'horse', 'racing'),
    emoji('🏁', 'chequered flag', 'race', 'hor'),
  ]
  expect(foundBy('horse', all).map(({ name }) => name)).toEqual(['horse', 'horse face'])
  expect(foundBy('HOR', all).map(({ name }) => name)).toEqual(['chequered flag', 'horse face', 'horse'])
  expect(foundBy('face hors', all).map(({ name }) => name)).toEqual(['horse face'])
  expect(foundBy(' ', all)).toEqual([])
  expect(foundBy('ors', all)).toEqual([])
})
