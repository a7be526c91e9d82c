// Numbers about numbers, where it is easy to be off by one.
import { expect, test } from 'bun:test'
import { median, quantile, short } from './figures.ts'

const HUNDRED = Float64Array.from({ length: 100 }, (_, index) => index)

test('a quantile leaves its share of the values below it', () => {
  expect(quantile(HUNDRED, 0)).toBe(0)
  expect(quantile(HUNDRED, 0.5)).toBe(50)
  expect(quantile(HUNDRED, 0.99)).toBe(99)
  expect(quantile(HUNDRED, 1)).toBe(99)
  expect(quantile([], 0.5)).toBeNaN()
})

test('the median is the middle one, or halfway between the middle two', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 6])).toBe(5.5)
  expect(median([4])).toBe(4)
  expect(median([])).toBeNaN()
})

test('numbers are told in three digits', () => {
  expect([1_516_337, 243_902, 12_118, 950, 14.82, 1.925].map(short)).toEqual([
    '1.52M',
    '244k',
    '12.1k',
    '950',
    '14.8',
    '1.93',
  ])
  expect(short(Number.NaN)).toBe('–')
})
