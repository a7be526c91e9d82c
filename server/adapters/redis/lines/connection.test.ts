// The connection refuses in time whatever happens to Redis, and comes back by itself.
import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { connect as connectTo, createServer } from 'node:net'
import { livedMilliseconds } from '../../../../test/support/patience.ts'
import { freePort } from '../../../../test/support/ports.ts'
import { RedisServer, until } from '../../../../test/support/redis.ts'
import { parseAddress } from './address.ts'
import { type Connection, connect, PATIENCE_MILLISECONDS } from './connection.ts'
import { script } from './script.ts'

/** As this process lives it. Nothing ends what waits for a Redis that hangs but deadlines of ours, and the next is that of a line, at three seconds. */
const SLOWEST_MILLISECONDS = 1.25 * PATIENCE_MILLISECONDS
/** Commands that may wait at once, and how many of them may be what a line asks by itself. */
const MOST = 20_000
const A_FEW = 10
const ADD = script(["return redis.call('INCR', KEYS[1])"], { timely: true })
const PUSH = script(["return redis.call('RPUSH', KEYS[1], ARGV[1])"], { timely: true })
const ECHO = script(['return ARGV'], { timely: true, repeatable: true })

/** Answers after a while, so that the answer cannot be there before this process is busy. */
const SPIN = script([
  `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end
local start = now()
repeat until now() > start + 300
return 'done'`,
])

let redis: RedisServer
let connection: Connection
let said: string[]

beforeEach(async () => {
  redis = await RedisServer.start()
  said = []
  spyOn(console, 'error').mockImplementation((text: string) => void said.push(text))
  connection = await connect(parseAddress(redis.url))
})
afterEach(async () => {
  connection.close()
  await redis.remove()
})

const get = () => connection.send('key', ['GET', 'key'], { repeatable: true })
const add = () => connection.run(ADD, ['key'])

describe('scripts', () => {
  test('arguments arrive to the letter, and the deadline is not among them', async () => {
    const args = ['', 'a\u0000b', '👩‍👩‍👧‍👦', '"; return 1 --', '7', 'x'.repeat(100_000)]
    expect(await connection.run(ECHO, ['key'], [...args, 42])).toEqual([...args, '42'])
  })

  test('a Redis that does not know a script yet keeps the order of all that is asked for meanwhile', async () => {
    const done: Promise<unknown>[] = []
    const push = () => void done.push(connection.run(PUSH, ['key'], [done.length]))
    for (let count = 0; count < 3_000; count++) push()
    let isFirstDone = false
    done[0]?.then(() => {
      isFirstDone = true
    })
    for (let left = 200; left > 0; left -= isFirstDone ? 1 : 0) {
      push()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(done)
    const numbers = (await redis.cli('LRANGE', 'key', 0, -1)).split('\n').map(Number)
    expect(numbers).toEqual(done.map((_, number) => number))
  })

  test('a Redis that forgot its scripts is taught them again, and runs each once', async () => {
    await add()
    await redis.cli('SCRIPT', 'FLUSH')
    const numbers = await Promise.all(Array.from({ length: 200 }, add))
    expect(numbers.map(Number).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 2),
    )
  })

  test('a script that fails is the store that fails, and what it was given is not told', async () => {
    const failing = script(["return redis.call('NONSENSE', ARGV[1])"])
    expect(await refusalOf(connection.run(failing, ['key'], ['what somebody said']))).toMatchObject(UNAVAILABLE)
    expect(said.join()).not.toContain('what somebody said')
  })
})

