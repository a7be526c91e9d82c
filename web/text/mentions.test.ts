// Who is called by a text, and so is told of it.
import { expect, test } from 'bun:test'
import { isCalled } from './mentions.ts'

const MAX = { email: 'max@example.com', name: 'Max Mustermann' }
const MAXIMILIAN = { email: 'mm@example.com', name: 'Maximilian' }

for (const text of ['@max, look', 'Look, @Max Mustermann!', '(@max@example.com)'])
  test(`calls Max: ${text}`, () => {
    expect(isCalled(MAX.email, text, [MAX, MAXIMILIAN])).toBe(true)
    expect(isCalled(MAX.email, text, [MAXIMILIAN, MAX])).toBe(true)
  })

for (const text of ['write to info@maxi-shop.de', '@Maximilian, look', 'me@max', 'Max'])
  test(`does not call Max: ${text}`, () => {
    expect(isCalled(MAX.email, text, [MAX, MAXIMILIAN])).toBe(false)
  })

test('whoever is not known to be there yet is called by their email and its first part', () => {
  expect(isCalled(MAX.email, '@max, look', [])).toBe(true)
  expect(isCalled(MAX.email, '@max@example.com', [])).toBe(true)
  expect(isCalled(MAX.email, '@Maximilian, look', [])).toBe(false)
})
