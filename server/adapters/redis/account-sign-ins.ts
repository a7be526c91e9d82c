// Which sign-ins an account has, in Redis, so that one of them can end them all. Each runs out here no sooner than it does itself.

import { accountKeyOf } from './keys.ts'
import { GRACE_MILLISECONDS, lifetimeOf } from './lifetime.ts'
import type { Connection } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { textsOf } from './notes.ts'
import { garbled, textsIn } from './reply.ts'

/** A script that logs in for every connection leaves thousands of sign-ins behind, and Redis takes no command of thousands of words. */
export const AT_ONCE = 500

export interface Entry {
  readonly id: string
  /** The key of its record. */
  readonly record: string
}

/** KEYS: a sorted set, by when they expire. ARGV: now, when this one expires, in how many milliseconds the key may go, and the entry. */
const NOTE = script(
  [
    `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end`,
  ],
  { timely: true, repeatable: true },
)

const LIST = script(["return redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE')"], { repeatable: true })

export function accountSignIns(connection: Connection, now: () => number) {
  return {
    async note(account: string, entry: Entry, expiresAt: number): Promise<void> {
      const args = [now() - GRACE_MILLISECONDS, expiresAt, lifetimeOf(expiresAt, now()), written(entry)]
      await connection.run(NOTE, [accountKeyOf(account)], args)
    },
    async of(account: string): Promise<readonly Entry[]> {
      return textsIn(await connection.run(LIST, [accountKeyOf(account)], [now()])).map(entryIn)
    },
    async drop(account: string, entries: readonly Entry[]): Promise<void> {
      const key = accountKeyOf(account)
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        const some = entries.slice(from, from + AT_ONCE).map(written)
        await connection.send(key, ['ZREM', key, ...some], { repeatable: true })
      }
    },
  }
}

function written({ id, record }: Entry): string {
  return JSON.stringify([id, record])
}

function entryIn(text: string): Entry {
  const [id, record, ...more] = textsOf(text)
  if (id !== undefined && record !== undefined && more.length === 0) return { id, record }
  throw garbled('no sign-in')
}
