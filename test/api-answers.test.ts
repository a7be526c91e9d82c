// What the server really answers and sends, held against what its descriptions say of it.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { HttpDescription, SocketDescription } from './support/description.ts'
import { claims, hmac, jwt, madeUpSecret } from './support/forging.ts'
import { lockElsewhere } from './support/lock.ts'
import { CUSTOMER, OUTSIDER, PASSWORD, Person, post, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { logInFrom, postBytes } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'
import { JWT_BEARER } from './support/vouching.ts'
import { type Answer, handshake } from './support/wire.ts'

const SECRET = madeUpSecret()
const TOO_LARGE = 'x'.repeat(17 * 1024)
const ELSEWHERE = { Origin: 'https://elsewhere.example' }
const GOOD = { email: CUSTOMER, password: PASSWORD }

let postgres: Postgres
let propromo: Propromo
let server: Server
let http: HttpDescription
let socket: SocketDescription
let customer: Person
let bearer: Record<string, string>

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({
    DATABASE_URL: postgres.url,
    JWT_PRIVATE_KEY: SECRET,
    LIMIT_LOGINS_PER_MINUTE: '2',
    LIMIT_TEXT_BYTES: '100',
  })
  http = await HttpDescription.of(server)
  socket = await SocketDescription.of(server)
  customer = await Person.logIn(server, CUSTOMER)
  bearer = { Authorization: `Bearer ${customer.signIn}` }
})
afterAll(async () => {
  await propromo.close()
  await server.remove()
  await postgres.remove()
})

test('[L2] a chat has exactly the fields that are described', () => {
  const fields = Object.keys(http.document.components.schemas['Chat']?.properties ?? {})
  expect(customer.chats.map((chat) => Object.keys(chat).toSorted())).toEqual([fields.toSorted()])
  expect(fields).toHaveLength(9)
})

test('[L1] [L2] [L4] what /login answers is as described', async () => {
  await logInFrom(server, '127.0.0.9', { email: 'nobody@example.com' })
  await logInFrom(server, '127.0.0.9', { email: 'nobody@example.com' })
  await expectAsDescribed('POST /login', {
    200: [() => post(server, '/login', GOOD), () => post(server, '/login', { ...GOOD, remember: 'token' })],
    '400 missing_credentials': [() => post(server, '/login', { email: CUSTOMER })],
    '400 malformed_body': [() => postBytes(server, '/login', '{'), () => post(server, '/login', { email: 1 })],
    '401 wrong_credentials': [() => logInFrom(server, '127.0.0.8', { password: 'wrong' })],
    '403 no_access': [() => post(server, '/login', { ...GOOD, monitor_id: 'nowhere' })],
    '403 no_chats': [() => post(server, '/login', { email: OUTSIDER, password: PASSWORD })],
    '403 origin_refused': [() => post(server, '/login', GOOD, ELSEWHERE)],
    '413 body_too_large': [() => post(server, '/login', { ...GOOD, more: TOO_LARGE })],
    '415 unsupported_media_type': [() => postBytes(server, '/login', 'hello', { type: 'text/plain' })],
    '429 too_many_attempts': [() => logInFrom(server, '127.0.0.9', { email: 'nobody@example.com' })],
    '503 accounts_unavailable': [() => propromo.without(['users'], () => post(server, '/login', GOOD))],
  })
})

