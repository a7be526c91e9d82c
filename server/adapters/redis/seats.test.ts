// Seats in Redis keep to their contract, add up over processes, and outlive neither a process nor a lost word.
import { describe, expect, test } from 'bun:test'
import { until } from '../../../test/support/redis.ts'
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { InHand, seatsContract } from '../../ports/seats.contract.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'
import { redisSeats } from './seats.ts'

const on = redisKinds()
/** Quick, so that whoever waits for a lease need not wait long; and a lease of many beats, so that one that comes late costs nobody a seat. */
const PACE = { everyMilliseconds: 100, leaseMilliseconds: 2_000, gatherMilliseconds: 5, beatsPerRound: 10 }

async function processOn(url: string, process: string, pace = PACE) {
  const connection = await connect(parseAddress(url))
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const after = (milliseconds: number, work: () => void) => {
    const timer = setTimeout(work, milliseconds)
    timers.add(timer)
    return () => clearTimeout(timer)
  }
  const held = new InHand()
  const seats = redisSeats({ connection, process, after, pace })
  seats.open(held)
  /** As the chat does: counted here first, and given back when refused. */
  async function sit(subject: string, most: number): Promise<boolean> {
    held.put(subject, held.of(subject) + 1)
    const fits = await seats.take(subject, most)
    if (!fits) leave(subject)
    return fits
  }
  function leave(subject: string): void {
    held.put(subject, held.of(subject) - 1)
    seats.changed(subject)
  }
  return {
    ...{ seats, held, sit, leave },
    async close() {
      await seats.close()
      connection.close()
    },
    /** Says nothing any more, as one that was killed. */
    die() {
      connection.close()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

for (const kind of ['redis', 'cluster'] as const) {
  seatsContract(`Redis (${kind})`, async () => {
    await on[kind].flush()
    return processOn(on[kind].url, 'a')
  })

  describe(`seats of several processes in Redis (${kind})`, () => {
    async function pair(pace = PACE) {
      await on[kind].flush()
      return [await processOn(on[kind].url, 'a', pace), await processOn(on[kind].url, 'b', pace)] as const
    }

    test('[C9] of simultaneous tries at all processes exactly as many succeed as may', async () => {
      const [a, b] = await pair()
      const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => (at % 2 ? a : b).sit('ann', 11)))
      expect(answers.filter((fits) => !fits)).toHaveLength(1)
      expect(a.held.of('ann') + b.held.of('ann')).toBe(11)
      expect(await b.sit('ben', 1)).toBe(true)
      await Promise.all([a.close(), b.close()])
    })

    test('[C9] who leaves one process makes room at the other', async () => {
      const [a, b] = await pair()
      expect(await a.sit('ann', 1)).toBe(true)
      expect(await b.sit('ann', 1)).toBe(false)
      a.leave('ann')
      await until('there is room', () => b.sit('ann', 1))
      await Promise.all([a.close(), b.close()])
    })

    test('[C9] what a killed process held is free within its lease, and what one that lives holds never is', async () => {
      const [a, b] = await pair({ ...PACE, beatsPerRound: 1_000 })
      expect(await a.sit('ann', 2)).toBe(true)
      expect(await b.sit('ann', 2)).toBe(true)
      for (let other = 0; other < 200; other++) a.held.put(`other ${other}`, 1)
      // Older than fresh by then, and not stated anew for long after all the others: only their beats speak for them.
      await Bun.sleep(1.5 * PACE.leaseMilliseconds)
      expect(await b.sit('ann', 2)).toBe(false)
      a.die()
      await until('there is room', () => b.sit('ann', 2))
      expect(b.held.of('ann')).toBe(2)
      await b.close()
    })

    test('[C9] one that ends in order takes back all that it held at once', async () => {
      const [a, b] = await pair()
      expect(await a.sit('ann', 1)).toBe(true)
      await a.close()
      expect(await b.sit('ann', 1)).toBe(true)
      await b.close()
    })

    test('[C9] what Redis has lost is stated anew', async () => {
      const [a, b] = await pair()
      expect(await a.sit('ann', 1)).toBe(true)
      await on[kind].flush()
      await until('it counts again', async () => {
        const fits = await b.sit('ann', 1)
        if (fits) b.leave('ann')
        return !fits
      })
      await Promise.all([a.close(), b.close()])
    })
  })
}
