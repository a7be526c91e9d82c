// GET /metrics: who may read it, and that it counts what happens, over all processes of a server.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { startCrew } from './support/crew.ts'
import { CUSTOMER, Person, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { RedisServer, until } from './support/redis.ts'
import { RedisPlace } from './support/redis-place.ts'
import { scrape } from './support/scrape.ts'
import { type Environment, type Server, startServer, UNLIMITED } from './support/server.ts'
import { come, logIn } from './support/v1-place.ts'

const TOKEN = 'a-token-for-figures-4711'
const started: Server[] = []
afterEach(async () => {
  for (const server of started.splice(0)) await server.remove()
})

async function start(environment: Environment): Promise<Server> {
  const server = await startServer({ ...(await cheapAccounts()), ...environment })
  started.push(server)
  return server
}

describe('who may read', () => {
  const statusOf = async ({ origin }: Server, headers: Record<string, string> = {}) =>
    (await fetch(`${origin}/metrics`, { headers })).status
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

  test('without settings this machine may, but nobody whom a proxy on it speaks for', async () => {
    const server = await start({})
    expect(await statusOf(server)).toBe(200)
    for (const name of ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-IP', 'Via']) {
      for (const said of ['203.0.113.7', '']) expect(await statusOf(server, { [name]: said })).toBe(404)
    }
  })

  test('where people come through a proxy nobody may, until somebody decides otherwise', async () => {
    for (const proxied of [{ PUBLIC_URL: 'https://chat.example.com' }, { TRUSTED_PROXIES: '127.0.0.1' }]) {
      const server = await start(proxied)
      // From the proxy on this machine, whether it marks what it passes on or not.
      expect(await statusOf(server)).toBe(404)
      expect(await statusOf(server, { 'X-Forwarded-For': '127.0.0.1' })).toBe(404)
      const decided = await start({ ...proxied, METRICS: 'true' })
      expect(await statusOf(decided)).toBe(200)
      expect(await statusOf(decided, { 'X-Forwarded-For': '127.0.0.1' })).toBe(404)
    }
  })

  test('[E1] with a token whoever has it may, from wherever, and for everyone else there is no such page', async () => {
    const server = await start({ METRICS_TOKEN: TOKEN, PUBLIC_URL: 'https://chat.example.com' })
    expect(await statusOf(server, { ...bearer(TOKEN), 'X-Forwarded-For': '203.0.113.7' })).toBe(200)
    for (const wrong of ['', 'wrong', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
      expect(await statusOf(server, bearer(wrong))).toBe(404)
    }
    const refused = await fetch(`${server.origin}/metrics`)
    expect(await refused.json()).toMatchObject({ success: false, code: 'not_found' })
    expect(await statusOf(await start({ METRICS: 'false', METRICS_TOKEN: TOKEN }), bearer(TOKEN))).toBe(404)
  })
})

describe('on SQLite', () => {
  test('it counts who is here, what is said and heard, and every no', async () => {
    const server = await start({ ...UNLIMITED, LIMIT_TEXT_BYTES: '100', LIMIT_BACKLOG_BYTES: '100000' })
    const [customer, other] = [await Person.logIn(server, CUSTOMER), await Person.logIn(server, SCRUM_MASTER)]
    expect((await post(server, '/login', { email: CUSTOMER, password: 'wrong' })).status).toBe(401)
    const [talking, listening] = [await customer.open(), await other.open()]
    const v1 = await come(other, ROOM)
    for (const text of ['one', 'two', 'three']) await talking.say(text)
    await v1.event(3)
    talking.send('x'.repeat(101))
    await talking.next()
    const { value, samples, types } = await scrape(server)
    expect(value('propromo_chat_sockets{protocol="plain"}')).toBe(2)
    expect(value('propromo_chat_sockets{protocol="v1"}')).toBe(1)
    expect(value('propromo_chat_rooms')).toBe(1)
    expect(value('propromo_chat_sends_total{type="message"}')).toBe(3)
    expect(value('propromo_chat_deliveries_total')).toBe(9)
    expect(value('propromo_chat_append_seconds_count')).toBe(3)
    expect(value('propromo_chat_delivery_seconds_count')).toBe(3)
    expect(value('propromo_chat_delivery_seconds_bucket{le="+Inf"}')).toBe(3)
    expect(value('propromo_chat_logins_total{outcome="in"}')).toBe(2)
    expect(value('propromo_chat_logins_total{outcome="wrong_credentials"}')).toBe(1)
    expect(value('propromo_chat_refusals_total{code="text_too_long"}')).toBe(1)
    expect(value('propromo_chat_refusals_total{code="wrong_credentials"}')).toBe(1)
    expect(value('propromo_chat_part_ready{part="store"}')).toBe(1)
    expect(value('propromo_chat_sql_seconds_count')).toBeGreaterThan(3)
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(value('propromo_chat_heap_bytes')).toBeGreaterThan(1e6)
    expect(value('propromo_chat_external_bytes')).toBeGreaterThan(0)
    expect(types.get('process_cpu_seconds_total')).toBe('counter')
    const names = [...samples.keys()].join('\n')
    for (const personal of [CUSTOMER, SCRUM_MASTER, ROOM, '127.0.0.1']) expect(names).not.toContain(personal)

    await Promise.all([talking.close(), listening.close()])
    await until('the closes are counted', async () => {
      const { value } = await scrape(server)
      const open = value('propromo_chat_sockets{protocol="plain"}')
      const closes = ['1000', '1005'].map((code) => value(`propromo_chat_closes_total{code="${code}"}`))
      return open === 0 && closes.reduce((sum, count) => sum + count) === 2
    })
  })

  test('whatever people make up, no series come of it', async () => {
    const server = await start(UNLIMITED)
    const person = await Person.logIn(server, CUSTOMER)
    const series = async (others: number) => {
      await until('all closes are counted', async () => {
        return (await scrape(server)).value('propromo_chat_closes_total{code="other"}') === others
      })
      return (await scrape(server)).samples.size
    }
    await makeUp(server, person, 0)
    const before = await series(1)
    for (let turn = 1; turn < 30; turn++) await makeUp(server, person, turn)
    expect(await series(30)).toBe(before)
  })
})

/** A path, a method, a room and a close code that nobody has used before. */
async function makeUp({ origin }: Server, person: Person, turn: number): Promise<void> {
  await fetch(`${origin}/made-up-${turn}`, { method: `VERB${turn}` })
  await fetch(`${origin}/made-up-${turn}`)
  await fetch(`${origin}/chat/room-${turn}?auth=${turn}`)
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/chat/${ROOM}?auth=${await person.ticket()}`)
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
  socket.close(3_000 + turn)
  await closed
}

describe('on Redis', () => {
  let place: RedisPlace
  let redis: RedisServer
  beforeAll(async () => {
    place = await RedisPlace.open()
    redis = await RedisServer.start()
  })
  afterAll(async () => {
    await redis.remove()
    await place.remove()
  })

  test('what the store could not answer is counted once each, and what it said no to is not', async () => {
    const server = await place.server(redis.url)
    started.push(server)
    const room = await place.room()
    const socket = await come((await logIn(server)).customer, room)
    const failures = async () => (await scrape(server)).value('propromo_chat_store_failures_total')
    const nothing = { type: 'edit', message: '4711', text: 'of nothing' }
    expect(await socket.ask(nothing)).toMatchObject({ code: 'no_message' })
    expect(await failures()).toBe(0)
    const prefix = `propromo:{room:${encodeURIComponent(room)}}`
    await socket.say('anything at all')
    for (const part of ['index', 'messages', 'pins']) await redis.cli('SET', `${prefix}:${part}`, 'in the way')
    await redis.cli('DEL', `${prefix}:words:0`)
    await redis.cli('HSET', `${prefix}:words:0`, 'in', 'the way')
    const asked = [
      { type: 'history', limit: 1 },
      { type: 'search', query: 'anything' },
      { type: 'pins' },
      { type: 'send', text: 'lost' },
    ]
    for (const [before, frame] of asked.entries()) {
      expect(await socket.ask(frame)).toMatchObject({ type: 'refused', code: 'store_unavailable' })
      expect(await failures()).toBe(before + 1)
    }
  })

  test('whichever of several processes is asked gives the sum of all, and what one that ended had counted stays counted', async () => {
    const crew = await startCrew({ ...place.environment(redis.url), WORKERS: '2' })
    started.push(crew)
    const room = await place.room()
    const people = await logIn(crew)
    const sockets = await Promise.all(Array.from({ length: 24 }, () => come(people.customer, room)))
    const [first] = sockets
    first?.send({ type: 'send', id: 'one', text: 'hello' })
    await Promise.all(sockets.map((socket) => socket.event(1)))
    expect([...crew.sockets().values()].every((count) => count > 0)).toBe(true)
    for (let turn = 0; turn < 8; turn++) {
      const { value } = await scrape(crew)
      expect(value('propromo_chat_processes')).toBe(2)
      expect(value('propromo_chat_sockets{protocol="v1"}')).toBe(24)
      expect(value('propromo_chat_sends_total{type="message"}')).toBe(1)
      expect(value('propromo_chat_deliveries_total')).toBe(24)
      expect(value('propromo_chat_redis_seconds_count{command="script"}')).toBeGreaterThan(0)
    }
    const [victim = 0] = crew.workers()
    process.kill(victim, 'SIGKILL')
    await until('another has taken its place', async () => {
      const { value } = await scrape(crew).catch(() => ({ value: () => 0 }))
      return value('propromo_chat_processes') === 2 && value('propromo_chat_process_ends_total') === 1
    })
    const { value } = await scrape(crew)
    expect(value('propromo_chat_deliveries_total')).toBeGreaterThanOrEqual(24)
    expect(value('propromo_chat_logins_total{outcome="in"}')).toBe(3)
    expect(value('propromo_chat_sockets{protocol="v1"}')).toBeLessThan(24)
  })
})
