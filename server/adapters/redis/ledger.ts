// The ledger in Redis: a key for each thing remembered. The clock of this process judges; Redis only clears out what is over.
import { type Ledger, MOST_AHEAD_MILLISECONDS, SET_BACK_MILLISECONDS, type Tally } from '../../ports/ledger.ts'
import { tallyKeyOf, ticketKeyOf } from './keys.ts'
import { lifetimeOf } from './lifetime.ts'
import type { Connection, Reply } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { listIn, maybe, numberIn, yesIn } from './reply.ts'
import { redisSignIns } from './sign-ins.ts'

/** Answers whether the ticket was spent by this very try, so asking twice for one try is harmless. */
const SPEND = script(
  [
    `
local mine = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return (mine or redis.call('GET', KEYS[1]) == ARGV[1]) and 1 or 0`,
  ],
  { timely: true, repeatable: true, durable: true },
)

const COUNT = script(
  [
    `
local window = redis.call('HMGET', KEYS[1], 'until', 'since')
if tonumber(window[1] or 0) > tonumber(ARGV[1]) and tonumber(window[2] or 0) <= tonumber(ARGV[4]) then
  redis.call('HINCRBY', KEYS[1], 'count', 1)
else
  redis.call('HSET', KEYS[1], 'count', 1, 'until', ARGV[2], 'since', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return redis.call('HMGET', KEYS[1], 'count', 'until')`,
  ],
  { timely: true },
)

/** `random` gives so many random bytes as text: it tells one try to spend a ticket from another. */
export function redisLedger(connection: Connection, now: () => number, random: (bytes: number) => string): Ledger {
  return {
    async spend(jti, room, expiresAt) {
      return yesIn(
        await connection.run(
          SPEND,
          [ticketKeyOf(jti, room)],
          [random(12), lifetimeOf(expiresAt + SET_BACK_MILLISECONDS, now())],
        ),
      )
    },
    async spent(jti, room) {
      const key = ticketKeyOf(jti, room)
      return yesIn(await connection.send(key, ['EXISTS', key], { repeatable: true }))
    },

    ...redisSignIns(connection, now),

    async count(subject, windowMilliseconds) {
      const until = now() + windowMilliseconds
      const words = [now(), until, lifetimeOf(until, now()), now() + MOST_AHEAD_MILLISECONDS]
      return tallyIn(await connection.run(COUNT, [tallyKeyOf(subject)], words)) ?? { count: 1, until }
    },
    tallies: (subjects) => Promise.all(subjects.map(tally)),
    async forget(subject) {
      await connection.send(tallyKeyOf(subject), ['DEL', tallyKeyOf(subject)], { repeatable: true })
    },
  }

  async function tally(subject: string): Promise<Tally> {
    const key = tallyKeyOf(subject)
    const reply = await connection.send(key, ['HMGET', key, 'count', 'until', 'since'], { repeatable: true })
    const kept = tallyIn(reply)
    const since = maybe(listIn(reply)[2] ?? null, numberIn) ?? 0
    const counts = kept && kept.until > now() && since <= now() + MOST_AHEAD_MILLISECONDS
    return counts ? kept : { count: 0, until: now() }
  }
}

function tallyIn(reply: Reply): Tally | null {
  const [count, until] = listIn(reply).map((field) => maybe(field, numberIn))
  return count && until ? { count, until } : null
}
