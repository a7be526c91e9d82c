// Tickets in use: each opens each of its rooms once, on however many processes, and membership is read at the door.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { knock, NO_UPGRADE, outcome, stepUp } from './support/door.ts'
import { claims, hmac, jwt, madeUpSecret, respelled, withClaim } from './support/forging.ts'
import { HS256 } from './support/issuers.ts'
import { CUSTOMER, Person, PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'
import type { Answer } from './support/wire.ts'

const SECRET = madeUpSecret()
const SPENT = '403 ticket_spent'
const NO_ACCESS = '403 no_access'
const NEW_ROOM = 'opened-just-now'
const railway = encodeURIComponent(RAILWAY)

let postgres: Postgres
let propromo: Propromo
/** Two processes of one chat. */
let server: Server
let other: Server
let customer: Person
/** Belongs to both rooms. */
let scrumMaster: Person

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  const shared = { DATABASE_URL: postgres.url, JWT_PRIVATE_KEY: SECRET }
  server = await startServer(shared)
  other = await startServer({ ...shared, CHAT_STORAGE_URL: `sqlite:${join(server.folder, 'chat.sqlite')}` })
  customer = await Person.logIn(server, CUSTOMER)
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
})
afterAll(async () => {
  await propromo.close()
  await Promise.all([server.remove(), other.remove()])
  await postgres.remove()
})

test('[T3] a ticket opens a room once', async () => {
  const ticket = await customer.ticket()
  expect(await knock(server, ticket)).toBe('open')
  for (const headers of [{}, { Authorization: `Bearer ${ticket}` }, { 'Sec-WebSocket-Protocol': `bearer.${ticket}` }]) {
    expect(await knock(server, ticket, { headers })).toBe(SPENT)
    expect(await knock(server, ticket, { headers: { ...headers, ...NO_UPGRADE } })).toBe(SPENT)
  }
})

test('[T3] a ticket that is still in use is spent as well', async () => {
  const ticket = await customer.ticket()
  const socket = await PlainSocket.open(server, ROOM, ticket)
  expect(await knock(server, ticket)).toBe(SPENT)
  expect((await socket.say('still here')).text).toBe('still here')
})

test('[T3] one ticket opens each of its rooms, and each of them once', async () => {
  const ticket = await scrumMaster.ticket()
  expect(await knock(server, ticket, { segment: ROOM })).toBe('open')
  expect(await knock(server, ticket, { segment: railway })).toBe('open')
  expect(await knock(server, ticket, { segment: ROOM })).toBe(SPENT)
  expect(await knock(server, ticket, { segment: railway })).toBe(SPENT)
})

test('[T3] a room that is spelt in another way is the same room', async () => {
  const ticket = await scrumMaster.ticket()
  expect(await knock(server, ticket, { segment: railway })).toBe('open')
  for (const segment of [RAILWAY, railway.replace('J', '%4A')]) {
    expect(await knock(server, ticket, { segment })).toBe(SPENT)
  }
})

test('[T3] a ticket for one monitor opens that room alone', async () => {
  for (const [own, foreign] of [
    [ROOM, railway],
    [railway, ROOM],
  ] as const) {
    const ticket = await scrumMaster.ticket(decodeURIComponent(own))
    expect(await knock(server, ticket, { segment: foreign })).toBe(NO_ACCESS)
    expect(await knock(server, ticket, { segment: own })).toBe('open')
    expect(await knock(server, ticket, { segment: own })).toBe(SPENT)
    expect(await knock(server, ticket, { segment: foreign })).toBe(NO_ACCESS)
  }
})

test('[T3] what is remembered is the jti: neither other letters nor other claims make a ticket new', async () => {
  const whole = claims('2', CUSTOMER, 60)
  const first = jwt(HS256, whole, hmac(Buffer.from(SECRET, 'base64')))
  const second = jwt(HS256, { ...claims('2', CUSTOMER, 90), jti: whole['jti'] }, hmac(Buffer.from(SECRET, 'base64')))
  expect(await knock(server, first)).toBe('open')
  expect(await knock(server, second)).toBe(SPENT)
  expect(await knock(server, respelled(first))).not.toBe('open')
  expect(await knock(server, respelled(second))).not.toBe('open')
})

test('[T3] of 50 simultaneous handshakes with one ticket exactly one wins', async () => {
  for (let round = 0; round < 4; round++) {
    const ticket = await customer.ticket()
    expect(await tally(Array.from({ length: 50 }, () => knock(server, ticket)))).toEqual({ open: 1, [SPENT]: 49 })
  }
})