test('[L9] what /tickets answers is as described', async () => {
  await expectAsDescribed('POST /tickets', {
    200: [
      () => post(server, '/tickets', undefined, bearer),
      () => post(server, '/tickets', { monitor_id: ROOM }, bearer),
    ],
    '400 malformed_body': [() => post(server, '/tickets', { monitor_id: 1 }, bearer)],
    '401 signed_out': [
      () => post(server, '/tickets'),
      () => post(server, '/tickets', {}, { Authorization: 'Bearer x' }),
    ],
    '401 assertion_invalid': [() => post(server, '/tickets', { grant_type: JWT_BEARER, assertion: 'x' })],
    '403 no_access': [() => post(server, '/tickets', { monitor_id: RAILWAY }, bearer)],
    '403 no_chats': [() => withoutRooms(() => post(server, '/tickets', undefined, bearer))],
    '403 origin_refused': [() => post(server, '/tickets', undefined, { ...bearer, ...ELSEWHERE })],
    '413 body_too_large': [() => post(server, '/tickets', { more: TOO_LARGE }, bearer)],
    '415 unsupported_media_type': [() => postBytes(server, '/tickets', 'x', { type: 'text/plain', headers: bearer })],
    '503 accounts_unavailable': [() => propromo.without(['users'], () => post(server, '/tickets', {}, bearer))],
  })
})

test('[L9] what /logout answers is as described', async () => {
  const visitor = await Person.logIn(server, CUSTOMER)
  await expectAsDescribed('POST /logout', {
    200: [() => post(server, '/logout', undefined, { Authorization: `Bearer ${visitor.signIn}` })],
    '401 signed_out': [
      () => post(server, '/logout', { everywhere: true }, { Authorization: `Bearer ${visitor.signIn}` }),
    ],
    '403 origin_refused': [() => post(server, '/logout', undefined, { ...bearer, ...ELSEWHERE })],
    '400 malformed_body': [() => post(server, '/logout', { everywhere: 'perhaps' }, bearer)],
    '413 body_too_large': [() => post(server, '/logout', { more: TOO_LARGE }, bearer)],
    '415 unsupported_media_type': [() => postBytes(server, '/logout', 'x', { type: 'text/plain', headers: bearer })],
  })
})

test('[C5] [T2] [T3] [T4] what a room’s door answers is as described', async () => {
  const visitor = await Person.logIn(server, CUSTOMER)
  const orphan = await visitor.ticket()
  await post(server, '/logout', undefined, { Authorization: `Bearer ${visitor.signIn}` })
  const spent = await customer.ticket()
  expect(await knock(spent).then(({ status }) => status)).toBe(101)
  expect(http.document.paths['/chat/{monitor_id}']?.['get']?.responses).toHaveProperty('101')

  const old = jwt({ alg: 'HS256' }, claims('2', CUSTOMER, -1), hmac(Buffer.from(SECRET, 'base64')))
  const fresh = await customer.ticket()
  const refused = (ticket?: string, headers?: Record<string, string>) => async () =>
    asResponse(await knock(ticket, headers))
  await expectAsDescribed('GET /chat/{monitor_id}', {
    '400 ticket_missing': [refused(), () => fetch(`${server.origin}/chat/${ROOM}`)],
    '401 ticket_expired': [refused(old)],
    '401 ticket_invalid': [refused('nothing.of.ours')],
    '401 signed_out': [refused(orphan)],
    '403 ticket_spent': [refused(spent)],
    '403 no_access': [() => fetch(`${server.origin}/chat/nowhere?auth=${fresh}`)],
    '403 origin_refused': [refused(fresh, ELSEWHERE)],
    '426 upgrade_required': [() => fetch(`${server.origin}/chat/${ROOM}?auth=${fresh}`)],
    '503 accounts_unavailable': [() => propromo.without(['users'], refused(fresh))],
  })
})

