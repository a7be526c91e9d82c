// Who is called by a text, and so is told of it.
import { expect, test } from 'bun:test'
import { isCalled } from './mentions.ts'

const MAX = { email: 'max@example.com', name: 'Max Mustermann' }
const MAXIMILIAN = { email: 'mm@example.com', name: 'Maximilian' }

const CALLS = [
  '@max, look',
  'Look, @Max Mustermann!',
  '(@max@example.com)',
  'Done by @max@example.com.',
  '~~@max~~ not any more',
  '@anna/@max',
  '@max@anna',
  '@max.@anna',
  'See https://example.com and ask @max.',
  '+@max',
  '-@max',
  'cc=@max',
  '_@max, please_',
  'See README.md/@max',
]
const CALLS_NOT = [
  'write to info@maxi-shop.de',
  '@Maximilian, look',
  'me@max',
  'Max',
  '@max@example.community',
  '@max@example.com.au',
  '@max@example.com-pany.de',
  '@max.muster@example.org',
  'info-@max.example.org',
  'info+@max',
  'me_@max',
  'https://blog.example.com/@max',
  'blog.example.com/@max/1',
  '[his](https://blog.example.com/@max)',
  'https://example.com/?by=@max',
]

for (const text of CALLS)
  test(`calls Max: ${text}`, () => {
    expect(isCalled(MAX.email, text, [MAX, MAXIMILIAN])).toBe(true)
    expect(isCalled(MAX.email, text, [MAXIMILIAN, MAX])).toBe(true)
  })

for (const text of CALLS_NOT)
  test(`does not call Max: ${text}`, () => {
    expect(isCalled(MAX.email, text, [MAX, MAXIMILIAN])).toBe(false)
  })

test('whoever is not known to be there yet is called by their email and its first part', () => {
  expect(isCalled(MAX.email, '@max, look', [])).toBe(true)
  expect(isCalled(MAX.email, '@max@example.com', [])).toBe(true)
  expect(isCalled(MAX.email, '@Maximilian, look', [])).toBe(false)
})
