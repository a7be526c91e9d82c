// What every adapter of seats promises, each process with what it holds itself.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Held, Seats } from './seats.ts'

export interface SeatsUnderTest {
  readonly seats: Seats
  close(): Promise<void>
}

/** What a process holds, in the hand of the test. */
export class InHand implements Held {
  readonly #held = new Map<string, number>()

  get size(): number {
    return this.#held.size
  }

  subjects(): Iterable<string> {
    return this.#held.keys()
  }

  of(subject: string): number {
    return this.#held.get(subject) ?? 0
  }

  put(subject: string, count: number): void {
    if (count > 0) this.#held.set(subject, count)
    else this.#held.delete(subject)
  }
}

export function seatsContract(technology: string, start: () => Promise<SeatsUnderTest>): void {
  describe(`seats of one process in ${technology}`, () => {
    let one: SeatsUnderTest
    const held = new InHand()

    beforeEach(async () => {
      one = await start()
      one.seats.open(held)
    })
    afterEach(async () => {
      await one.close()
      held.put('ann', 0)
    })

    test('[C9] as many are let in as may, and the next is not', async () => {
      for (const count of [1, 2, 3]) {
        held.put('ann', count)
        expect(await one.seats.take('ann', 3)).toBe(true)
      }
      held.put('ann', 4)
      expect(await one.seats.take('ann', 3)).toBe(false)
    })

    test('[C9] who was given back makes room, and another subject never had less', async () => {
      held.put('ann', 1)
      expect(await one.seats.take('ann', 1)).toBe(true)
      held.put('ben', 1)
      expect(await one.seats.take('ben', 1)).toBe(true)
      held.put('ann', 0)
      one.seats.changed('ann')
      held.put('ann', 1)
      expect(await one.seats.take('ann', 1)).toBe(true)
    })
  })
}
