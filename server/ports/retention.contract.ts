// What every retention has to do: carry what was decided for a room, remember how far it is done, and let one at a time be at it.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Gone, Retention } from './retention.ts'

export interface RetentionUnderTest {
  readonly retention: Retention
  /** Moves the clock that it goes by. */
  advance(milliseconds: number): void
  close(): Promise<void>
}

const MINUTE = 60_000
const ROOMS = ['room', 'Room', 'room ', 'room%3D', '{room}', "r' OR 1=1", '__proto__', '\u00f6', 'o\u0308']

/** `make` gives an empty one, with a clock of its own. */
export function retentionContract(name: string, make: () => Promise<RetentionUnderTest>): void {
  describe(`retention in ${name}`, () => {
    let retention: Retention
    let under: RetentionUnderTest

    beforeEach(async () => {
      under = await make()
      retention = under.retention
    })
    afterEach(() => under.close())

    const gone = (offset: number, more: Partial<Gone> = {}): Gone => {
      return { epoch: 'one', offset, upto: offset, many: 0, ...more }
    }

    test('a room keeps for the time that was decided last, for ever too, until it is the usual one again', async () => {
      expect(await retention.own()).toEqual(new Map())
      for (const [turn, room] of ROOMS.entries()) await retention.keep(room, turn + 1)
      expect(await retention.own()).toEqual(new Map(ROOMS.map((room, turn) => [room, turn + 1])))
      await retention.keep('room', Number.POSITIVE_INFINITY)
      await retention.keep('Room', 36_500)
      for (const room of ROOMS.slice(2)) await retention.keep(room, null)
      await retention.keep('another', null)
      expect(await retention.own()).toEqual(
        new Map([
          ['room', Number.POSITIVE_INFINITY],
          ['Room', 36_500],
        ]),
      )
    })

    test('how far a room is done is known for each, as it was said last', async () => {
      expect(await retention.gone('room')).toBeNull()
      for (const [turn, room] of ROOMS.entries()) await retention.reach(room, gone(turn))
      await retention.reach('room', gone(7, { epoch: 'a_-9', upto: 9, many: 123_456 }))
      expect(await retention.gone('room')).toEqual({ epoch: 'a_-9', offset: 7, upto: 9, many: 123_456 })
      for (const [turn, room] of [...ROOMS.entries()].slice(1)) expect(await retention.gone(room)).toEqual(gone(turn))
    })

    test('of many who begin at once exactly one may, and nobody after it until its time is over', async () => {
      const holders = Array.from({ length: 50 }, (_, turn) => `holder ${turn}`)
      const took = await Promise.all(holders.map((holder) => retention.take(holder, MINUTE)))
      expect(took.filter(Boolean)).toHaveLength(1)
      const [first = ''] = holders.filter((_, turn) => took[turn])
      expect(await retention.take(first, MINUTE)).toBe(false)
      under.advance(MINUTE - 1_000)
      expect(await retention.take('another', MINUTE)).toBe(false)
      under.advance(1_001)
      expect(await retention.take('another', MINUTE)).toBe(true)
      expect(await retention.extend(first, MINUTE)).toBe(false)
    })

    test('a clock that went wrong and was set right again keeps nobody from it', async () => {
      under.advance(365 * 24 * 60 * MINUTE)
      await retention.take('one', MINUTE)
      under.advance(-365 * 24 * 60 * MINUTE)
      expect(await retention.take('another', MINUTE)).toBe(true)
      expect(await retention.take('one', MINUTE)).toBe(false)
    })

    test('whoever is at it may go on as long as they say so in time, and nobody else may say it', async () => {
      expect(await retention.extend('one', MINUTE)).toBe(false)
      await retention.take('one', MINUTE)
      for (let turn = 0; turn < 3; turn++) {
        under.advance(MINUTE - 1_000)
        expect(await retention.extend('another', MINUTE)).toBe(false)
        expect(await retention.take('another', MINUTE)).toBe(false)
        expect(await retention.extend('one', MINUTE)).toBe(true)
      }
      under.advance(MINUTE + 1)
      expect(await retention.extend('one', MINUTE)).toBe(false)
      expect(await retention.take('another', MINUTE)).toBe(true)
    })
  })
}