describe('trouble', () => {
  test('[R6] a Redis that hangs: refused in time, and all recovers by itself', async () => {
    await add()
    redis.stop()
    await refusedInTime(get, add, get)
    redis.cont()
    expect(await eventually(get)).toBe('1') // What waited in front of it came too late, and did nothing.
    expect(await redis.cli('INFO', 'errorstats')).toContain('errorstat_LATE:count=1')
  })

  test('[R6] a Redis that hangs for long: refused in time all the while', async () => {
    redis.stop()
    for (let turn = 0; turn < 3; turn++) await refusedInTime(get)
    expect(connection.answering).toBe(false)
    redis.cont()
    expect(await eventually(get)).toBeNull()
    await until('it counts as answering', async () => connection.answering)
  })

  test('[R6] a process that is busy for longer than it waits takes what Redis has answered meanwhile', async () => {
    const spin = () => connection.run(SPIN, ['key'])
    await spin() // From here on Redis knows the script, and one line of ours is all that has to leave.
    const answer = spin()
    await untilSomethingArrives()
    busyFor(SLOWEST_MILLISECONDS)
    expect(await answer).toBe('done')
  })

  test('[R6] a Redis that hangs for less than a moment is waited for', async () => {
    redis.stop()
    const waiting = add()
    await Bun.sleep(300) // The hanging is what is tested, and it takes time.
    redis.cont()
    expect(await waiting).toBe(1)
  })

  test('[R6] a Redis that is killed and comes back: refused in time, said once, and recovered', async () => {
    let recovered = 0
    connection.onRecovered(() => recovered++)
    await redis.kill()
    for (let turn = 0; turn < 2; turn++) await refusedInTime(get, add)
    await redis.restart()
    expect(await eventually(add)).toBe(1)
    await until('it is known to have recovered', async () => recovered === 1)
    expect(said).toEqual([expect.stringContaining('fails'), expect.stringContaining('answers again')])
  })

  test('[R6] a restart that is over soon is not noticed by those who read', async () => {
    await add()
    for (let isOver = false; !isOver; ) {
      const began = performance.now()
      const restarted = redis.restart()
      const reading = Array.from({ length: 50 }, async (_, turn) => {
        await Bun.sleep(turn * 10)
        return get().catch((refusal: unknown) => refusal)
      })
      await restarted
      isOver = performance.now() - began < PATIENCE_MILLISECONDS / 2 // Otherwise it was none of those.
      const read = await Promise.all(reading)
      if (isOver) expect(new Set(read)).toEqual(new Set(['1']))
    }
  })

  test('what is asked for of one key, again and again while Redis is away, is done in the order in which it was asked for', async () => {
    await redis.kill()
    const done: Promise<unknown>[] = []
    let isBack = false
    const back = Bun.sleep(600).then(async () => {
      await redis.restart()
      isBack = true
    })
    for (let number = 0, last = Number.POSITIVE_INFINITY; number < last; number++) {
      done.push(refusalOf(connection.run(PUSH, ['key'], [number])))
      await Bun.sleep(7)
      if (isBack && last === Number.POSITIVE_INFINITY) last = number + 50
    }
    await Promise.all([back, ...done])
    const numbers = (await redis.cli('LRANGE', 'key', 0, -1)).split('\n').map(Number)
    expect(numbers.length).toBeGreaterThan(50)
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  })

  test('more than can ever be caught up with is refused at once, and all the rest is asked of Redis', async () => {
    await get() // From here on Redis knows the script.
    const settled: unknown[] = []
    const asked = Array.from({ length: 1.25 * MOST }, async () => {
      settled.push(await refusalOf(get()))
    })
    await Promise.all(asked.slice(MOST))
    expect(settled.length).toBeWithin(MOST / 4, MOST / 4 + A_FEW)
    for (const refusal of settled) expect(refusal).toMatchObject(UNAVAILABLE)
    const calls = async () => Number(/cmdstat_get:calls=(\d+)/.exec(await redis.cli('INFO', 'commandstats'))?.[1])
    await until('Redis was asked for all the rest', async () => (await calls()) > MOST - A_FEW)
    await Promise.all(asked)
    expect(await eventually(get)).toBeNull()
  })

  test('a full Redis refuses to write, and goes on when there is room', async () => {
    await redis.cli('CONFIG', 'SET', 'maxmemory', '100kb')
    expect(await refusalOf(connection.send('key', ['SET', 'key', 'value']))).toMatchObject(UNAVAILABLE)
    expect(await get()).toBeNull()
    await redis.cli('CONFIG', 'SET', 'maxmemory', '0')
    expect(await connection.send('key', ['SET', 'key', 'value'])).toBe('OK')
  })

  test('closing refuses what waits and everything after, and twice is harmless', async () => {
    redis.stop()
    const waiting = refusalOf(get())
    connection.close()
    connection.close()
    expect(await waiting).toMatchObject(UNAVAILABLE)
    expect(await refusalOf(get())).toMatchObject(UNAVAILABLE)
    expect(connection.answering).toBe(false)
    expect(await refusalOf(connection.subscribe('{x}', { hear() {}, missed() {} }))).toMatchObject(UNAVAILABLE)
    await connection.settled()
    redis.cont()
  })

  test('settled waits for what was asked for before it', async () => {
    const told: string[] = []
    for (const name of ['one', 'two']) add().then(() => told.push(name))
    await connection.settled()
    expect(told).toEqual(['one', 'two'])
  })
})

