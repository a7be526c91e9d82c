// The handshake: where the ticket may stand, which protocol is agreed on, and how a refusal reaches whoever asked.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { closeOf, type Knock, knock, NO_UPGRADE, refusal, request, stepUp, WEBSOCKET } from './support/door.ts'
import { claims, hmac, jwt, madeUpSecret } from './support/forging.ts'
import { HS256 } from './support/issuers.ts'
import { CUSTOMER, Person, post, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo } from './support/tables.ts'

const SECRET = madeUpSecret()
const V1 = 'propromo.chat.v1'
const UPGRADE_REQUIRED = '426 upgrade_required'

interface Refused {
  readonly ticket: string | null
  readonly how: Knock
  readonly refusal: string
  readonly close: string
}

let postgres: Postgres
let server: Server
let customer: Person

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  await propromo.close()
  server = await startServer({ DATABASE_URL: postgres.url, JWT_PRIVATE_KEY: SECRET })
  customer = await Person.logIn(server, CUSTOMER)
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
})

test('[C3] the ticket may come in the query, as Authorization, or as a subprotocol', async () => {
  expect(await knock(server, await customer.ticket())).toBe('open')
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const headers = { Authorization: `${scheme} ${await customer.ticket()}` }
    expect(await knock(server, null, { headers })).toBe('open')
  }
  for (const others of ['', 'propromo.chat.plain, ', 'something.else,']) {
    const headers = { 'Sec-WebSocket-Protocol': `${others}bearer.${await customer.ticket()}` }
    expect(await knock(server, null, { headers })).toBe('open')
  }
})

test('[C3] of several tickets the one in the query counts, then the header, whatever the others are', async () => {
  const invalid = '401 ticket_invalid'
  const header = (ticket: string) => ({ headers: { Authorization: `Bearer ${ticket}` } })
  const both = (inHeader: string, inName: string) => ({
    headers: { Authorization: `Bearer ${inHeader}`, 'Sec-WebSocket-Protocol': `propromo.chat.plain, bearer.${inName}` },
  })
  expect(await knock(server, await customer.ticket(), header('nonsense'))).toBe('open')
  expect(await knock(server, await customer.ticket(), both('nonsense', 'nonsense'))).toBe('open')
  expect(await knock(server, 'nonsense', header(await customer.ticket()))).toBe(invalid)
  expect(await knock(server, null, both(await customer.ticket(), 'nonsense'))).toBe('open')
  expect(await knock(server, null, both('nonsense', await customer.ticket()))).toBe(invalid)
  // Nothing in one place is no ticket, and a proxy's own credentials are none either.
  expect(await knock(server, '', header(await customer.ticket()))).toBe('open')
  const basic = {
    headers: { Authorization: 'Basic eDp5', 'Sec-WebSocket-Protocol': `bearer.${await customer.ticket()}` },
  }
  expect(await knock(server, null, basic)).toBe('open')
})

test('[C4] who offers no subprotocol is answered with none', async () => {
  const answer = await stepUp(server, await customer.ticket())
  answer.socket.destroy()
  expect(answer.status).toBe(101)
  expect(answer.headers.has('sec-websocket-protocol')).toBe(false)
})

test('[C4] the plain protocol is answered by its name, and then the ticket is not repeated', async () => {
  for (const offer of ['propromo.chat.plain', 'propromo.chat.plain, bearer.*', 'bearer.*,propromo.chat.plain']) {
    const ticket = await customer.ticket()
    const headers = { 'Sec-WebSocket-Protocol': offer.replace('*', ticket) }
    const answer = await stepUp(server, offer.includes('*') ? null : ticket, { headers })
    answer.socket.destroy()
    expect([answer.status, answer.headers.get('sec-websocket-protocol')]).toEqual([101, 'propromo.chat.plain'])
  }
})