test('[T3] of 50 simultaneous handshakes over two processes exactly one wins', async () => {
  for (let round = 0; round < 4; round++) {
    const ticket = await customer.ticket()
    const tries = Array.from({ length: 50 }, (_, index) => knock(index % 2 === 0 ? server : other, ticket))
    expect(await tally(tries)).toEqual({ open: 1, [SPENT]: 49 })
  }
})

test('[T3] of many tries for two rooms at once each room is opened by one', async () => {
  const ticket = await scrumMaster.ticket()
  const tries = (segment: string) => Array.from({ length: 20 }, () => knock(server, ticket, { segment }))
  const [first, second] = await Promise.all([tally(tries(ROOM)), tally(tries(railway))])
  expect([first, second]).toEqual([
    { open: 1, [SPENT]: 19 },
    { open: 1, [SPENT]: 19 },
  ])
})

test('[T3] a ticket that was spent stays spent after an orderly restart and after kill -9', async () => {
  const tickets = [await customer.ticket(), await customer.ticket()] as const
  expect(await knock(other, tickets[0])).toBe('open')
  await other.stop()
  await other.restart()
  expect(await knock(other, tickets[0])).toBe(SPENT)

  expect(await knock(other, tickets[1])).toBe('open')
  await other.kill()
  expect(await knock(server, tickets[1])).toBe(SPENT)
  await other.restart()
  for (const ticket of tickets) expect(await knock(other, ticket)).toBe(SPENT)
})

test('[T3] a refused try does not spend the ticket', async () => {
  const ticket = await customer.ticket()
  expect(await knock(server, ticket, { segment: railway })).toBe(NO_ACCESS)
  expect(await knock(server, ticket, { segment: 'no-such-room' })).toBe(NO_ACCESS)
  expect(await knock(server, ticket, { headers: { Origin: 'https://elsewhere.example' } })).toBe('403 origin_refused')
  expect(await knock(server, ticket, { headers: NO_UPGRADE })).toBe('426 upgrade_required')
  expect(await knock(server, withClaim(ticket, 'sub', '1'))).toBe('401 ticket_invalid')
  expect(await knock(server, ticket)).toBe('open')
})

test('[T4] not a member, and no such room, is the same answer to the byte', async () => {
  const ticket = await customer.ticket()
  for (const headers of [{}, NO_UPGRADE]) {
    const closed = await stepUp(server, ticket, { segment: railway, headers })
    const absent = await stepUp(server, ticket, { segment: railway.replace('J', 'K'), headers })
    expect(outcome(closed)).toBe(NO_ACCESS)
    expect(outcome(absent)).toBe(NO_ACCESS)
    expect(bytes(closed)).toEqual(bytes(absent))
  }
})

test('[T4] who leaves a monitor after logging in is not let in any more, and who comes back is', async () => {
  const ticket = await customer.ticket()
  await propromo.leave(CUSTOMER, ROOM)
  expect(await knock(server, ticket)).toBe(NO_ACCESS)
  await propromo.join(CUSTOMER, ROOM)
  expect(await knock(server, ticket)).toBe('open')
})

test('[T4] who joins a monitor after logging in is let in', async () => {
  const ticket = await customer.ticket()
  expect(await knock(server, ticket, { segment: NEW_ROOM })).toBe(NO_ACCESS)
  await propromo.addMonitor({ monitor_hash: NEW_ROOM })
  expect(await knock(server, ticket, { segment: NEW_ROOM })).toBe(NO_ACCESS)
  await propromo.join(CUSTOMER, NEW_ROOM)
  expect(await knock(server, ticket, { segment: NEW_ROOM })).toBe('open')
})

test('[T5] an open socket outlives its ticket', async () => {
  const clock = new Clock()
  await server.stop()
  await server.restart(clock.environment)
  const ticket = jwt(HS256, claims('2', CUSTOMER, 60), hmac(Buffer.from(SECRET, 'base64')))
  const socket = await PlainSocket.open(server, ROOM, ticket)
  const witness = await scrumMaster.open()
  expect(await knock(server, ticket)).toBe(SPENT)
  await clock.pass(60)
  expect(await knock(server, ticket)).toBe('401 ticket_expired')

  const said = await socket.say('my ticket is over, and I am still here')
  expect(await witness.upTo(said.text)).toContainEqual(said)
  await witness.say('so I hear')
  expect((await socket.nextMessage()).text).toBe('so I hear')
  expect(socket.isOpen).toBe(true)
  clock.remove()
})

async function tally(tries: readonly Promise<string>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const answer of await Promise.all(tries)) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

/** All of an answer but the time of day, and the name that every request gets. */
function bytes({ status, headers, body }: Answer): unknown {
  return { status, headers: [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'), body }
}
