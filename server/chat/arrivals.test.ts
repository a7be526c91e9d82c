// One address cannot take every handshake: whatever it sends, the others come in.
import { expect, test } from 'bun:test'
import { Refusal } from '../../protocol/refusal.ts'
import { soleSeats } from '../adapters/sqlite/seats.ts'
import { Arrivals } from './arrivals.ts'

const LIMITS = { upgradesPerSecond: 500, socketsPerMember: 100, socketsPerAddress: 2_000, sockets: 20_000 }

function arriving(upgradesPerSecond = LIMITS.upgradesPerSecond) {
  const clock = { now: 0 }
  const arrivals = new Arrivals({ ...LIMITS, upgradesPerSecond }, soleSeats(), () => clock.now)
  /** How many of so many that knock are looked at. */
  const come = (address: string, many: number) => {
    let lookedAt = 0
    for (let knock = 0; knock < many; knock++) {
      try {
        arrivals.arrive(address).leave()
        lookedAt += 1
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
        expect(error).toMatchObject({ code: 'upgrades_busy', retryAfterSeconds: 1 })
      }
    }
    return lookedAt
  }
  return { come, clock }
}

test('[X] one address gets a quarter of the handshakes of a second, and the others get theirs', () => {
  const { come, clock } = arriving()
  expect(come('192.0.2.1', 10_000)).toBe(125)
  expect(come('198.51.100.7', 1)).toBe(1)
  expect(come('198.51.100.8', 1_000)).toBe(125)
  clock.now += 1_000
  expect(come('192.0.2.1', 10_000)).toBe(125)
})

test('[X] addresses of one IPv6 network share what an address gets', () => {
  const { come } = arriving()
  expect(come('2001:db8::1', 1_000) + come('2001:db8::2', 1_000)).toBe(125)
})

test('[X] all of them together get no more than there are, and however few there are, each gets one', () => {
  const { come } = arriving()
  const each = Array.from({ length: 10 }, (_, number) => come(`192.0.2.${number}`, 200))
  expect(each.reduce((all, one) => all + one)).toBe(500)
  expect(arriving(1).come('192.0.2.1', 5)).toBe(1)
  expect(arriving(Number.POSITIVE_INFINITY).come('192.0.2.1', 5_000)).toBe(5_000)
})
