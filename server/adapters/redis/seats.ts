// Seats in Redis: each process states what it holds of a subject, and counts with it while it says, every few seconds, that it lives.
import { GONE_MILLISECONDS } from '../../ports/broker.ts'
import type { Held, Seats } from '../../ports/seats.ts'
import { PROCESSES_CHANNEL, PROCESSES_KEY, seatsKeyOf } from './keys.ts'
import type { Connection, Reply } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { STATE } from './presence.ts'
import type { After } from './pulse.ts'
import { listIn, textIn, yesIn } from './reply.ts'

/**
 * States what this process holds unless that would be too many. Others count if they are known to live, or have stated it so lately
 * that they may have started since. Nobody living leaves a statement to grow as old as the lifetime.
 * KEYS: statements. ARGV: process, held, most or -1, fresh, lifetime, the others that live.
 */
const TAKE = script(
  [
    `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local process, held, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local fresh, lifetime = tonumber(ARGV[4]), tonumber(ARGV[5])
if held == 0 then
  redis.call('HDEL', KEYS[1], process)
  return 1
end
local living = {}
for at = 6, #ARGV do living[ARGV[at]] = true end
local all = held
local statements = redis.call('HGETALL', KEYS[1])
for at = 1, #statements, 2 do
  local other = statements[at]
  local count, stated = string.match(statements[at + 1], '^(%d+) (%d+)$')
  local age = now - tonumber(stated or 0)
  if other == process then
    -- Stated anew below.
  elseif age > lifetime then
    redis.call('HDEL', KEYS[1], other)
  elseif living[other] or age < fresh then
    all = all + tonumber(count)
  end
end
if most >= 0 and all > most then return 0 end
redis.call('HSET', KEYS[1], process, string.format('%d %.0f', held, now))
redis.call('PEXPIRE', KEYS[1], lifetime)
return 1`,
  ],
  { timely: true, repeatable: true },
)

export interface SeatsPace {
  /** How often a process says that it lives, and hears who else does. */
  readonly everyMilliseconds: number
  readonly leaseMilliseconds: number
  /** Those who leave together are stated together. */
  readonly gatherMilliseconds: number
  /** In so many beats everything is stated anew, which makes up for whatever Redis has lost. */
  readonly beatsPerRound: number
}

const PACE: SeatsPace = {
  everyMilliseconds: 5_000,
  leaseMilliseconds: GONE_MILLISECONDS - 7_000, // Noticed with the first beat after it, or with the answer to that.
  gatherMilliseconds: 50,
  beatsPerRound: 60,
}
/** Sent at once: leaving people must not hold up the messages of those who stay. */
const AT_ONCE = 500
const LIFETIME_ROUNDS = 3

export interface RedisSeats extends Seats {
  /** Takes back what is held here, as far as Redis answers. Twice is harmless. */
  close(): Promise<void>
}

export interface RedisSeatsParts {
  readonly connection: Connection
  /** Names this process among all that share the store. */
  readonly process: string
  readonly after: After
  readonly pace?: SeatsPace
}

const NONE: Held = { size: 0, subjects: () => [], of: () => 0 }

export function redisSeats({ connection, process, after, pace = PACE }: RedisSeatsParts): RedisSeats {
  const lifetime = pace.everyMilliseconds * pace.beatsPerRound * LIFETIME_ROUNDS
  const unsaid = new Set<string>()
  let held = NONE
  let living: readonly string[] = []
  let round: Iterator<string> | undefined
  let turn = 0
  let telling: Promise<void> | undefined
  let stopTelling: (() => void) | undefined
  let stopBeating = () => {}
  let closed = false
  // It may have come back with nothing in it.
  const stopHearing = connection.onRecovered(() => {
    for (const subject of held.subjects()) tell(subject)
  })
  const acquainted = beat()

  return {
    open(all) {
      held = all
    },
    async take(subject, most) {
      const mine = held.of(subject) // Before anything is waited for: whoever comes next is one more.
      await acquainted
      if (connection.answering) {
        try {
          return yesIn(await state(subject, mine, most))
        } catch {} // As if it did not answer.
      }
      tell(subject)
      return true
    },
    changed: tell,
    async close() {
      if (closed) return
      closed = true
      stopBeating()
      stopHearing()
      stopTelling?.()
      await telling
      for (const subject of held.subjects()) unsaid.add(subject)
      held = NONE
      await sayAll()
      await livesHere('[]').catch(() => {})
    },
  }

  function state(subject: string, count: number, most: number): Promise<Reply> {
    const words = [process, count, Number.isFinite(most) ? most : -1, pace.leaseMilliseconds, lifetime]
    return connection.run(TAKE, [seatsKeyOf(subject)], [...words, ...living])
  }

  function tell(subject: string): void {
    if (closed) return
    unsaid.add(subject)
    stopTelling ??= after(pace.gatherMilliseconds, () => {
      stopTelling = undefined
      telling = Promise.all([telling, sayAll()]).then(() => undefined)
    })
  }

  /** What cannot be said now stays unsaid until the next beat. */
  async function sayAll(): Promise<void> {
    await acquainted // Whoever took a seat meanwhile has to be stated before they are taken back.
    const subjects = [...unsaid]
    unsaid.clear()
    for (let from = 0; from < subjects.length; from += AT_ONCE) {
      const some = subjects.slice(from, from + AT_ONCE)
      await Promise.all(some.map((subject) => state(subject, held.of(subject), -1).catch(() => unsaid.add(subject))))
    }
  }

  async function beat(): Promise<void> {
    try {
      living = speakersIn(await livesHere('["here"]'))
      remind()
    } catch {} // Whoever lived before is taken to live: Redis being away ends nobody.
    if (closed) return
    stopBeating = after(pace.everyMilliseconds, () => void beat())
  }

  function livesHere(words: string): Promise<Reply> {
    turn += 1
    return connection.run(STATE, [PROCESSES_KEY, PROCESSES_CHANNEL], [process, turn, pace.leaseMilliseconds, words, ''])
  }

  /** Tells what is unsaid, and a part of all the rest. */
  function remind(): void {
    for (const subject of unsaid) tell(subject)
    for (let left = Math.ceil(held.size / pace.beatsPerRound); left > 0; left--) {
      round ??= held.subjects()[Symbol.iterator]()
      const { done, value } = round.next()
      if (!done) tell(value)
      else round = undefined
    }
  }
}

function speakersIn(reply: Reply): readonly string[] {
  return listIn(reply).map((row) => textIn(listIn(row)[0]))
}