test('[C4] who offers nothing but the ticket is answered with that, since clients give up otherwise', async () => {
  const ticket = await customer.ticket()
  const url = `${server.origin.replace('http', 'ws')}/chat/${ROOM}`
  const socket = new WebSocket(url, [`bearer.${ticket}`])
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onclose = reject
  })
  expect(socket.protocol).toBe(`bearer.${ticket}`)
  socket.close()
})

test('[C4] what nobody here speaks is not agreed to', async () => {
  const headers = { 'Sec-WebSocket-Protocol': 'soap, propromo.chat.v2, propromo.chat.plain2' }
  const answer = await stepUp(server, await customer.ticket(), { headers })
  answer.socket.destroy()
  expect(answer.headers.get('sec-websocket-protocol') ?? 'none').toBe('none')
})

test('[C5] a refused upgrade is answered with the status and the body of a refusal', async () => {
  for (const { ticket, how, refusal } of await everyRefusal()) expect(await knock(server, ticket, how)).toBe(refusal)
})

test('[C5] a refused v1 upgrade is accepted, named, and closed at once with the code that says why', async () => {
  for (const { ticket, how, close } of await everyRefusal()) {
    const headers = { ...how.headers, 'Sec-WebSocket-Protocol': `something, ${V1}` }
    const answer = await stepUp(server, ticket, { ...how, headers })
    expect([close, answer.status, answer.headers.get('sec-websocket-protocol')]).toEqual([close, 101, V1])
    expect(closeOf(await answer.socket.frame())).toBe(close)
    answer.socket.destroy()
  }
})

