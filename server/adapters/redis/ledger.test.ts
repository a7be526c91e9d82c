// The ledger in Redis keeps to its contract, on one Redis and on a Cluster, and stays true through faults in between.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { RedisCluster } from '../../../test/support/redis-cluster.ts'
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { type LedgerUnderTest, ledgerContract } from '../../ports/ledger.contract.ts'
import { ticketKeyOf } from './keys.ts'
import { redisLedger } from './ledger.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'

const on = redisKinds()

ledgerContract('Redis', async () => {
  await on.redis.flush()
  return under(on.redis.url)
})
ledgerContract('a Redis Cluster', async () => {
  await on.cluster.flush()
  return under(on.cluster.url)
})

describe('what Redis keeps of it', () => {
  let one: LedgerUnderTest

  beforeEach(async () => {
    await on.redis.flush()
    one = await under(on.redis.url)
  })
  afterEach(() => one.close())

  test('everything runs out by itself, later than the clock of any process says', async () => {
    const { ledger, now } = one
    await ledger.spend('jti', 'room', now() + 1_000)
    await ledger.startSignIn(signIn(now() + 1_000))
    await ledger.count('subject', 1_000)
    const keys = (await on.redis.cli('KEYS', '*')).split('\n')
    expect(keys).toHaveLength(5)
    for (const key of keys) {
      const grace = key === ticketKeyOf('jti', 'room') ? 61 * 60_000 : 60_000
      const left = Number(await on.redis.cli('PTTL', key))
      expect(left).toBeWithin(grace - 30_000, grace + 1_001)
    }
  })

  test('[L9] a secret cannot be read in Redis, and neither can a ticket', async () => {
    const { ledger, now } = one
    await ledger.spend('the-jti', 'room', now() + 1_000)
    await ledger.startSignIn(signIn(now() + 1_000))
    expect(await on.redis.cli('KEYS', '*')).not.toMatch(/the-jti|the-hash/)
  })

  test('[L9] whoever died while ending a sign-in has ended it, and the next to try is told of it', async () => {
    const { ledger, now } = one
    const started = signIn(now() + 60_000)
    await ledger.startSignIn(started)
    const [mark] = (await on.redis.cli('KEYS', 'propromo:signed-in:*')).split('\n')
    await on.redis.cli('DEL', mark ?? '')
    expect(await ledger.signedIn(started.id)).toBe(false)
    expect(await ledger.renewSignIn(started.secretHash, now() + 90_000)).toBeNull()
    expect(await ledger.signedIn(started.id)).toBe(false)
    expect(await ledger.endSignIn(started.secretHash)).toMatchObject({ id: started.id })
    expect(await ledger.endSignIn(started.secretHash)).toBeNull()
  })

  test('[L12] whoever died while ending every sign-in can be followed by another, who ends the rest', async () => {
    const { ledger, now } = one
    const hashes = ['phone', 'tablet', 'laptop']
    for (const hash of hashes)
      await ledger.startSignIn({ ...signIn(now() + 60_000), id: `id of ${hash}`, secretHash: hash })
    // Of one the mark is gone, of another the record too: that is as far as it may have come.
    const marks = (await on.redis.cli('KEYS', 'propromo:signed-in:*')).split('\n')
    await on.redis.cli('DEL', marks[0] ?? '')
    await ledger.endSignIn('tablet')
    expect((await ledger.endSignInsWith('phone')).toSorted()).toEqual(['id of laptop', 'id of phone'])
    for (const hash of hashes) {
      expect(await ledger.signedIn(`id of ${hash}`)).toBe(false)
      expect(await ledger.renewSignIn(hash, now() + 60_000)).toBeNull()
    }
    expect(await on.redis.cli('KEYS', 'propromo:sign*')).toBe('')
  })

  test('[R6] while Redis is away every verb is refused, and all goes on when it is back', async () => {
    const { ledger, now } = one
    await ledger.spend('jti', 'room', now() + 60_000)
    await on.redis.kill()
    const verbs = [
      ledger.spend('jti', 'room', now()),
      ledger.spent('jti', 'room'),
      ledger.startSignIn(signIn(now())),
      ledger.renewSignIn('the-hash', now()),
      ledger.endSignIn('the-hash'),
      ledger.endSignInsWith('the-hash'),
      ledger.signInsOf('2'),
      ledger.endSignInOf('2', 'id'),
      ledger.signedIn('id'),
      ledger.count('subject', 1_000),
      ledger.tallies(['subject']),
      ledger.forget('subject'),
    ]
    for (const verb of await Promise.allSettled(verbs)) {
      expect(verb).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
    }
    await on.redis.restart()
    expect(await answered(() => ledger.spend('jti', 'room', now() + 60_000))).toBe(false)
    expect(await ledger.spent('jti', 'room')).toBe(true)
  })
})

test('[T3] while a master dies no ticket is spent twice', async () => {
  const failing = await RedisCluster.start({ masters: 3, replicas: 1, appendonly: false })
  const processes = await Promise.all([under(failing.url), under(failing.url)])
  try {
    const wins = new Map<string, number>()
    let going = true
    const spending = processes.map(async ({ ledger, now }) => {
      for (let jti = 0; going || jti < 300; jti++) {
        for (let attempt = 0; attempt < 2; attempt++) {
          const won = await ledger.spend(`jti ${jti}`, 'room', now() + 60_000).catch(() => false)
          if (won) wins.set(`jti ${jti}`, (wins.get(`jti ${jti}`) ?? 0) + 1)
        }
      }
    })
    try {
      await failing.crash('propromo:anything')
    } finally {
      going = false
      await Promise.all(spending)
    }
    expect(wins.size).toBeGreaterThan(100)
    expect([...wins.values()].filter((count) => count !== 1)).toEqual([])
    const spent = await Promise.all([...wins.keys()].map((jti) => processes[0].ledger.spent(jti, 'room')))
    expect(spent.filter((one) => !one)).toEqual([])
  } finally {
    for (const process of processes) await process.close()
    await failing.remove()
  }
})

async function under(url: string): Promise<LedgerUnderTest> {
  const connection = await connect(parseAddress(url))
  let now = 1_700_000_000_000
  return {
    ledger: redisLedger(
      connection,
      () => now,
      (bytes) => randomBytes(bytes).toString('base64url'),
    ),
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds
    },
    close: async () => connection.close(),
  }
}

function signIn(expiresAt: number) {
  return { id: 'id', secretHash: 'the-hash', account: '2', passwordMark: 'mark', expiresAt }
}

/** Asks again until it is answered: Redis is back a moment before that is noticed. */
async function answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === 10) throw error
    }
  }
}
