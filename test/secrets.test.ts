// Whatever somebody does with a password, a ticket or a sign-in secret, the server repeats none of them (rule E2).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Collector } from './support/collector.ts'
import { type AdmissionBody, CUSTOMER, PlainSocket, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { postBytes } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { laravelHash, Propromo } from './support/tables.ts'
import { handshake } from './support/wire.ts'

const RIGHT = 'right-Eulenspiegel-4711'
const NEARLY = 'nearly-Eulenspiegel-4712'
const DATABASE_PASSWORD = 'database-Kohlhaas-4713'
const METRICS_TOKEN = 'figures-Muenchhausen-4715'
const SAID = 'said-Rumpelstilzchen-4716'
const COLLECTOR_KEY = 'collector-Till-Lampe-4717'
const KEY = Buffer.from('signing-Schildbuerger-4714-and-more').toString('base64')

let postgres: Postgres
let propromo: Propromo
let server: Server
let collector: Collector
const secrets = new Set([RIGHT, NEARLY, DATABASE_PASSWORD, KEY, METRICS_TOKEN, SAID, COLLECTOR_KEY])
const refusals: string[] = []
let said = ''

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  await propromo.setHash(CUSTOMER, await laravelHash(RIGHT))
  const url = postgres.url.replace('postgres@', `postgres:${DATABASE_PASSWORD}@`)
  collector = new Collector()
  server = await startServer({
    DATABASE_URL: url,
    JWT_PRIVATE_KEY: KEY,
    LIMIT_LOGINS_PER_MINUTE: '4',
    METRICS_TOKEN,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: `x-of-the-test=${COLLECTOR_KEY}`,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug', // All that can be said is said.
  })
})
afterAll(async () => {
  await server.remove()
  await collector.remove()
  await propromo.close()
  await postgres.remove()
})

test('[E2] no refusal, no line of output and no trace holds a password, a ticket or a sign-in secret', async () => {
  const admission = await mistypeUntilIn()
  const cookie = await signInByCookie()
  const ticket = await renew(cookie)
  await misplace(ticket, admission.sign_in ?? '')
  await spendTwice(ticket)
  refusals.push(await figures())
  await whileAccountsAreGone(cookie, await renew(cookie))
  await leave(cookie, await renew(cookie))
  await server.stop()

  said += server.output()
  for (const line of said.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ pid: expect.any(Number) })
  expect(said.split('a socket was closed').length - 1).toBeGreaterThan(0)
  // Personal, and not needed: an account's number says as much to whoever may look it up.
  expect(said.split('\n').filter((line) => line.includes('@') && !line.includes('ONLY FOR TRYING OUT'))).toEqual([])
  expect(said.split('accounts_unavailable').length - 1).toBeGreaterThanOrEqual(4)
  expectTraces()
  expect(refusals.length).toBeGreaterThan(40)
  expect(secrets.size).toBeGreaterThan(10)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20)
    for (const text of [said, ...refusals]) expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
  }
})

test('[E2] a ticket that a client puts into the path is not logged either', async () => {
  await server.restart()
  const cookie = await signInByCookie()
  const ticket = await renew(cookie)
  const answer = await propromo.without(['monitors'], () =>
    handshake(server, `/chat/${ROOM}&auth=${ticket}`, { Authorization: `Bearer ${ticket}` }),
  )
  answer.socket.destroy()
  expect(answer.status).toBe(503)
  expect(server.output()).toContain('accounts_unavailable')
  expect(server.output()).not.toContain(ticket)
})

/** Of everything that went wrong and right; they say nothing of whom. */
function expectTraces(): void {
  refusals.push(collector.said)
  expect(collector.headers.get('x-of-the-test')).toBe(COLLECTOR_KEY)
  const names = new Set(collector.spans.map(({ name }) => name))
  expect([...names]).toEqual(
    expect.arrayContaining(['POST /login', 'GET /chat/:monitor_id', 'plain send', 'log.append', 'sql SELECT']),
  )
  for (const personal of ['@', ROOM, '127.0.0.']) expect(collector.said).not.toContain(personal)
}

/** Wrong in every way that a login can be, then right, then guessed at until there is no more guessing. */
async function mistypeUntilIn(): Promise<AdmissionBody> {
  const fields = { email: CUSTOMER, password: RIGHT }
  const wrong: [string, string][] = [
    ['application/json', `{"email":"${CUSTOMER}","password":"${RIGHT}"`],
    ['application/json', JSON.stringify(`${RIGHT} ${NEARLY}`)],
    ['application/json', JSON.stringify({ ...fields, password: [RIGHT] })],
    ['application/json', JSON.stringify({ ...fields, email: { [RIGHT]: NEARLY } })],
    ['application/json', JSON.stringify({ [RIGHT]: RIGHT })],
    ['application/json', JSON.stringify({ ...fields, monitor_id: RIGHT })],
    ['application/json', JSON.stringify({ email: RIGHT, password: CUSTOMER })],
    ['application/json', JSON.stringify({ ...fields, padding: ' '.repeat(17_000) })],
    ['application/x-www-form-urlencoded', `email=${CUSTOMER}&password=${NEARLY}`],
    ['multipart/form-data', `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${RIGHT}\r\n--x--`],
    ['text/plain', RIGHT],
    [RIGHT, ''],
  ]
  for (const [type, body] of wrong) {
    await refused(await postBytes(server, '/login', body, { type }))
    await refused(await postBytes(server, '/login', body, { type, headers: { Accept: 'text/html' } }))
  }
  await refused(await fetch(`${server.origin}/login?email=${CUSTOMER}&password=${RIGHT}`))
  const from = '127.0.0.2'
  for (let guess = 0; guess < 6; guess++) {
    await refused(await postBytes(server, '/login', JSON.stringify({ ...fields, password: NEARLY }), { from }))
  }
  const body = JSON.stringify({ ...fields, remember: 'token' })
  return admitted(await postBytes(server, '/login', body, { from: '127.0.0.3' }))
}

