// Sign-ins in Redis: several keys each, and steps between them that stay right when the process dies in between.
import type { Ledger, SignIn, StandingSignIn } from '../../ports/ledger.ts'
import { AT_ONCE, accountSignIns, type Entry } from './account-sign-ins.ts'
import { markKeyOf, recordKeyOf } from './keys.ts'
import { lifetimeOf } from './lifetime.ts'
import type { Connection, Reply } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { listIn, maybe, numberIn, textIn, yesIn } from './reply.ts'

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
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[1], 'startedAt', ARGV[6], 'address', ARGV[7], 'device', ARGV[8])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])`,
  ],
  { timely: true, repeatable: true },
)

type SignIns = Pick<
  Ledger,
  'startSignIn' | 'renewSignIn' | 'endSignIn' | 'endSignInsWith' | 'signInsOf' | 'endSignInOf' | 'signedIn'
>

export function redisSignIns(connection: Connection, now: () => number): SignIns {
  const ofAccount = accountSignIns(connection, now)
  return {
    // A sign-in is two keys, which in a Cluster may lie on two machines: the record under the secret, which whoever
    // holds the secret renews or takes away, and a mark under the id, without which its tickets open nothing. The mark
    // comes first and goes first: whatever happens in between, there may be a mark without a record, which nobody can
    // renew and which runs out, or a record without a mark, which is as good as ended and can still be taken away.
    // Its account's list has it before either, and for at least as long as the mark, so that none ever stands unlisted.
    async startSignIn({ id, secretHash, account, passwordMark, expiresAt }, start) {
      await ofAccount.note(account, { id, record: recordKeyOf(secretHash) }, expiresAt)
      await mark(id, expiresAt)
      const words = [id, account, passwordMark, expiresAt, lifetimeOf(expiresAt, now())]
      const from = [start?.startedAt ?? '', start?.address ?? '', start?.device ?? '']
      await connection.run(START, [recordKeyOf(secretHash)], [...words, ...from])
    },
    // The record decides, the mark follows, and is never set anew: it may have gone in between, because someone is
    // ending the sign-in. Then it has ended for this caller, and the record is left for whoever ends it.
    async renewSignIn(secretHash, expiresAt) {
      const reply = await connection.run(
        RENEW,
        [recordKeyOf(secretHash)],
        [now(), expiresAt, lifetimeOf(expiresAt, now())],
      )
      const signIn = signInOf(secretHash, reply)
      if (!signIn) return null
      await ofAccount.note(signIn.account, { id: signIn.id, record: recordKeyOf(secretHash) }, expiresAt)
      return (await mark(signIn.id, expiresAt, 'XX')) ? signIn : null
    },
    // Taking the record away is the one step that only one caller takes. The mark goes before it: had the process died
    // between the two the other way round, the sign-in would stand, and nobody could end it any more.
    async endSignIn(secretHash) {
      const record = recordKeyOf(secretHash)
      const id = maybe(await connection.send(record, ['HGET', record, 'id'], { repeatable: true }), textIn)
      if (id === null) return null
      await unmark(id)
      const ended = signInOf(secretHash, await connection.run(TAKE, [record], [now()]))
      if (ended) await unlist(ended.account, [{ id, record }])
      return ended
    },
    // The one that asks goes last, and the list after it: for as long as any may be left, the record leads to the list, and
    // the list to all of them, so that whoever asks again is told of those too that had ended before it failed.
    async endSignInsWith(secretHash) {
      const record = recordKeyOf(secretHash)
      const reply = await connection.send(record, ['HMGET', record, 'id', 'account', 'expiresAt'], { repeatable: true })
      const [id, account, expiresAt] = listIn(reply).map((field) => maybe(field, textIn))
      if (!id || !account || Number(expiresAt) <= now()) return []
      const others = (await ofAccount.of(account)).filter((entry) => entry.record !== record)
      const gone: boolean[] = []
      for (let from = 0; from < others.length; from += AT_ONCE) {
        gone.push(...(await Promise.all(others.slice(from, from + AT_ONCE).map(remove))))
      }
      await remove({ id, record })
      // Where there was no record, one may just be on its way.
      await unlist(account, [{ id, record }, ...others.filter((_, place) => gone[place])])
      return [...others.map((entry) => entry.id), id]
    },
    async signInsOf(account) {
      const entries = await ofAccount.of(account)
      const standing: StandingSignIn[] = []
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        const some = await Promise.all(entries.slice(from, from + AT_ONCE).map(standingIn))
        standing.push(...some.flatMap((one) => one ?? []))
      }
      return standing
    },
    // As with the others the mark goes first: whoever finds the record without it ends it again, and is told that it has ended.
    async endSignInOf(account, id) {
      const entry = (await ofAccount.of(account)).find((one) => one.id === id)
      if (!entry) return false
      await unmark(id)
      const ended = (await connection.run(TAKE, [entry.record], [now()])) !== null
      if (ended) await unlist(account, [entry])
      return ended
    },
    async signedIn(id) {
      const expiresAt = await connection.send(markKeyOf(id), ['GET', markKeyOf(id)], { repeatable: true })
      return (maybe(expiresAt, numberIn) ?? 0) > now()
    },
  }

  async function unmark(id: string): Promise<void> {
    await connection.send(markKeyOf(id), ['DEL', markKeyOf(id)], { repeatable: true })
  }

  /** The mark goes, and then the record; whether there was one. */
  async function remove({ id, record }: Entry): Promise<boolean> {
    await unmark(id)
    return yesIn(await connection.send(record, ['DEL', record], { repeatable: true }))
  }

  /** What its record says, unless it has ended or is just being started. */
  async function standingIn({ id, record }: Entry): Promise<StandingSignIn | null> {
    const fields = ['expiresAt', 'startedAt', 'address', 'device']
    const [mark, reply] = await Promise.all([
      connection.send(markKeyOf(id), ['GET', markKeyOf(id)], { repeatable: true }),
      connection.send(record, ['HMGET', record, ...fields], { repeatable: true }),
    ])
    const [expiresAt, startedAt, address, device] = listIn(reply).map((field) => maybe(field, textIn))
    const standsUntil = maybe(expiresAt, numberIn) ?? 0
    if ((maybe(mark, numberIn) ?? 0) <= now() || standsUntil <= now()) return null
    const noted = typeof startedAt === 'string' && typeof address === 'string' && typeof device === 'string'
    return { id, expiresAt: standsUntil, start: noted ? { startedAt: numberIn(startedAt), address, device } : null }
  }

  /** They have ended, whether or not the list hears of it: they run out there by themselves. */
  async function unlist(account: string, entries: readonly Entry[]): Promise<void> {
    await ofAccount.drop(account, entries).catch(() => {})
  }

  /** Whether there is a mark now. `XX` changes one, and makes none. */
  async function mark(id: string, expiresAt: number, ...onlyIf: readonly 'XX'[]): Promise<boolean> {
    const command = ['SET', markKeyOf(id), String(expiresAt), 'PX', String(lifetimeOf(expiresAt, now())), ...onlyIf]
    return maybe(await connection.send(markKeyOf(id), command, { repeatable: true }), textIn) === 'OK'
  }
}

function signInOf(secretHash: string, reply: Reply): SignIn | null {
  if (reply === null) return null
  const [id, account, passwordMark, expiresAt] = listIn(reply)
  return {
    id: textIn(id),
    secretHash,
    account: textIn(account),
    passwordMark: textIn(passwordMark),
    expiresAt: numberIn(expiresAt),
  }
}
