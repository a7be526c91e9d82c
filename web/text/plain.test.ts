// A message as one line, whatever is in it.
import { expect, test } from 'bun:test'
import { isolated, plainOf, shortened } from './plain.ts'

test('formatting goes and the words stay', () => {
  const plain: readonly [string, string][] = [
    ['Good **morning**, _all_', 'Good morning, all'],
    ['> what?\n\nThat is ~~not~~ it', 'what? That is not it'],
    ['# Plan\n\n- one\n- two\n1. three', 'Plan one two 1. three'],
    ['see [the form](https://example.com/a) now', 'see the form now'],
    ['run `npm ci`:\n\n```sh\nnpm start\n```', 'run npm ci: npm start'],
    ['2 * 3 * 4 = 24, snake_case_name and 5*3', '2 * 3 * 4 = 24, snake_case_name and 5*3'],
    ['***very*** important', 'very important'],
    ['', ''],
  ]
  for (const [text, expected] of plain) expect(plainOf(text)).toBe(expected)
})

test('nothing that turns a line around, breaks it or towers over it is left', () => {
  expect(plainOf('a\u202eb\u2066c\u200fd\u0000e\n\nf\t g')).toBe('abcd e f g')
  expect(plainOf(`e${'\u0301'.repeat(1000)}`)).toBe(`e${'\u0301'.repeat(4)}`)
  expect(isolated('x\u2069y')).toBe('\u2068xy\u2069')
})

test('hostile texts of the greatest length are read in no time worth mentioning', () => {
  const pieces = ['[', '![', '](', '*', '_', '> ', '`', '~', '#', '- ', '\t', 'a*', '[a](', '\u0301', '𝒳']
  for (const piece of pieces) {
    const text = piece.repeat(16_384 / piece.length)
    expect(typeof plainOf(text)).toBe('string')
  }
})

test('what is too long ends at a word, and never inside a character', () => {
  expect(shortened('one two three four', 11)).toBe('one two …')
  expect(shortened('short', 11)).toBe('short')
  expect(shortened('𝒳'.repeat(20), 11)).toBe(`${'𝒳'.repeat(5)} …`)
  expect(shortened(`${'x'.repeat(9)} y`, 10)).toBe(`${'x'.repeat(9)} …`)
})
