// The log: one line for each thing that happened, as JSON where programs read it, and names for requests.
import { afterEach, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { startCrew } from './support/crew.ts'
import { CUSTOMER, PASSWORD, Person, post, ROOM } from './support/people.ts'
import { RedisServer, until } from './support/redis.ts'
import { type Environment, runServer, type Server, startServer } from './support/server.ts'
import { handshake, raw } from './support/wire.ts'

type Line = Readonly<Record<string, unknown>>

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function start(environment: Environment): Promise<Server> {
  const server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', ...(await cheapAccounts()), ...environment })
  endings.push(() => server.remove())
  return server
}

/** The last may be there in part. */
const linesOf = (server: Server) =>
  server
    .output()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

/** The lines that hold these fields, as soon as there are so many. */
async function logged(server: Server, fields: Line, count = 1): Promise<readonly Line[]> {
  const found = () =>
    linesOf(server).filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value))
  await until(`${count} lines with ${JSON.stringify(fields)}`, async () => found().length >= count)
  return found()
}

test('as JSON every line is an object: the start, each request with its name, each no with its code', async () => {
  const server = await start({ LOG_FORMAT: 'json' })
  const [first] = linesOf(server)
  expect(first).toMatchObject({ level: 'info', message: `Propromo Chat is open at ${server.origin}` })
  const answer = await post(server, '/login', { email: CUSTOMER, password: 'wrong' })
  const [line] = await logged(server, { route: '/login' })
  expect(line).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'info',
    message: 'answered',
    pid: server.pid,
    request: answer.headers.get('X-Request-Id'),
    method: 'POST',
    route: '/login',
    status: 401,
    code: 'wrong_credentials',
    address: '127.0.0.1',
    ms: expect.any(Number),
  })
  // Asked every few seconds, and read by nobody.
  for (const path of ['/health', '/ready', '/metrics']) expect((await fetch(server.origin + path)).status).toBe(200)
  await fetch(`${server.origin}/nowhere?secret=1`)
  await logged(server, { status: 404, route: 'none' })
  expect(linesOf(server).filter(({ route }) => ['/health', '/ready', '/metrics'].includes(String(route)))).toEqual([])
  await server.stop()
  expect(linesOf(server).at(-1)).toMatchObject({ message: expect.stringMatching(/^Stopping/) })
})

test('at debug every socket is told when it comes and goes, by account and room, and under the name of its request', async () => {
  const server = await start({ LOG_FORMAT: 'json', LOG_LEVEL: 'debug' })
  const socket = await (await Person.logIn(server, CUSTOMER)).open()
  await socket.close()
  const [closed] = await logged(server, { message: 'a socket was closed' })
  const [came] = await logged(server, { message: 'a socket came in' })
  expect(came).toMatchObject({ level: 'debug', room: ROOM, account: '2', protocol: 'plain' })
  expect(closed).toMatchObject({
    room: ROOM,
    account: '2',
    code: 1005,
    ms: expect.any(Number),
    request: came?.['request'],
  })
  expect(await logged(server, { request: came?.['request'], status: 101 })).toHaveLength(1)
})

test('as text it says at the start what it always said, and no more until something needs somebody', async () => {
  const quiet = await start({ LIMIT_SOCKETS: '100' }) // Which any machine allows, so that there is nothing to warn of.
  await post(quiet, '/login', { email: CUSTOMER, password: PASSWORD })
  await fetch(`${quiet.origin}/nowhere`)
  expect(quiet.output().trimEnd().split('\n')).toHaveLength(3)
  const talkative = await start({ LOG_LEVEL: 'info' })
  await fetch(`${talkative.origin}/nowhere`)
  await until('the request is told', async () => talkative.output().includes('answered'))
  expect(talkative.output()).toMatch(
    /\nanswered request=\S+ method=GET route=none status=404 code=not_found .*ms=[\d.]+\n/,
  )
})

test('a name for a request is taken over from this machine if it is well formed, and else made', async () => {
  const server = await start({})
  const nameOf = async (offered?: string) => {
    const headers = offered === undefined ? {} : { 'X-Request-Id': offered }
    return (await fetch(`${server.origin}/health`, { headers })).headers.get('X-Request-Id') ?? ''
  }
  expect(await nameOf('0c5e7f9a-7c1e-4b8e')).toBe('0c5e7f9a-7c1e-4b8e')
  const made = [await nameOf(), await nameOf()]
  for (const hostile of [
    'short',
    'x'.repeat(65),
    'with space and more',
    '{"json":"object"}',
    'ünïcödé-name',
    '<script>1234',
  ]) {
    made.push(await nameOf(hostile).catch(() => nameOf()))
  }
  for (const name of made) expect(name).toMatch(/^[\w-]{12}$/)
  expect(new Set(made).size).toBe(made.length)
  const upgrade = await handshake(server, `/chat/${ROOM}`, {
    'Sec-WebSocket-Protocol': 'propromo.chat.v1',
    'X-Request-Id': 'socket-4711',
  })
  upgrade.socket.destroy()
  expect(upgrade.headers.get('x-request-id')).toBe('socket-4711')
})

test('whatever is sent, a line stays one line', async () => {
  const server = await start({ LOG_FORMAT: 'json', LOG_LEVEL: 'debug' })
  const forged = '%0d%0a{"level":"info","message":"forged"}'
  await fetch(`${server.origin}/${forged}`)
  await fetch(`${server.origin}/chat/${forged}?auth=${forged}`)
  await raw(server, `GET /\u001b[31m\u2028 HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\u001bbbbbbbb\r\n\r\n`).catch(
    () => undefined,
  )
  await raw(server, `F\u0007O GET / HTTP/1.1\r\nHost: x\r\n\r\n`).catch(() => undefined)
  await post(server, '/login', { email: 'a\r\n@b', password: '\r\nforged' })
  await logged(server, { route: '/login' })
  expect(server.output()).not.toContain('forged')
  expect(server.output()).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029]/u)
  expect(linesOf(server).length).toBeGreaterThan(5)
})

test('[E2] wrong settings are told together, and a token is not repeated', async () => {
  const { exitCode, output } = await runServer({
    LOG_FORMAT: 'xml',
    LOG_LEVEL: 'loud',
    METRICS: 'yes',
    METRICS_TOKEN: 'short-4711',
    DRAIN_SECONDS: 'ten',
  })
  expect(exitCode).toBe(1)
  for (const variable of ['LOG_FORMAT', 'LOG_LEVEL', 'METRICS', 'METRICS_TOKEN', 'DRAIN_SECONDS']) {
    expect(output).toContain(`${variable}: held `)
  }
  expect(output).not.toContain('4711')
})

test('[R6] what goes wrong behind it is a line like any other, from each process of several', async () => {
  const redis = await RedisServer.start()
  endings.push(() => redis.remove())
  const crew = await startCrew({ CHAT_STORAGE_URL: redis.url, WORKERS: '2', LOG_FORMAT: 'json' })
  endings.push(() => crew.remove())
  await redis.kill()
  await until('both processes say so', async () => {
    const away = linesOf(crew).filter(({ message }) => String(message).startsWith('the message store fails'))
    return new Set(away.map(({ pid }) => pid)).size === 2
  })
  for (const line of linesOf(crew)) expect(['info', 'error']).toContain(String(line['level']))
})