test('[C5] a browser that offers v1 and its ticket learns why it is refused', async () => {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/chat/${ROOM}`, [V1, 'bearer.nonsense'])
  const closed = new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve
  })
  const { code, reason } = await closed
  expect([code, reason]).toEqual([4501, 'ticket_invalid'])
  expect(socket.protocol).toBe(V1)
})

test('[C5] a refused v1 upgrade does not spend the ticket', async () => {
  const ticket = await customer.ticket()
  const headers = { 'Sec-WebSocket-Protocol': V1 }
  for (const how of [
    { segment: 'no-such-room', headers },
    { headers: { ...headers, Origin: 'https://elsewhere.example' } },
  ]) {
    const answer = await stepUp(server, ticket, how)
    expect(await answer.socket.closeCode()).toBeGreaterThan(4500)
    answer.socket.destroy()
  }
  expect(await knock(server, ticket)).toBe('open')
})

test('[C4] whoever offers v1 speaks it, and is answered with that name only', async () => {
  for (const offer of [V1, `${V1}, propromo.chat.plain`, `propromo.chat.plain, ${V1}`]) {
    const answer = await stepUp(server, await customer.ticket(), { headers: { 'Sec-WebSocket-Protocol': offer } })
    expect([answer.status, answer.headers.get('sec-websocket-protocol')]).toEqual([101, V1])
    answer.socket.destroy()
  }
})

test('[C5] a GET that is no upgrade gets the same refusals', async () => {
  for (const { ticket, how, refusal } of await everyRefusal()) {
    const headers = { ...how.headers, ...NO_UPGRADE }
    expect(await knock(server, ticket, { ...how, headers })).toBe(refusal)
    const asV1 = { ...headers, 'Sec-WebSocket-Protocol': V1 }
    expect(await knock(server, ticket, { ...how, headers: asV1 })).toBe(refusal)
  }
})

test('[C5] a GET that is no upgrade and would be let in is told to upgrade, and the ticket stays whole', async () => {
  const ticket = await customer.ticket()
  for (const headers of [NO_UPGRADE, { Upgrade: null }, { Upgrade: 'h2c' }, { Upgrade: '' }]) {
    const answer = await stepUp(server, ticket, { headers })
    answer.socket.destroy()
    expect(refusal(answer)).toBe(UPGRADE_REQUIRED)
    expect(answer.headers.get('upgrade')).toBe('websocket')
  }
  expect(await knock(server, ticket)).toBe('open')
})

test('[C5] a handshake that is sent as HEAD opens nothing, and the ticket stays whole', async () => {
  const ticket = await customer.ticket()
  const answer = await request(server, `HEAD /chat/${ROOM}?auth=${ticket} HTTP/1.1`, WEBSOCKET)
  expect(answer.status).toBe(426)
  expect(await knock(server, ticket)).toBe('open')
})

test('[C5] a handshake of another WebSocket version, or none, is told to upgrade', async () => {
  const surprises: string[] = []
  for (const version of ['0', '8', '12', '14', '130', 'thirteen', '', null]) {
    const answer = await stepUp(server, await customer.ticket(), { headers: { 'Sec-WebSocket-Version': version } })
    answer.socket.destroy()
    if (!answer.body || refusal(answer) !== UPGRADE_REQUIRED)
      surprises.push(`${version}: ${answer.status} ${answer.body}`)
  }
  expect(surprises).toEqual([])
})

test('[C5] a handshake that fails for its version or its key does not spend the ticket', async () => {
  const versions = ['0', '8', '12', '14', 'thirteen', '', null].map((value) => ({ 'Sec-WebSocket-Version': value }))
  const keys = ['', 'short', 'dGhlIHNhbXBsZSBub25jZQ', '!!!!!!!!!!!!!!!!!!!!!!==', 'A'.repeat(40), null]
  const surprises: string[] = []
  for (const headers of [...versions, ...keys.map((value) => ({ 'Sec-WebSocket-Key': value }))]) {
    const ticket = await customer.ticket()
    const { status, socket } = await stepUp(server, ticket, { headers })
    socket.destroy()
    const then = await knock(server, ticket)
    if (status !== 426 || then !== 'open') surprises.push(`${JSON.stringify(headers)}: ${status}, then ${then}`)
  }
  expect(surprises).toEqual([])
})

test('[C5] while the accounts cannot be read, both ways of saying so are used, and the ticket stays whole', async () => {
  const ticket = await customer.ticket()
  await postgres.kill()
  const plain = await stepUp(server, ticket)
  const v1 = await stepUp(server, ticket, { headers: { 'Sec-WebSocket-Protocol': V1 } })
  await postgres.restart()
  expect(refusal(plain)).toBe('503 accounts_unavailable')
  expect(plain.headers.get('retry-after')).toMatch(/^[1-9]/)
  expect(closeOf(await v1.socket.frame())).toBe('4053 unavailable')
  for (const { socket } of [plain, v1]) socket.destroy()
  expect(await knock(server, ticket)).toBe('open')
})

/** One try for each reason that can be had for the asking, with what it is answered either way. */
async function everyRefusal(): Promise<readonly Refused[]> {
  const leaving = await Person.logIn(server, CUSTOMER)
  const [whole, spent, left] = [await customer.ticket(), await customer.ticket(), await leaving.ticket()]
  expect(await knock(server, spent)).toBe('open')
  await post(server, '/logout', undefined, { Authorization: `Bearer ${leaving.signIn}` })
  const expired = jwt(HS256, claims('2', CUSTOMER, -1), hmac(Buffer.from(SECRET, 'base64')))
  const elsewhere = { headers: { Origin: 'https://elsewhere.example' } }
  return [
    { ticket: null, how: {}, refusal: '400 ticket_missing', close: '4501 ticket_invalid' },
    { ticket: 'nonsense', how: {}, refusal: '401 ticket_invalid', close: '4501 ticket_invalid' },
    { ticket: expired, how: {}, refusal: '401 ticket_expired', close: '4010 ticket_expired' },
    { ticket: spent, how: {}, refusal: '403 ticket_spent', close: '4011 ticket_spent' },
    { ticket: left, how: {}, refusal: '401 signed_out', close: '4502 signed_out' },
    { ticket: whole, how: { segment: 'none' }, refusal: '403 no_access', close: '4503 no_access' },
    { ticket: whole, how: elsewhere, refusal: '403 origin_refused', close: '4504 origin_refused' },
  ]
}
