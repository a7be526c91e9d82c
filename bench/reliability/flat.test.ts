// A level that stays, one that scatters and one that rises are told apart.
import { expect, test } from 'bun:test'
import { isFlat, type Sample, trendOf } from './flat.ts'

function samples(levelAt: (minute: number) => number): readonly Sample[] {
  return Array.from({ length: 180 }, (_, index) => ({ at: index * 2, value: levelAt(index / 30) }))
}

test('what stays where it is has no slope, and is flat', () => {
  const trend = trendOf(samples(() => 80))
  expect(trend).toMatchObject({ slope: 0, uncertainty: 0, level: 80 })
  expect(trend && isFlat(trend)).toBe(true)
})

test('what goes up and down is flat', () => {
  const trend = trendOf(samples((minute) => 80 + 8 * Math.sin(minute * 9)))
  expect(trend && isFlat(trend)).toBe(true)
})

test('what rises by a twentieth every minute is not flat, even while it scatters', () => {
  const trend = trendOf(samples((minute) => 80 + 4 * minute + 2 * Math.sin(minute * 9)))
  expect(trend?.slope).toBeCloseTo(4, 0)
  expect(trend && isFlat(trend)).toBe(false)
})

test('where there is too little to say anything, nothing is said', () => {
  expect(trendOf(samples(() => 80).slice(0, 20))).toBeNull()
})
