// GET /ready: what it says when parts are away, that it is bounded, and that asking costs nothing much.
import { afterEach, describe, expect, test } from 'bun:test'
import { startCrew } from './support/crew.ts'
import { PATIENCE_MILLISECONDS } from './support/patience.ts'
import { CUSTOMER, Person } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { startPostgres } from './support/postgres.ts'
import { RedisServer, until } from './support/redis.ts'
import { type Environment, type Server, startServer } from './support/server.ts'
import { raw } from './support/wire.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function started(environment: Environment = {}): Promise<Server> {
  const server = await startServer(environment)
  endings.push(() => server.remove())
  return server
}

async function startedRedis(): Promise<RedisServer> {
  const redis = await RedisServer.start()
  endings.push(() => redis.remove())
  return redis
}

async function ask({ origin }: Server) {
  const answer = await fetch(`${origin}/ready`, { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) })
  const text = await answer.text()
  const body = JSON.parse(text) as { code?: string; message?: string; parts: Record<string, { status: string }> }
  const parts = Object.fromEntries(Object.entries(body.parts).map(([name, { status }]) => [name, status]))
  return { status: answer.status, headers: answer.headers, text, code: body.code, message: body.message, parts }
}

const isReady = async (server: Server) => (await ask(server)).status === 200

describe('on SQLite', () => {
  test('whoever asks by HTTP/1.0 and names no host, as some balancers do, is answered like everyone', async () => {
    const server = await started()
    for (const [target, status] of [
      ['/health', 200],
      ['/ready?from=balancer', 200],
      ['/%72eady', 200],
      ['//ready', 404],
      ['/chat/w32tgse', 400],
      ['/nowhere', 404],
    ]) {
      const answer = await raw(server, `GET ${target} HTTP/1.0\r\n\r\n`)
      expect([target, answer.status]).toEqual([target, status])
    }
  })

  test('it names each part with what it took, and may be kept by nobody', async () => {
    const server = await started()
    const { status, headers, text, parts } = await ask(server)
    expect(status).toBe(200)
    expect(parts).toEqual({ store: 'ok', accounts: 'ok' })
    expect(JSON.parse(text).parts.store.milliseconds).toBeNumber()
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Retry-After')).toBeNull()
  })

  test('[L7] accounts that are away make it not ready, without a word of where they are; when they are back it is ready', async () => {
    const postgres = await startPostgres('dummy/test.sql')
    endings.push(() => postgres.remove())
    const server = await started({ DATABASE_URL: postgres.url })
    expect(await isReady(server)).toBe(true)
    await postgres.kill()
    await until('the accounts are missed', async () => !(await isReady(server)))
    const { status, headers, text, code, message, parts } = await ask(server)
    expect({ status, code, parts }).toEqual({
      status: 503,
      code: 'accounts_unavailable',
      parts: { store: 'ok', accounts: 'failed' },
    })
    expect(message).toBe('Not ready: accounts failed')
    expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    for (const secret of [new URL(postgres.url).port, '127.0.0.1', 'postgres']) expect(text).not.toContain(secret)
    expect((await fetch(`${server.origin}/health`)).status).toBe(200)
    await postgres.restart()
    await until('it is ready again', () => isReady(server))
  })

  test('a database that accepts and says nothing is given up on in time, however many ask', async () => {
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    endings.push(async () => silent.stop(true))
    const server = await started({ DATABASE_URL: `postgres://someone@127.0.0.1:${silent.port}/propromo` })
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(server)))
    for (const { status, parts } of answers) {
      expect(status).toBe(503)
      expect(parts).toEqual({ store: 'ok', accounts: 'failed' })
    }
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('as soon as it is told to stop it is not ready, and still lets people in for as long as DRAIN_SECONDS says', async () => {
    const server = await started({ DRAIN_SECONDS: '5' })
    const person = await Person.logIn(server, CUSTOMER)
    const open = await person.open()
    expect(await isReady(server)).toBe(true)
    process.kill(server.pid, 'SIGTERM')
    await until('it says that it stops', async () => server.output().includes('Stopping'))
    const { status, code, headers } = await ask(server)
    expect({ status, code }).toEqual({ status: 503, code: 'restarting' })
    expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    // Whoever sends people here has not heard of it yet.
    const late = await person.open()
    await late.say('just in time')
    expect((await Promise.all([open.closed, late.closed])).map(({ code }) => code)).toEqual([1012, 1012])
  })
})

describe('on Redis', () => {
  test('[R6] it hears itself through Redis, notices when that stops or hangs, and when it is back', async () => {
    const redis = await startedRedis()
    const server = await started({ CHAT_STORAGE_URL: redis.url })
    await until('it is ready', () => isReady(server))
    expect((await ask(server)).parts).toEqual({ store: 'ok', broker: 'ok', accounts: 'ok' })

    process.kill(redis.pid, 'SIGSTOP')
    await until('the hanging Redis is noticed', async () => !(await isReady(server)))
    const hanging = await ask(server)
    expect(hanging).toMatchObject({
      status: 503,
      code: 'store_unavailable',
      parts: { store: 'failed', accounts: 'ok' },
    })
    expect(hanging.text).not.toContain(String(redis.port))
    process.kill(redis.pid, 'SIGCONT')
    await until('it is ready again', () => isReady(server))

    await redis.kill()
    const lost = { store: 'failed', broker: 'failed', accounts: 'ok' }
    await until('the lost Redis is noticed', async () => Bun.deepEquals((await ask(server)).parts, lost))
    await redis.restart()
    await until('it is ready again', () => isReady(server))
  })

  test('every process of several is ready', async () => {
    const redis = await startedRedis()
    const crew = await startCrew({ CHAT_STORAGE_URL: redis.url, WORKERS: '2', PORT: String(await freePort()) })
    endings.push(() => crew.remove())
    for (let turn = 0; turn < 20; turn++) await until('it is ready', () => isReady(crew))
  })
})
