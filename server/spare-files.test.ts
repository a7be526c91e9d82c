// When somebody new is taken, and how often it is said that nobody is.
import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { SpareFiles } from './spare-files.ts'

let said: string[]
let spies: { mockRestore(): void }[]
beforeEach(() => {
  said = []
  const note = (line: unknown) => void said.push(String(line))
  spies = [spyOn(console, 'error').mockImplementation(note), spyOn(console, 'warn').mockImplementation(note)]
})
afterEach(() => {
  for (const spy of spies) spy.mockRestore()
})

/** A process that could open so many files more. */
function place(left: number) {
  const now = { left, seconds: 0, isTaking: true, mayListen: true }
  const listeners = {
    pause: () => {
      now.isTaking = false
    },
    resume: () => {
      if (!now.mayListen) throw new Error('the port is taken')
      now.isTaking = true
    },
  }
  const couldOpen = (many: number) => now.left >= many
  const spare = new SpareFiles({ couldOpen, listeners, remedy: 'allow more', clock: () => now.seconds * 1_000 })
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      now.seconds += 1
      spare.look()
    }
  }
  return { now, pass }
}

test('nobody is taken while hardly a file is left, and for a moment longer', () => {
  const { now, pass } = place(1_000)
  pass(10)
  expect(now.isTaking).toBe(true)
  now.left = 15
  pass(1)
  expect(now.isTaking).toBe(false)
  now.left = 1_000
  pass(2)
  expect(now.isTaking).toBe(false)
  pass(1)
  expect(now.isTaking).toBe(true)
  expect(said).toEqual([expect.stringContaining('allow more'), expect.stringContaining('whoever is new comes in')])
})

test('the few files that somebody gives back are no reason to begin again', () => {
  const { now, pass } = place(0)
  pass(1)
  now.left = 31
  pass(100)
  expect(now.isTaking).toBe(false)
})

test('however often it happens, it is said once a minute', () => {
  const { now, pass } = place(0)
  for (let turn = 0; turn < 40; turn++) {
    now.left = turn % 2 ? 1_000 : 0
    pass(5)
  }
  expect(said.filter((line) => line.includes('allow more'))).toHaveLength(4)
  expect(said.filter((line) => line.includes('whoever is new'))).toHaveLength(4)
})

test('where it cannot listen again, it tries on, and says why', () => {
  const { now, pass } = place(0)
  now.mayListen = false
  pass(1)
  now.left = 1_000
  pass(70)
  expect(said.filter((line) => line.includes('the port is taken'))).toHaveLength(1)
  now.mayListen = true
  pass(1)
  expect(now.isTaking).toBe(true)
})
