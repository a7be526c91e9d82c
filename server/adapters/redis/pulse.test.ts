// A pulse by a clock in the hand of the test: it beats on and on, one at a time, and tells when it is not heard.
import { beforeEach, expect, test } from 'bun:test'
import { Pulse } from './pulse.ts'

let now: number
let due: { readonly at: number; readonly work: () => void }[]
let said: number[]
let timesDeaf: number
let saying: (turn: number) => Promise<void>
let pulse: Pulse

beforeEach(() => {
  now = 0
  due = []
  said = []
  timesDeaf = 0
  saying = async () => {}
  pulse = new Pulse({
    say: (turn) => {
      said.push(turn)
      return saying(turn)
    },
    deaf: () => timesDeaf++,
    everyMilliseconds: 100,
    hearingMilliseconds: 50,
    now: () => now,
    after: (milliseconds, work) => {
      const one = { at: now + milliseconds, work }
      due.push(one)
      return () => {
        due = due.filter((other) => other !== one)
      }
    },
  })
})

test('it beats every so often from its start, and never after it was stopped', async () => {
  pulse.start(30)
  await pass(29)
  expect(said).toEqual([])
  await pass(1)
  expect(said).toEqual([1])
  pulse.heard(1)
  await pass(100)
  expect(said).toEqual([1, 2])
  pulse.stop()
  pulse.beat()
  await pass(1_000)
  expect(said).toEqual([1, 2])
  expect(timesDeaf).toBe(0)
  expect(due).toEqual([])
})

test('asked often while one beat is being said, it beats once more', async () => {
  let answer = () => {}
  saying = () => new Promise((resolve) => (answer = resolve))
  for (let count = 0; count < 10; count++) pulse.beat()
  expect(said).toEqual([1])
  answer()
  await settled()
  expect(said).toEqual([1, 2])
  answer()
  await settled()
  expect(said).toEqual([1, 2])
})

test('what is not heard in time makes it deaf, again and again until it is heard', async () => {
  pulse.beat()
  await pass(54)
  expect(timesDeaf).toBe(0)
  await pass(1)
  expect(timesDeaf).toBe(1)
  await pass(100)
  expect(timesDeaf).toBe(2)
  await pass(46)
  pulse.heard(3)
  await pass(54)
  expect(timesDeaf).toBe(2)
})

test('a beat that is heard does not excuse the next one', async () => {
  pulse.beat()
  await settled()
  await pass(40)
  pulse.beat()
  await settled()
  pulse.heard(1)
  await pass(15)
  expect(timesDeaf).toBe(0)
  await pass(55)
  expect(timesDeaf).toBe(1)
})

test('what was said to a line that is no more need not be heard, but what is said after it', async () => {
  pulse.beat()
  await pass(40)
  pulse.forgive()
  await pass(59)
  expect(timesDeaf).toBe(0)
  await pass(1 + 55)
  expect(timesDeaf).toBe(1)
})

test('what could not be said need not be heard, and is said anew in time', async () => {
  saying = () => Promise.reject(new Error('nobody there'))
  pulse.beat()
  await pass(99)
  expect(timesDeaf).toBe(0)
  expect(said).toEqual([1])
  await pass(1)
  expect(said).toEqual([1, 2])
})

test('a round trip is measured, and refused when nothing comes back', async () => {
  const first = pulse.roundTrip()
  await pass(7)
  pulse.heard(1)
  expect(await first).toBe(7)
  const second = pulse.roundTrip()
  const refused = second.catch((reason: unknown) => reason)
  await pass(100)
  expect(await refused).toMatchObject({ code: 'store_unavailable' })
})

/** Lets time pass, a millisecond at a time. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed++) {
    await settled()
    now++
    const ripe = due.filter(({ at }) => at <= now)
    due = due.filter(({ at }) => at > now)
    for (const { work } of ripe) work()
  }
  await settled()
}

/** Whatever needs no time has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
