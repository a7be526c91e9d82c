// Broadcasts come early, late, twice or never, and the log fails and is replaced: each event is told once, in order.
import { beforeEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { message, RoomUnderTest, type Waiting } from '../../test/support/delivery-room.ts'
import type { Stored } from '../ports/log.ts'
import { MOST_MISSED } from './tail.ts'

/** Longer than a repair waits before it asks the log, and before it asks again. */
const GRACE = 60
const RETRY = 600

let room: RoomUnderTest

beforeEach(() => {
  room = new RoomUnderTest()
})

describe('broadcasts', () => {
  test('[R3] those that come in order are told at once, and nobody asks the log', async () => {
    for (const stored of room.log.store(5)) expect(room.delivery.deliver(stored)).toBeUndefined()
    expect(room.told).toEqual([1, 2, 3, 4, 5])
    await room.pass(10 * RETRY)
    expect(room.log.asked).toBe(0)
  })

  test('[R3] an early one waits for those before it, however many, and whoever stored it waits for it to be told', async () => {
    const [one, two, three, four] = room.log.store(4)
    const waits = [four, two, three].map((stored) => room.confirmed(stored))
    await room.settle()
    expect(room.told).toEqual([])
    expect(waits.map(({ done }) => done)).toEqual([false, false, false])
    room.deliver(one)
    expect(room.told).toEqual([1, 2, 3, 4])
    await room.settle()
    expect(waits.map(({ done }) => done)).toEqual([true, true, true])
    await room.pass(10 * RETRY)
    expect(room.log.asked).toBe(0)
  })

  test('[R5] one that came twice, or late, is told once', async () => {
    const [one, two, three] = room.log.store(3)
    for (const stored of [one, one, three, two, two, three, one]) room.deliver(stored)
    await room.pass(10 * RETRY)
    expect(room.told).toEqual([1, 2, 3])
    const waits = room.confirmed(one)
    await room.settle()
    expect(waits.done).toBe(true)
    expect(room.log.asked).toBe(0)
  })

  test('[R5] one that the log never had keeps nobody waiting for what would lead to it', async () => {
    const [one, two] = room.log.store(2)
    room.deliver(one)
    room.deliver({ epoch: 'first', event: message(9_007_199_254_740_991) })
    await room.pass(GRACE)
    const asked = room.log.asked
    await room.pass(10 * RETRY)
    expect(room.log.asked).toBe(asked)
    room.deliver(two)
    let hasLooked = false
    void room.delivery.look().then(() => {
      hasLooked = true
    })
    await room.settle()
    expect([hasLooked, ...room.told]).toEqual([true, 1, 2])
  })

  test('[R5] one that never comes is fetched from the log after a moment, in its place', async () => {
    const [one, , , four] = room.log.store(4)
    room.deliver(one)
    const waits = room.confirmed(four)
    await room.pass(GRACE)
    expect(room.told).toEqual([1, 2, 3, 4])
    expect(waits.done).toBe(true)
    expect(room.log.asked).toBe(1)
    for (const stored of room.log.store(2)) room.deliver(stored)
    expect(room.told).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('[R5] one that is lost at the very end is found by the next look', async () => {
    room.deliver(room.log.store(1)[0])
    room.log.store(2)
    await room.pass(10 * RETRY)
    expect(room.told).toEqual([1])
    const looked = room.delivery.look()
    await room.pass(GRACE)
    await looked
    expect(room.told).toEqual([1, 2, 3])
  })

  test('a look where nothing was lost ends at once, and asks for no event', async () => {
    for (const stored of room.log.store(3)) room.deliver(stored)
    await room.delivery.look()
    expect(room.log.asked).toBe(0)
    expect(room.told).toEqual([1, 2, 3])
  })

  test('[R5] what comes while the log is being asked is told in its place too', async () => {
    const [, two, three] = room.log.store(3)
    room.deliver(two)
    const answer = room.log.holdUp()
    await room.pass(GRACE)
    room.deliver(three)
    const [four, five] = room.log.store(2)
    room.deliver(five)
    answer()
    await room.settle()
    expect(room.told).toEqual([1, 2, 3])
    room.deliver(four)
    await room.pass(RETRY)
    expect(room.told).toEqual([1, 2, 3, 4, 5])
  })

  test('[R5] a repair that was overtaken by what it was for tells nothing twice', async () => {
    const [one, two, three] = room.log.store(3)
    room.deliver(three)
    const answer = room.log.holdUp()
    await room.pass(GRACE)
    for (const stored of [one, two]) room.deliver(stored)
    answer()
    await room.pass(10 * RETRY)
    expect(room.told).toEqual([1, 2, 3])
    expect(room.log.asked).toBe(1)
  })
})

describe('a store that fails', () => {
  test('[R5] [R6] a repair is tried again until the store answers, and only then is anything confirmed', async () => {
    const [, two] = room.log.store(2)
    room.log.down = true
    const waits = room.confirmed(two)
    await room.pass(20 * RETRY)
    expect(room.told).toEqual([])
    expect(waits.done).toBe(false)
    expect(room.log.asked).toBeGreaterThan(5)
    expect(room.log.asked).toBeLessThan(40)
    room.log.down = false
    await room.pass(RETRY)
    expect(room.told).toEqual([1, 2])
    expect(waits.done).toBe(true)
    const { asked } = room.log
    await room.pass(20 * RETRY)
    expect(room.log.asked).toBe(asked)
  })

  test('[R6] a look says that the store does not answer, and the next one makes up for it', async () => {
    room.log.store(2)
    room.log.down = true
    await expect(room.delivery.look()).rejects.toMatchObject({ code: 'store_unavailable' })
    room.log.down = false
    const looked = room.delivery.look()
    await room.pass(GRACE)
    await looked
    expect(room.told).toEqual([1, 2])
  })

  test('[R6] what comes by itself while the store fails is told, and ends the trying', async () => {
    const [one, two] = room.log.store(2)
    room.log.down = true
    const waits = room.confirmed(two)
    await room.pass(RETRY)
    room.deliver(one)
    await room.settle()
    expect(room.told).toEqual([1, 2])
    expect(waits.done).toBe(true)
    const { asked } = room.log
    await room.pass(20 * RETRY)
    expect(room.log.asked).toBe(asked)
  })

  test('a room that is closed stops trying, and whoever waits is let go', async () => {
    const [, two] = room.log.store(2)
    room.log.down = true
    const waits = room.confirmed(two)
    await room.pass(RETRY)
    room.delivery.stop()
    room.delivery.stop()
    await room.pass(RETRY)
    const { asked } = room.log
    await room.pass(20 * RETRY)
    expect(waits.done).toBe(true)
    expect(room.log.asked).toBe(asked)
    expect(room.told).toEqual([])
  })
})

describe('another log', () => {
  test('[R2] one that took the place of the former is begun anew, once, and goes on from its end', async () => {
    for (const stored of room.log.store(5)) room.deliver(stored)
    room.log.replace('second')
    const [one, two] = room.log.store(2)
    const waits = [one, two].map((stored) => room.confirmed(stored))
    await room.pass(GRACE)
    expect(room.sentAway).toBe(1)
    expect(waits.map(({ done }) => done)).toEqual([true, true])
    expect(room.delivery.tail.end).toEqual({ epoch: 'second', offset: 2 })
    for (const stored of room.log.store(2)) room.deliver(stored)
    await room.pass(10 * RETRY)
    expect(room.told).toEqual([1, 2, 3, 4, 5, 3, 4])
    expect(room.sentAway).toBe(1)
  })

  test('[R2] one that nobody speaks in yet is noticed by a look', async () => {
    for (const stored of room.log.store(2)) room.deliver(stored)
    room.log.replace('second')
    const looked = room.delivery.look()
    await room.pass(GRACE)
    await looked
    expect(room.sentAway).toBe(1)
    expect(room.delivery.tail.end).toEqual({ epoch: 'second', offset: 0 })
  })

  test('[R2] one that is shorter than what was told is begun anew, whether a look or an event shows it', async () => {
    for (const shows of ['look', 'event']) {
      room = new RoomUnderTest()
      for (const stored of room.log.store(9)) room.deliver(stored)
      room.log.cutBack(3)
      if (shows === 'look') room.delivery.look()
      // Known to be newer than anything that was told, though the log cannot give what comes before it.
      else room.deliver({ epoch: 'first', event: message(11) })
      await room.pass(GRACE)
      expect([shows, room.sentAway, room.delivery.tail.end.offset]).toEqual([shows, 1, 3])
      for (const stored of room.log.store(1)) room.deliver(stored)
      expect(room.told.at(-1)).toBe(4)
    }
  })

  test('[R2] a straggler of the former log is not told, and disturbs nobody', async () => {
    const former = room.log.store(4)
    room.deliver(former[0])
    room.log.replace('second')
    room.log.store(1)
    room.deliver({ epoch: 'second', event: message(1) })
    await room.pass(GRACE)
    const waits = former.map((stored) => room.confirmed(stored))
    await room.pass(GRACE)
    expect(room.sentAway).toBe(1)
    expect(room.told).toEqual([1])
    expect(waits.map(({ done }) => done)).toEqual([true, true, true, true])
    for (const stored of room.log.store(1)) room.deliver(stored)
    expect(room.told).toEqual([1, 2])
  })

  test('[R2] an answer of the former log that comes when the new one is followed already is not told', async () => {
    const former = room.log.store(5)
    room.deliver(former[4])
    const answer = room.log.holdUp()
    await room.pass(GRACE)
    for (const stored of former.slice(0, 4)) room.deliver(stored)
    expect(room.told).toEqual([1, 2, 3, 4, 5])
    room.log.replace('second')
    room.log.holdUp()() // The next are answered at once.
    room.deliver(room.log.store(3)[2])
    await room.pass(GRACE)
    expect(room.delivery.tail.end).toEqual({ epoch: 'second', offset: 3 })
    answer()
    await room.pass(RETRY)
    expect(room.told).toEqual([1, 2, 3, 4, 5])
    room.deliver(room.log.store(1)[0])
    expect(room.texts.at(-1)).toBe('second 4')
    expect(room.sentAway).toBe(1)
  })

  test('[R2] two questions that find out that the log was replaced send everyone away once', async () => {
    const former = room.log.store(7)
    room.log.replace('second')
    const answers = [room.log.holdUp()]
    room.deliver(former[4])
    await room.pass(GRACE)
    for (const stored of former.slice(0, 4)) room.deliver(stored)
    answers.push(room.log.holdUp())
    room.deliver(former[6])
    await room.pass(GRACE)
    expect(room.log.asked).toBe(2)
    for (const answer of answers) answer()
    await room.pass(RETRY)
    expect(room.sentAway).toBe(1)
    expect(room.delivery.tail.end).toEqual({ epoch: 'second', offset: 0 })
  })

  test('[R2] an early event of the former log is not taken for one of the new', async () => {
    const former = room.log.store(3)
    room.deliver(former[2])
    room.log.replace('second')
    room.log.store(1)
    await room.pass(GRACE)
    expect(room.sentAway).toBe(1)
    const [two] = room.log.store(1)
    room.deliver(two)
    await room.pass(10 * RETRY)
    expect(room.texts).toEqual(['second 2'])
  })

  test('[R2] [R6] when it cannot be read, that is tried again', async () => {
    for (const stored of room.log.store(2)) room.deliver(stored)
    room.log.replace('second')
    const waits = room.confirmed(room.log.store(1)[0])
    room.failsToStartAfresh = true
    await room.pass(5 * RETRY)
    expect(waits.done).toBe(false)
    room.failsToStartAfresh = false
    await room.pass(RETRY)
    expect(waits.done).toBe(true)
    expect(room.sentAway).toBe(1)
    expect(room.delivery.tail.end).toEqual({ epoch: 'second', offset: 1 })
  })

  test('[R3] [R5] what is stored while it is being read is told before anyone is told that it was kept', async () => {
    room.deliver(room.log.store(1)[0])
    room.log.replace('second')
    room.deliver(room.log.store(1)[0])
    const finish = room.holdUpStartingAfresh()
    await room.pass(GRACE)
    const waits = room.confirmed(room.log.store(1)[0])
    finish()
    await room.pass(RETRY)
    expect(room.texts).toEqual(['first 1', 'second 2'])
    expect(waits.done).toBe(true)
  })
})

describe('bursts', () => {
  test('[R5] more than may wait for an earlier one are told all the same, and each once', async () => {
    const all = room.log.store(MOST_MISSED)
    for (const stored of all.slice(1)) room.deliver(stored)
    expect(room.told).toEqual([])
    await room.pass(GRACE)
    expect(room.told).toEqual(offsets(MOST_MISSED))
    expect(room.log.asked).toBe(1)
    expect(room.sentAway).toBe(0)
  })

  test('[R5] those beyond what may wait are fetched too', async () => {
    const all = room.log.store(2_500)
    for (const stored of all.slice(1)) room.deliver(stored)
    room.deliver(all[0])
    expect(room.told).toEqual(offsets(1_001))
    // What did not fit: more than anyone is sent at once, so whoever is here comes back to it.
    await room.pass(RETRY)
    expect(room.delivery.tail.end.offset).toBe(2_500)
    expect(room.sentAway).toBe(1)
  })

  test('[R5] a thousand lost at once are one question to the log', async () => {
    const all = room.log.store(MOST_MISSED)
    const waits = room.confirmed(all.at(-1))
    await room.pass(GRACE)
    expect(waits.done).toBe(true)
    expect(room.told).toEqual(offsets(MOST_MISSED))
    expect(room.log.asked).toBe(1)
  })

  test('[R5] however often it is looked while something is missing, one repair is under way', async () => {
    room.log.store(3)
    const answer = room.log.holdUp()
    const looks = Array.from({ length: 50 }, () => room.delivery.look())
    await room.pass(GRACE)
    expect(room.log.asked).toBe(1)
    answer()
    await Promise.all(looks)
    expect(room.told).toEqual([1, 2, 3])
  })
})

/** What may befall a room, in any order. */
const STEPS = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('store' as const), count: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 8, arbitrary: fc.record({ does: fc.constant('hear' as const), which: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('hear again' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('pass' as const), milliseconds: fc.nat(700) }) },
    { weight: 1, arbitrary: fc.constant({ does: 'look' as const }) },
    { weight: 1, arbitrary: fc.constant({ does: 'fail' as const }) },
    { weight: 1, arbitrary: fc.constant({ does: 'recover' as const }) },
  ),
  { maxLength: 60 },
)

test('[R5] any order and any loss of broadcasts, with any failing of the store, tells every event once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const room = new RoomUnderTest()
      const underway: Stored[] = []
      const heard: Stored[] = []
      const waits: Waiting[] = []
      for (const step of steps) {
        switch (step.does) {
          case 'store':
            underway.push(...room.log.store(step.count))
            break
          case 'hear': {
            // Whatever is never chosen is lost.
            const [stored] = underway.splice(step.which % Math.max(1, underway.length), 1)
            if (stored) heard.push(stored)
            if (stored) waits.push(room.confirmed(stored))
            break
          }
          case 'hear again':
            if (heard.length > 0) room.deliver(heard[step.which % heard.length])
            break
          case 'pass':
            await room.pass(step.milliseconds)
            break
          case 'look':
            room.delivery.look().catch(() => undefined) // It may fail: the last one below does not.
            break
          case 'fail':
            room.log.down = true
            break
          case 'recover':
            room.log.down = false
        }
        expect(room.told).toEqual(offsets(room.told.length))
        await room.settle()
        for (const { done, offset } of waits) if (done) expect(room.told).toContain(offset)
      }
      room.log.down = false
      await room.pass(2 * RETRY)
      room.delivery.look()
      await room.pass(2 * RETRY)
      expect(room.told).toEqual(offsets(room.log.stored))
      expect(waits.filter(({ done }) => !done)).toEqual([])
      expect(room.sentAway).toBe(0)
    }),
    { numRuns: 300 },
  )
})

function offsets(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