async function signInByCookie(): Promise<string> {
  const body = `email=${CUSTOMER}&password=${RIGHT}`
  const answer = await postBytes(server, '/login', body, { type: 'application/x-www-form-urlencoded' })
  const [cookie = ''] = (answer.headers.get('Set-Cookie') ?? '').split(';')
  await admitted(answer)
  secrets.add(cookie.slice(cookie.indexOf('=') + 1))
  return cookie
}

async function renew(cookie: string): Promise<string> {
  const headers = { Cookie: cookie }
  return (await admitted(await fetch(`${server.origin}/tickets`, { method: 'POST', headers }))).token
}

/** The right secret at the wrong place. */
async function misplace(ticket: string, signIn: string): Promise<void> {
  for (const secret of [ticket, signIn, RIGHT]) {
    const bearer = { Authorization: `Bearer ${secret}` }
    for (const path of ['/nowhere', `/${secret}`, `/nowhere?auth=${secret}`, `/login?auth=${secret}`, '/tickets']) {
      await refused(await fetch(server.origin + path, { headers: bearer }))
    }
    await refused(await fetch(`${server.origin}/chat/${secret}`))
    await refused(await fetch(server.origin, { method: 'POST', body: secret, headers: bearer }))
  }
  await refused(
    await fetch(`${server.origin}/tickets`, { method: 'POST', headers: { Authorization: `Bearer ${ticket}` } }),
  )
  await refused(await fetch(`${server.origin}/chat/${ROOM}?auth=${signIn}`))
  const altered = ticket.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
  await refused(await fetch(`${server.origin}/chat/${ROOM}?auth=${altered}`))
  const foreign = { Origin: 'https://elsewhere.example', Cookie: `propromo_sign_in=${signIn}` }
  await refused(await fetch(`${server.origin}/tickets`, { method: 'POST', headers: foreign }))
}

async function spendTwice(ticket: string): Promise<void> {
  const open = await PlainSocket.open(server, ROOM, ticket)
  await refused(await fetch(`${server.origin}/chat/${ROOM}?auth=${ticket}`))
  await refused(await fetch(`${server.origin}/chat/${ROOM}`, { headers: { Authorization: `Bearer ${ticket}` } }))
  await knock(`/chat/${ROOM}`, { 'Sec-WebSocket-Protocol': `bearer.${ticket}` })
  open.send(SAID)
  expect((await open.nextMessage()).text).toBe(SAID)
  open.send(SAID.repeat(1_000))
  await open.next()
  await open.close()
}

/** They are read with a secret, and count what was done with all the others. */
async function figures(): Promise<string> {
  for (const token of ['', RIGHT, METRICS_TOKEN.slice(1)]) {
    await refused(await fetch(`${server.origin}/metrics`, { headers: { Authorization: `Bearer ${token}` } }))
  }
  const answer = await fetch(`${server.origin}/metrics`, { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } })
  expect(answer.status).toBe(200)
  const ready = await fetch(`${server.origin}/ready`)
  return (await answer.text()) + (await ready.text())
}

/** Each question to a process of its own, because one that repeats itself says it once a second at most. */
async function whileAccountsAreGone(cookie: string, ticket: string): Promise<void> {
  const body = JSON.stringify({ email: CUSTOMER, password: RIGHT })
  const headers = { Cookie: cookie, 'X-Ticket': ticket }
  const questions = [
    () => knock(`/chat/${ROOM}?auth=${ticket}`, { ...headers, 'Sec-WebSocket-Protocol': `bearer.${ticket}` }),
    () => knock(`/chat/${ROOM}`, { ...headers, Authorization: `Bearer ${ticket}` }),
    async () => refused(await postBytes(server, '/login', body, { headers })),
    async () => refused(await postBytes(server, '/tickets', '{}', { headers })),
  ]
  for (const question of questions) {
    await server.stop()
    said += server.output()
    await server.restart()
    await propromo.without(['users', 'monitors'], question)
  }
}

async function leave(cookie: string, ticket: string): Promise<void> {
  const request = { method: 'POST', headers: { Cookie: cookie } }
  expect((await fetch(`${server.origin}/logout`, request)).status).toBe(200)
  await refused(await fetch(`${server.origin}/logout`, request))
  await refused(await fetch(`${server.origin}/tickets`, request))
  await knock(`/chat/${ROOM}?auth=${ticket}`)
}

async function knock(target: string, headers: Record<string, string> = {}): Promise<void> {
  const { status, headers: answered, body, socket } = await handshake(server, target, headers)
  socket.destroy()
  await refused(new Response(body, { status, headers: [...answered] }))
}

async function admitted(answer: Response): Promise<AdmissionBody> {
  expect(answer.status).toBe(200)
  const admission = (await answer.json()) as AdmissionBody
  secrets.add(admission.token)
  secrets.add(admission.token.split('.').at(-1) ?? '')
  if (admission.sign_in) secrets.add(admission.sign_in)
  return admission
}

async function refused(answer: Response): Promise<void> {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  refusals.push(`${JSON.stringify([...answer.headers])}\n${await answer.text()}`)
}
