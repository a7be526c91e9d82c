// The log while masters die, hand over and give slots away: what was confirmed is there afterwards, once, and it goes on by itself.
import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { livedMilliseconds } from '../../../test/support/patience.ts'
import { until } from '../../../test/support/redis.ts'
import { RedisCluster } from '../../../test/support/redis-cluster.ts'
import { RedisSentinel } from '../../../test/support/redis-sentinel.ts'
import type { Log } from '../../ports/log.ts'
import { keysOf } from './keys.ts'
import { parseAddress } from './lines/address.ts'
import { type Connection, connect, PATIENCE_MILLISECONDS } from './lines/connection.ts'
import { redisLog } from './log.ts'

const ROOM = 'w32tgse'
const MEMBER = 'customer@example.com'
const random = (bytes: number) => randomBytes(bytes).toString('base64url')

let connection: Connection
let log: Log

async function open(url: string): Promise<void> {
  spyOn(console, 'error').mockImplementation(() => {})
  connection = await connect(parseAddress(url))
  log = redisLog(connection, Date.now, random)
}

describe('Sentinel', () => {
  let sentinel: RedisSentinel

  beforeEach(async () => {
    sentinel = await RedisSentinel.start({ appendonly: false })
    await open(`redis+sentinel://${sentinel.addresses.join(',')}/${sentinel.name}`)
  })
  afterEach(async () => {
    connection.close()
    await sentinel.remove()
  })

  for (const how of ['graceful', 'crash'] as const) {
    test(`[R2] [R3] a new master keeps all that was confirmed, in a new epoch: ${how}`, async () => {
      await replicated(await sentinel.master())
      const before = await log.end(ROOM)
      const talk = talking()
      await talk.confirmed(20)
      await sentinel.failover(how)
      await talk.confirmed(talk.count + 20)
      await whole(await talk.end())
      expect((await log.end(ROOM)).epoch).not.toBe(before.epoch)
      expect(await log.since(ROOM, before, 1_000_000)).toBe('gap')
    })
  }

  test('[R6] a master that hangs is left for the next', async () => {
    await replicated(await sentinel.master())
    const talk = talking()
    await talk.confirmed(20)
    const former = await sentinel.master()
    former.stop()
    await until('another is master', async () => (await sentinel.master()) !== former)
    await talk.confirmed(talk.count + 20)
    former.cont()
    await whole(await talk.end())
  })
})

describe('Cluster', () => {
  let cluster: RedisCluster

  beforeEach(async () => {
    cluster = await RedisCluster.start({ masters: 3, replicas: 1, appendonly: false })
    await open(cluster.url)
  })
  afterEach(async () => {
    connection.close()
    await cluster.remove()
  })

  test('[R2] [R3] a node that hands over or dies takes nothing along that was confirmed', async () => {
    await replicated(await cluster.nodeOf(keysOf(ROOM).meta))
    for (const change of ['failover', 'crash'] as const) {
      const before = await log.end(ROOM)
      const talk = talking()
      await talk.confirmed(20)
      await cluster[change](keysOf(ROOM).meta)
      await talk.confirmed(talk.count + 20)
      await whole(await talk.end())
      expect((await log.end(ROOM)).epoch).not.toBe(before.epoch)
    }
  })

  test('[R3] a slot that moves while people talk loses nothing', async () => {
    const talk = talking()
    await talk.confirmed(20)
    await cluster.moveSlot(keysOf(ROOM).meta)
    await talk.confirmed(talk.count + 20)
    await whole(await talk.end())
  })

  test('[R6] a node that hangs holds up nobody but its own rooms', async () => {
    const rooms = Array.from({ length: 20 }, (_, number) => `room ${number}`)
    const hanging = await cluster.nodeOf(keysOf(ROOM).meta)
    const others: string[] = []
    for (const room of rooms) if ((await cluster.nodeOf(keysOf(room).meta)) !== hanging) others.push(room)
    await Promise.all(others.map((room) => log.end(room)))
    // Nobody takes its place meanwhile: until somebody did, the others would refuse too.
    for (const node of cluster.nodes) await node.cli('CONFIG', 'SET', 'cluster-node-timeout', '60000')
    hanging.stop()
    let isHeld = true
    const held = refusalOf(log.end(ROOM)).finally(() => {
      isHeld = false
    })
    for (let turn = 0; turn < 3; turn++) await Promise.all(others.map((room) => log.end(room)))
    expect(isHeld).toBe(true)
    expect(await held).toMatchObject({ code: 'store_unavailable' })
    hanging.cont()
  })
})

test('[R6] a Cluster that hangs as a whole: refused in time all the while, and all recovers by itself', async () => {
  const cluster = await RedisCluster.start({ masters: 3 })
  try {
    await open(cluster.url)
    await log.end(ROOM)
    for (const node of cluster.nodes) node.stop()
    for (let turn = 0; turn < 3; turn++) {
      const milliseconds = await livedMilliseconds(async () => {
        expect(await refusalOf(log.end(ROOM))).toMatchObject({ code: 'store_unavailable' })
      })
      expect(milliseconds).toBeLessThan(1.25 * PATIENCE_MILLISECONDS)
    }
    for (const node of cluster.nodes) node.cont()
    await until('it answers again', async () => (await log.end(ROOM)).offset === 0)
  } finally {
    connection.close()
    await cluster.remove()
  }
})

function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was not refused',
    (reason: unknown) => reason,
  )
}

/** A master with a replica answers once that has what was written, from when the line knows of it. */
async function replicated(master: { cli(...words: string[]): Promise<string> }): Promise<void> {
  await until('answers wait for the replica', async () => {
    await log.append('another', { type: 'message', by: MEMBER, text: 'hello' })
    await log.append(ROOM, { type: 'message', by: MEMBER, text: 'hello' })
    return /cmdstat_wait:calls=[1-9]/.test(await master.cli('INFO', 'commandstats'))
  })
}

/** Someone who says one thing after another, again and again until it is confirmed. */
function talking() {
  const confirmed = new Map<string, number>()
  let going = true
  const talk = (async () => {
    for (let number = 0; going; number++) {
      const text = `${number} ${random(6)}`
      const said = { type: 'message', by: MEMBER, text, clientId: random(12) } as const
      await until('it is confirmed', async () => {
        const { event } = await log.append(ROOM, said)
        confirmed.set(text, event.offset)
        return true
      })
    }
  })()
  return {
    get count() {
      return confirmed.size
    },
    confirmed: (count: number) => until(`${count} are confirmed`, async () => confirmed.size >= count),
    async end() {
      going = false
      await talk
      return confirmed
    },
  }
}

/** Everything that was confirmed is there, in order, and once. */
async function whole(confirmed: ReadonlyMap<string, number>): Promise<void> {
  const { messages } = await log.page(ROOM, { limit: 5_000 })
  const texts = messages.map(({ text }) => text).filter((text) => text !== 'hello')
  expect(texts.length).toBe(new Set(texts).size)
  const kept = new Set(texts)
  expect([...confirmed.keys()].filter((text) => !kept.has(text))).toEqual([])
  expect(messages.map(({ id }) => Number(id))).toEqual(messages.map((_, index) => Number(messages[0]?.id) + index))
}