describe('opening', () => {
  const open = async (url: string) => {
    const refused = await refusalOf(connect(parseAddress(url)))
    return refused instanceof Error ? refused.message : `it was opened: ${refused}`
  }

  test('where nothing listens, it says so', async () => {
    const port = await freePort()
    const where = `127.0.0.1:${port}`
    expect(await open(`redis://chat:hunter2@${where}`)).toBe(`cannot reach Redis, ${where}: nothing listens there`)
    expect(await open(`redis+cluster://chat:hunter2@${where}`)).toContain('nothing listens there')
    expect(await open(`redis+sentinel://chat:hunter2@${where}/chat`)).toContain('nothing listens there')
  })

  test('where somebody listens and does not answer, it says so in time', async () => {
    redis.stop()
    let said = ''
    const milliseconds = await livedMilliseconds(async () => {
      said = await open(redis.url)
    })
    expect(said).toContain('it does not answer')
    expect(milliseconds).toBeLessThan(SLOWEST_MILLISECONDS)
    redis.cont()
  })

  test('[E2] wrong or missing credentials are told, and not repeated', async () => {
    await redis.cli('CONFIG', 'SET', 'requirepass', 'right')
    expect(await open(redis.url)).toContain('NOAUTH')
    const wrong = await open(`redis://chat:hunter2@127.0.0.1:${redis.port}`)
    expect(wrong).toContain('WRONGPASS')
    expect(wrong).not.toContain('hunter2')
    const other = await connect(parseAddress(`redis://:right@127.0.0.1:${redis.port}`))
    expect(await other.send('key', ['GET', 'key'])).toBeNull()
    other.close()
  })

  test('a Redis that is no Cluster cannot be opened as one', async () => {
    expect(await open(`redis+cluster://127.0.0.1:${redis.port}`)).toContain('cluster support disabled')
  })
})

const UNAVAILABLE = { name: 'Refusal', code: 'store_unavailable', status: 503 }

/** All of it, asked at once of a Redis that does not answer. */
async function refusedInTime(...asks: readonly (() => Promise<unknown>)[]): Promise<void> {
  let refused: readonly unknown[] = []
  const milliseconds = await livedMilliseconds(async () => {
    refused = await Promise.all(asks.map((ask) => refusalOf(ask())))
  })
  for (const refusal of refused) expect(refusal).toMatchObject(UNAVAILABLE)
  expect(milliseconds).toBeLessThan(SLOWEST_MILLISECONDS)
}

function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (answer) => `it was not refused: ${answer}`,
    (reason: unknown) => reason,
  )
}

async function eventually<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer | undefined
  await until('it answers again', async () => {
    answer = await work()
    return true
  })
  return answer as Answer
}

/** Goes on while what arrives is being handed out, as everything does that a socket sets off. */
function untilSomethingArrives(): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.end('something')).listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      connectTo(port, '127.0.0.1').once('data', () => {
        server.close()
        resolve()
      })
    })
  })
}

function busyFor(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}
