// The log in Redis when Redis hangs, restarts, loses data or loses the line: nothing twice, nothing half, nobody misled.
import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { Draft } from '../../../protocol/event.ts'
import { RedisServer, until } from '../../../test/support/redis.ts'
import type { Log } from '../../ports/log.ts'
import { keysOf } from './keys.ts'
import { parseAddress } from './lines/address.ts'
import { type Connection, connect } from './lines/connection.ts'
import { redisLog } from './log.ts'

const ROOM = 'w32tgse'
const DAY = 24 * 60 * 60 * 1000
const random = (bytes: number) => randomBytes(bytes).toString('base64url')

let redis: RedisServer
let connection: Connection
let log: Log
let now: number

beforeEach(async () => {
  spyOn(console, 'error').mockImplementation(() => {})
  redis = await RedisServer.start()
  connection = await connect(parseAddress(redis.url))
  now = Date.UTC(2026, 4, 4)
  log = redisLog(connection, () => now, random)
})
afterEach(async () => {
  connection.close()
  await redis.remove()
})

describe('lifetimes', () => {
  test('[R2] a Redis that restarted with all its data has a new epoch, where offsets go on', async () => {
    await log.append(ROOM, said('before', 'c1'))
    const before = await log.end(ROOM)
    await redis.restart()
    const after = await eventually(() => log.end(ROOM))
    expect(after.offset).toBe(1)
    expect(after.epoch).not.toBe(before.epoch)
    expect(await log.since(ROOM, before, 10)).toBe('gap')
    const { epoch, event } = await log.append(ROOM, said('after'))
    expect([epoch, event.offset]).toEqual([after.epoch, 2])
    expect(await texts()).toEqual(['before', 'after'])
    // What was stored before is still known, and told with the epoch that counts now.
    expect(await log.append(ROOM, said('before', 'c1'))).toMatchObject({ epoch, event: { offset: 1 } })
  })

  test('[R2] a Redis that was emptied has a new epoch, whoever asks first', async () => {
    const asks = [
      () => log.end(ROOM),
      async () => (await log.page(ROOM, { limit: 5 })).end,
      async () => {
        const { epoch, event } = await log.append(ROOM, said('new'))
        return { epoch, offset: event.offset }
      },
    ]
    for (const ask of asks) {
      for (const text of ['one', 'two']) await log.append(ROOM, said(text))
      const before = await log.end(ROOM)
      await redis.flush()
      const after = await ask()
      expect(after.epoch).not.toBe(before.epoch)
      expect(after.offset).toBeLessThan(2)
      expect(await log.since(ROOM, { ...before, offset: 0 }, 10)).toBe('gap')
      expect(await log.end(ROOM)).toEqual(after)
    }
  })

  test('[R2] a Redis that was put back to an earlier state lets nobody resume into it', async () => {
    await log.append(ROOM, said('kept'))
    await redis.cli('CONFIG', 'SET', 'appendonly', 'no') // From here on nothing is kept.
    await log.append(ROOM, said('lost'))
    const before = await log.end(ROOM)
    await redis.restart()
    const after = await eventually(() => log.end(ROOM))
    expect([before.offset, after.offset]).toEqual([2, 1])
    expect(await log.since(ROOM, before, 10)).toBe('gap')
    expect(await log.since(ROOM, { ...before, offset: 0 }, 10)).toBe('gap')
    expect((await log.append(ROOM, said('instead'))).event.offset).toBe(2)
    expect(await texts()).toEqual(['kept', 'instead'])
  })

  test('a room whose meta was lost goes on after its messages', async () => {
    for (const text of ['one', 'two']) await log.append(ROOM, said(text))
    await redis.cli('DEL', keysOf(ROOM).meta)
    expect((await log.append(ROOM, said('three'))).event.offset).toBe(3)
    expect(await texts()).toEqual(['one', 'two', 'three'])
  })

  test('[R2] old events are forgotten a few at a time, and their messages are not', async () => {
    const { epoch } = await log.end(ROOM)
    for (let turn = 1; turn <= 10; turn++) await log.append(ROOM, said(`old ${turn}`))
    now += 6 * DAY
    await log.append(ROOM, said('11'))
    expect(await log.since(ROOM, { epoch, offset: 0 }, 100)).toHaveLength(11)
    now += 2 * DAY
    await log.append(ROOM, said('12'))
    expect(await log.since(ROOM, { epoch, offset: 0 }, 100)).toBe('gap')
    expect(await log.since(ROOM, { epoch, offset: 10 }, 100)).toMatchObject([{ offset: 11 }, { offset: 12 }])
    for (const text of ['13', '14']) await log.append(ROOM, said(text))
    expect(await redis.cli('HLEN', keysOf(ROOM).events)).toBe('4')
    expect(await log.since(ROOM, { epoch, offset: 9 }, 100)).toBe('gap')
    expect(await log.since(ROOM, { epoch, offset: 10 }, 100)).toHaveLength(4)
    expect(await texts()).toHaveLength(14)
    now += 8 * DAY
    for (const text of ['15', '16']) await log.append(ROOM, said(text))
    expect(await redis.cli('HLEN', keysOf(ROOM).events)).toBe('2')
    expect(await log.since(ROOM, { epoch, offset: 14 }, 100)).toMatchObject([{ offset: 15 }, { offset: 16 }])
    await log.append(ROOM, { type: 'deleted', message: '1', by: MEMBER })
    expect(await texts()).toHaveLength(16)
  })
})

