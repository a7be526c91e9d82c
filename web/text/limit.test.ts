// How much may still be said.
import { expect, test } from 'bun:test'
import { sayable, spaceFor } from './limit.ts'

test('what is sent has no blank lines before it and nothing blank after it, and keeps what it is indented by', () => {
  expect(sayable('\n \n    let cake\n\n')).toBe('    let cake')
  expect(sayable('one\n\n two ')).toBe('one\n\n two')
  for (const blank of ['', ' \n\t', '\u2003\u00A0\u3000', '\u0085']) expect(sayable(blank)).toBe('')
})

test('nothing is said of the limit below nine tenths of it, and nothing at all where there is none', () => {
  expect(spaceFor('a'.repeat(89), 100)).toEqual({ is: 'enough' })
  expect(spaceFor('a'.repeat(90), 100)).toEqual({ is: 'scarce', left: 10 })
  expect(spaceFor('a'.repeat(100), 100)).toEqual({ is: 'scarce', left: 0 })
  expect(spaceFor('a'.repeat(1_000_000), 0)).toEqual({ is: 'enough' })
})

test('the limit counts bytes, and what is too much is told in characters as one sees them', () => {
  expect(spaceFor('ä'.repeat(50), 100)).toEqual({ is: 'scarce', left: 0 })
  expect(spaceFor('ä'.repeat(53), 100)).toEqual({ is: 'over', by: 3 })
  expect(spaceFor(`${'a'.repeat(98)}👩‍💻👍🏽`, 100)).toEqual({ is: 'over', by: 2 })
  expect(spaceFor('a'.repeat(1_000_100), 100)).toEqual({ is: 'over', by: 1_000_000 })
})
