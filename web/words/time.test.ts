// Moments as people say them, on the day that it is.
import { afterAll, beforeEach, expect, test } from 'bun:test'
import { choose } from '../state/settings.ts'
import { dayOf, moment, shortly } from './time.ts'
import { startOfDay, today } from './today.ts'

const at = (text: string) => new Date(text).getTime()
const before = Object.getOwnPropertyDescriptor(globalThis.navigator, 'languages')
Object.defineProperty(globalThis.navigator, 'languages', { value: ['de-AT', 'en-GB'], configurable: true })

beforeEach(() => {
  choose({ language: 'en' })
  today.value = startOfDay(at('2026-03-30T09:30'))
})
afterAll(() => {
  choose({ language: null })
  if (before) Object.defineProperty(globalThis.navigator, 'languages', before)
  else Reflect.deleteProperty(globalThis.navigator, 'languages')
})

test('a day is called by what it is today, and tomorrow otherwise', () => {
  const said = at('2026-03-29T23:59')
  expect(dayOf(said)).toBe('Yesterday')
  today.value = startOfDay(at('2026-03-29T12:00'))
  expect(dayOf(said)).toBe('Today')
  today.value = startOfDay(at('2026-03-31T00:00'))
  expect(dayOf(said)).toMatch(/^Sunday,? 29 March$/)
  today.value = startOfDay(at('2027-01-01T00:00'))
  expect(dayOf(said)).toMatch(/^Sunday,? 29 March 2026$/)
})

test('a short date has its year where that is another one', () => {
  expect(shortly(at('2026-03-30T00:00'))).toBe('00:00')
  expect(shortly(at('2026-03-29T23:59'))).toBe('29 Mar')
  expect(shortly(at('2025-12-31T23:59'))).toBe('31 Dec 2025')
  choose({ language: 'de' })
  expect(shortly(at('2025-12-31T23:59'))).toBe('31. Dez. 2025')
})

test('since when something lasts has its day where that is not today', () => {
  expect(moment(at('2026-03-30T08:05'))).toBe('08:05')
  expect(moment(at('2026-03-29T23:59'))).toBe('29 Mar, 23:59')
  expect(moment(at('2025-12-31T23:59'))).toBe('31 Dec 2025, 23:59')
  choose({ language: 'de' })
  expect(moment(at('2026-03-29T23:59'))).toBe('29. März, 23:59')
})
