// The ledger in Redis: a key for each thing remembered. The clock of this process judges; Redis only clears out what is over.
import { createHash } from 'node:crypto'
import type { Ledger, SignIn, Tally } from '../../ports/ledger.ts'
import type { Connection, Reply } from './lines/connection.ts'
import { script } from './lines/script.ts'

/** Clocks of processes differ a little: what one takes for over may not be cleared out while another still goes by it. */
const GRACE_MILLISECONDS = 60_000

/** Answers whether the ticket was spent by this very try, so asking twice for one try is harmless. */
const SPEND = script(
  [
    `
local mine = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return (mine or redis.call('GET', KEYS[1]) == ARGV[1]) and 1 or 0`,
  ],
  { timely: true, repeatable: true, durable: true },
)

/** Answers the sign-in if it stands; changes nothing if not. */
const RENEW = script(
  [
    `
local standing = tonumber(redis.call('HGET', KEYS[1], 'expiresAt') or 0) > tonumber(ARGV[1])
if not standing then return false end
redis.call('HSET', KEYS[1], 'expiresAt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('HMGET', KEYS[1], 'id', 'account', 'passwordMark', 'expiresAt')`,
  ],
  { timely: true, repeatable: true },
)

/** Answers the sign-in to the one who takes it away. */
const TAKE = script(
  [
    `
local found = redis.call('HMGET', KEYS[1], 'id', 'account', 'passwordMark', 'expiresAt')
redis.call('DEL', KEYS[1])
return tonumber(found[4] or 0) > tonumber(ARGV[1]) and found`,
  ],
  { timely: true },
)

const START = script(
  [
    `
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'account', ARGV[2], 'passwordMark', ARGV[3], 'expiresAt', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])`,
  ],
  { timely: true, repeatable: true },
)

const COUNT = script(
  [
    `
if tonumber(redis.call('HGET', KEYS[1], 'until') or 0) > tonumber(ARGV[1]) then
  redis.call('HINCRBY', KEYS[1], 'count', 1)
else
  redis.call('HSET', KEYS[1], 'count', 1, 'until', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end`,
  ],
  { timely: true },
)

/** `random` gives so many random bytes as text: it tells one try to spend a ticket from another. */
export function redisLedger(connection: Connection, now: () => number, random: (bytes: number) => string): Ledger {
  return {
    async spend(jti, room, expiresAt) {
      return (await connection.run(SPEND, [ticketKey(jti, room)], [random(12), lifetime(expiresAt)])) === 1
    },
    async spent(jti, room) {
      const key = ticketKey(jti, room)
      return (await connection.send(key, ['EXISTS', key], { repeatable: true })) === 1
    },

    // A sign-in is two keys, which in a Cluster may lie on two machines: the record under the secret, which whoever
    // holds the secret renews or takes away, and a mark under the id, without which its tickets open nothing. The mark
    // comes first and goes first: whatever happens in between, there may be a mark without a record, which nobody can
    // renew and which runs out, or a record without a mark, which is as good as ended and can still be taken away.
    async startSignIn({ id, secretHash, account, passwordMark, expiresAt }) {
      await mark(id, expiresAt)
      const words = [id, account, passwordMark, expiresAt, lifetime(expiresAt)]
      await connection.run(START, [recordKey(secretHash)], words)
    },
    // The record decides, the mark follows, and is never set anew: it may have gone in between, because someone is
    // ending the sign-in. Then it has ended for this caller, and the record is left for whoever ends it.
    async renewSignIn(secretHash, expiresAt) {
      const reply = await connection.run(RENEW, [recordKey(secretHash)], [now(), expiresAt, lifetime(expiresAt)])
      const signIn = signInOf(secretHash, reply)
      return signIn && (await mark(signIn.id, expiresAt, 'XX')) ? signIn : null
    },
    // Taking the record away is the one step that only one caller takes. The mark goes before it: had the process died
    // between the two the other way round, the sign-in would stand, and nobody could end it any more.
    async endSignIn(secretHash) {
      const key = recordKey(secretHash)
      const id = await connection.send(key, ['HGET', key, 'id'], { repeatable: true })
      if (typeof id !== 'string') return null
      await connection.send(markKey(id), ['DEL', markKey(id)], { repeatable: true })
      return signInOf(secretHash, await connection.run(TAKE, [key], [now()]))
    },
    async signedIn(id) {
      const expiresAt = await connection.send(markKey(id), ['GET', markKey(id)], { repeatable: true })
      return Number(expiresAt) > now()
    },

    async count(subject, windowMilliseconds) {
      const until = now() + windowMilliseconds
      await connection.run(COUNT, [tallyKey(subject)], [now(), until, lifetime(until)])
    },
    tallies: (subjects) => Promise.all(subjects.map(tally)),
    async forget(subject) {
      await connection.send(tallyKey(subject), ['DEL', tallyKey(subject)], { repeatable: true })
    },
  }

  /** Whether there is a mark now. `XX` changes one, and makes none. */
  async function mark(id: string, expiresAt: number, ...onlyIf: readonly 'XX'[]): Promise<boolean> {
    const command = ['SET', markKey(id), String(expiresAt), 'PX', String(lifetime(expiresAt)), ...onlyIf]
    return (await connection.send(markKey(id), command, { repeatable: true })) === 'OK'
  }

  async function tally(subject: string): Promise<Tally> {
    const key = tallyKey(subject)
    const reply = await connection.send(key, ['HMGET', key, 'count', 'until'], { repeatable: true })
    const [count, until] = Array.isArray(reply) ? reply.map(Number) : []
    return count && until && until > now() ? { count, until } : { count: 0, until: now() }
  }

  function lifetime(expiresAt: number): number {
    return Math.max(0, Math.ceil(expiresAt - now())) + GRACE_MILLISECONDS
  }
}

function ticketKey(jti: string, room: string): string {
  return `propromo:ticket:${digest([jti, room])}`
}

function recordKey(secretHash: string): string {
  return `propromo:sign-in:${digest([secretHash])}`
}

function markKey(id: string): string {
  return `propromo:signed-in:${digest([id])}`
}

function tallyKey(subject: string): string {
  return `propromo:tally:${digest([subject])}`
}

/** Of one length whatever came in, with no braces that would mean something to a Cluster. */
function digest(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url')
}

function signInOf(secretHash: string, reply: Reply): SignIn | null {
  if (!Array.isArray(reply)) return null
  const [id, account, passwordMark, expiresAt] = reply.map(String)
  if (id === undefined || account === undefined || passwordMark === undefined) return null
  return { id, secretHash, account, passwordMark, expiresAt: Number(expiresAt) }
}