describe('trouble', () => {
  test('[R6] what was refused while Redis hung is not stored when it goes on', async () => {
    await log.append(ROOM, said('before'))
    redis.stop()
    const refused = await Promise.allSettled([log.append(ROOM, said('late')), log.append(ROOM, said('late', 'c1'))])
    for (const { status } of refused) expect(status).toBe('rejected')
    redis.cont()
    expect(await eventually(texts)).toEqual(['before'])
    expect(await redis.cli('INFO', 'errorstats')).toContain('errorstat_LATE:count=2')
    expect((await log.append(ROOM, said('again', 'c1'))).event).toMatchObject({ offset: 2, text: 'again' })
  })

  for (const clientId of [undefined, 'c1']) {
    test(`[R4] a line that breaks before the answer makes one event: ${clientId ?? 'without client id'}`, async () => {
      const proxy = await CuttingProxy.start(redis.port)
      const through = await connect(parseAddress(proxy.url))
      const there = redisLog(through, () => now, random)
      await there.end(ROOM) // The script is known, the line is open.
      proxy.cutAt = '"offset"' // What an append says and nothing else does.
      const { event } = await there.append(ROOM, said('once', clientId))
      expect(proxy.cuts).toBe(1)
      expect(event).toMatchObject({ offset: 1, text: 'once' })
      expect(await texts()).toEqual(['once'])
      through.close()
      proxy.close()
    })
  }

  test('[R4] a Redis that forgot its scripts stores each of many appends once, in order', async () => {
    await log.append(ROOM, said('first'))
    await redis.cli('SCRIPT', 'FLUSH')
    const told = await Promise.all(Array.from({ length: 100 }, (_, turn) => log.append(ROOM, said(`${turn}`))))
    expect(told.map(({ event }) => event.offset)).toEqual(Array.from({ length: 100 }, (_, turn) => turn + 2))
  })

  test('[R6] a full Redis stores nothing by half', async () => {
    await log.append(ROOM, said('before'))
    await redis.cli('CONFIG', 'SET', 'maxmemory', '100kb')
    for (const draft of [said('x'), { type: 'edited', message: '1', text: 'y', by: MEMBER } as const]) {
      await expect(log.append(ROOM, draft)).rejects.toMatchObject({ code: 'store_unavailable' })
    }
    expect(await texts()).toEqual(['before'])
    await redis.cli('CONFIG', 'SET', 'maxmemory', '0')
    expect((await log.append(ROOM, said('after'))).event.offset).toBe(2)
    expect(await texts()).toEqual(['before', 'after'])
  })
})

describe('replicas', () => {
  test('[R3] what is stored is at a replica too, when there is one', async () => {
    const replica = await startReplica()
    const before = await waits()
    const told = await Promise.all(Array.from({ length: 100 }, (_, turn) => log.append(ROOM, said(`${turn}`))))
    expect((await waits()) - before).toBeLessThan(10) // One for all of a tick.
    await redis.kill()
    await replica.cli('REPLICAOF', 'NO', 'ONE')
    expect(await replica.cli('HGET', keysOf(ROOM).meta, 'end')).toBe(String(told.at(-1)?.event.offset))
    await replica.remove()
  })

  test('[R3] a replica that hangs slows the chat down once, not for ever', async () => {
    const replica = await startReplica()
    replica.stop()
    const before = await waits()
    await log.append(ROOM, said('slow'))
    expect(await waits()).toBe(before + 1)
    for (let turn = 0; turn < 5; turn++) await log.append(ROOM, said('quick'))
    expect(await waits()).toBe(before + 1)
    replica.cont()
    await replica.remove()
  })
})

/** A replica that those who store something wait for. It need not be quick to write on a disk. */
async function startReplica(): Promise<RedisServer> {
  const settings = ['--replicaof', '127.0.0.1', String(redis.port)]
  const replica = await RedisServer.start({ appendonly: false, settings })
  await until('the line knows of the replica', async () => {
    await log.append(ROOM, said('hello'))
    return (await waits()) > 0
  })
  return replica
}

/** How often this Redis was asked to wait for its replica. */
async function waits(): Promise<number> {
  return Number(/cmdstat_wait:calls=(\d+)/.exec(await redis.cli('INFO', 'commandstats'))?.[1] ?? 0)
}

const MEMBER = 'customer@example.com'

function said(text: string, clientId?: string): Draft {
  return { type: 'message', by: MEMBER, text, ...(clientId ? { clientId } : {}) }
}

async function texts(): Promise<readonly string[]> {
  return (await log.page(ROOM, { limit: 100 })).messages.map(({ text }) => text)
}

async function eventually<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer | undefined
  await until('it answers again', async () => {
    answer = await work()
    return true
  })
  return answer as Answer
}

/** Stands between a line and Redis; lets one command through, and cuts the line instead of bringing the answer back. */
class CuttingProxy {
  /** Part of the command that is to go without an answer. */
  cutAt: string | undefined
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  static async start(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port)
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening')
    return proxy
  }

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = createConnection(port, '127.0.0.1')
      let cutting = false
      for (const socket of [near, far]) this.#sockets.add(socket.on('error', () => socket.destroy()))
      near.on('data', (bytes) => {
        if (this.cutAt !== undefined && bytes.includes(this.cutAt)) cutting = true
        if (cutting) this.cutAt = undefined
        far.write(bytes)
      })
      far.on('data', (bytes) => {
        if (!cutting) return near.write(bytes)
        this.cuts++
        cutting = false
        near.destroy()
        return far.destroy()
      })
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
    })
  }

  get url(): string {
    const address = this.#server.address()
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
