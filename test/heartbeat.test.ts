// The heartbeat by a clock of our own: nobody waits two minutes to see that a silent peer is dropped.
import { afterEach, expect, jest, test } from 'bun:test'
import { CLOSE } from '../protocol/close.ts'
import { Heartbeat } from '../server/http/heartbeat.ts'
import type { Beating, SocketData } from '../server/http/websocket.ts'

const SECOND = 1_000
/** The rule's 30 s between two pings of a socket; the heart beats once a second. */
const BEATS_BETWEEN_PINGS = 30

afterEach(() => {
  jest.useRealTimers()
})

test('[C7] every socket is pinged at least once in any 30 s, however many there are', () => {
  for (const count of [1, 2, 19, 20, 21, 1_000]) {
    const { heart, clock } = newHeart()
    const peers = Array.from({ length: count }, () => new Peer(clock.now))
    for (const peer of peers) heart.add(peer)
    for (let second = 1; second <= 600; second++) {
      clock.now += SECOND
      heart.beat()
      for (const peer of peers) if (peer.answer(clock.now)) peer.pingedAt = clock.now
      const longest = Math.max(...peers.map(({ pingedAt }) => clock.now - pingedAt))
      expect(longest).toBeLessThanOrEqual(BEATS_BETWEEN_PINGS * SECOND)
    }
    expect(peers.some(({ dropped }) => dropped)).toBe(false)
  }
})

test('[C7] the pings of many sockets are spread over time', () => {
  const { heart, clock } = newHeart()
  const peers = Array.from({ length: 1_000 }, () => new Peer(clock.now))
  for (const peer of peers) heart.add(peer)
  for (let second = 1; second <= 60; second++) {
    clock.now += SECOND
    heart.beat()
    expect(peers.filter((peer) => peer.answer(clock.now)).length).toBeLessThan(200)
  }
})

test('[C7] a peer that is silent for two minutes is dropped, and not much later', () => {
  const { heart, clock } = newHeart()
  const silent = Array.from({ length: 40 }, () => new Peer(clock.now))
  const talking = Array.from({ length: 40 }, () => new Peer(clock.now))
  for (const peer of [...silent, ...talking]) heart.add(peer)
  for (let second = 1; second <= 120; second++) beatOnce(second)
  expect(silent.some(({ dropped }) => dropped)).toBe(false)
  for (let second = 121; second <= 150; second++) beatOnce(second)
  expect(silent.every(({ dropped }) => dropped)).toBe(true)
  expect(talking.some(({ dropped }) => dropped)).toBe(false)

  function beatOnce(second: number): void {
    clock.now = START + second * SECOND
    heart.beat()
    for (const peer of talking) peer.answer(clock.now)
  }
})

test('[C7] a peer that says anything at all, once in two minutes, stays', () => {
  const { heart, clock } = newHeart()
  const peer = new Peer(clock.now)
  heart.add(peer)
  for (let second = 1; second <= 1_000; second++) {
    clock.now += SECOND
    heart.beat()
    if (second % 119 === 0) peer.data.heardAt = clock.now
  }
  expect(peer.dropped).toBe(false)
})

test('[C7] a peer that never answers a close is not waited for', () => {
  const { heart, clock } = newHeart()
  const peer = new Peer(clock.now)
  heart.add(peer)
  peer.data.closedAt = clock.now
  for (let second = 1; second <= 60 && !peer.dropped; second++) {
    clock.now += SECOND
    peer.data.heardAt = clock.now // It goes on talking, as if nothing had been said.
    heart.beat()
  }
  expect(peer.dropped).toBe(true)
  expect(clock.now - START).toBeLessThanOrEqual(40 * SECOND)
})

test('[C7] a socket that has gone is neither pinged nor dropped again', () => {
  const { heart, clock } = newHeart()
  const [gone, here] = [new Peer(clock.now), new Peer(clock.now)]
  for (const peer of [gone, here]) heart.add(peer)
  heart.remove(gone)
  for (let second = 1; second <= 200; second++) {
    clock.now += SECOND
    heart.beat()
    here.answer(clock.now)
  }
  expect([gone.pings, gone.dropped]).toEqual([0, false])
  expect(here.pings).toBeGreaterThan(0)
})

test('[C7] the heart beats by itself, and stops when told to', () => {
  jest.useFakeTimers()
  const { heart, clock } = newHeart()
  const peers = Array.from({ length: 50 }, () => new Peer(clock.now))
  for (const peer of peers) heart.add(peer)
  const stop = heart.start()
  jest.advanceTimersByTime(BEATS_BETWEEN_PINGS * SECOND)
  expect(Math.min(...peers.map(({ pings }) => pings))).toBeGreaterThanOrEqual(1)
  stop()
  const before = peers.map(({ pings }) => pings)
  jest.advanceTimersByTime(300 * SECOND)
  expect(peers.map(({ pings }) => pings)).toEqual(before)
})

const START = Date.UTC(2026, 4, 4)

function newHeart(): { heart: Heartbeat; clock: { now: number } } {
  const clock = { now: START }
  return { heart: new Heartbeat(() => clock.now), clock }
}

/** As much of a socket as the heartbeat sees. */
class Peer implements Beating {
  readonly data: SocketData
  pings = 0
  pingedAt: number
  dropped = false
  #unanswered = 0

  constructor(now: number) {
    this.pingedAt = now
    const at = { openedAt: now, heardAt: now, closedAt: null }
    this.data = { entry: CLOSE.restarting, request: '', inside: null, group: 0, ...at }
  }

  ping(): number {
    this.pings += 1
    this.#unanswered += 1
    return 1
  }

  getBufferedAmount(): number {
    return 0
  }

  terminate(): void {
    this.dropped = true
  }

  /** Answers the ping, if there was one since the last time. */
  answer(now: number): boolean {
    const pinged = this.#unanswered > 0
    this.#unanswered = 0
    if (pinged) this.data.heardAt = now
    return pinged
  }
}