test('[L13] what the list of sign-ins and the end of one answer is as described', async () => {
  const visitor = await Person.logIn(server, CUSTOMER)
  const own = { Authorization: `Bearer ${visitor.signIn}` }
  const look = (headers: Record<string, string>) => () => fetch(`${server.origin}/sign-ins`, { headers })
  await expectAsDescribed('GET /sign-ins', {
    200: [look(own), look({ ...own, Accept: 'text/html' })],
    '401 signed_out': [look({})],
    '503 accounts_unavailable': [() => propromo.without(['users'], look(own))],
  })
  const end = (id: string, headers: Record<string, string>) => () =>
    post(server, `/sign-ins/${id}/end`, undefined, headers)
  const { sign_ins } = (await (await look(own)()).json()) as { sign_ins: { id: string; current: boolean }[] }
  const id = sign_ins.find(({ current }) => current)?.id ?? ''
  await expectAsDescribed('POST /sign-ins/{id}/end', {
    '403 origin_refused': [end(id, { ...own, ...ELSEWHERE })],
    '404 not_found': [end('none', own)],
  })
  await expectAsDescribed('POST /sign-ins/{id}/end', { 200: [end(id, own)] })
  await expectAsDescribed('POST /sign-ins/{id}/end', { '401 signed_out': [end(id, own)] })
})

test('what the server says of itself is as described', async () => {
  const open = (name: string) => name.startsWith('GET ') && !name.includes('{') && name !== 'GET /sign-ins'
  for (const operation of http.operations.filter(open)) {
    await expectAsDescribed(operation, { 200: [() => fetch(server.origin + operation.slice(4))] })
  }
})

test('[L10] an answer that is a page is described too', async () => {
  const html = { Accept: 'text/html' }
  await expectAsDescribed('POST /login', {
    200: [() => post(server, '/login', GOOD, html)],
    400: [() => post(server, '/login', {}, html)],
  })
  await expectAsDescribed('POST /tickets', { 401: [() => post(server, '/tickets', undefined, html)] })
})

test('[P1] [P3] [P4] [R6] every frame that a plain socket receives is one that is described', async () => {
  const first = await customer.open()
  await first.say('Good morning, how far is the checkout?')
  const plain = await customer.open()
  const heard: string[] = [await plain.next()]
  for (const frame of ['propromo.chat({event:"ping",action:"pong"})', 'propromo.chat({event:"pong",action:"ping"})']) {
    plain.send(frame)
    heard.push(await plain.next())
  }
  for (const frame of ['{"type":"send","text":"not what plain means"}', ' ', 'x'.repeat(101)]) {
    plain.send(frame)
    heard.push(await plain.next())
  }
  const lock = await lockElsewhere(join(server.folder, 'chat.sqlite'))
  plain.send('kept by nobody')
  const login = post(server, '/login', GOOD)
  heard.push(await plain.next())
  await expectAsDescribed('POST /login', { '503 store_unavailable': [() => login] }).finally(() => lock.release())

  expect(heard.map((frame) => socket.namesOf(frame).join(' and '))).toEqual([
    ...['message', 'keepAliveAnswer', 'keepAliveAnswer', 'message', 'refusal', 'refusal', 'refusal'],
  ])
  const codes = heard.slice(-3).map((frame) => (JSON.parse(frame) as { code: string }).code)
  expect(codes).toEqual(['text_empty', 'text_too_long', 'store_unavailable'])
  expect(socket.namesOf('{"id":"1","text":"half a message"}')).toEqual([])
})

/** Each answer is the one that is expected, and its operation describes it. */
async function expectAsDescribed(
  operation: string,
  cases: Readonly<Record<string, readonly (() => Promise<Response>)[]>>,
): Promise<void> {
  const judged: string[] = []
  const expected: string[] = []
  for (const [short, asks] of Object.entries(cases)) {
    for (const ask of asks) {
      judged.push(`${operation}: ${await http.judge(operation, await ask())}`)
      expected.push(`${operation}: ${short}`)
    }
  }
  expect(judged).toEqual(expected)
}

async function knock(ticket?: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { socket, ...answer } = await handshake(server, `/chat/${ROOM}${ticket ? `?auth=${ticket}` : ''}`, headers)
  socket.destroy()
  return answer
}

function asResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers: [...headers] })
}

async function withoutRooms<Result>(work: () => Promise<Result>): Promise<Result> {
  await propromo.leave(CUSTOMER, ROOM)
  return work().finally(() => propromo.join(CUSTOMER, ROOM))
}
