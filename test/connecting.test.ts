// The way in: which room a path names, and how long a socket stays.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { closeOf, knock, stepUp } from './support/door.ts'
import { claims, hmac, jwt, madeUpSecret } from './support/forging.ts'
import { HS256 } from './support/issuers.ts'
import { openssl } from './support/openssl.ts'
import { CUSTOMER, Person, PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'
import { frameBytes, handshake } from './support/wire.ts'

const SECRET = madeUpSecret()
const NO_ACCESS = '403 no_access'
const PING = 0x9
const SERVER_PINGS_WITHIN_SECONDS = 30

/** A bare bcrypt hash, with everything in it that a path could misunderstand. */
const BCRYPT = '$2y$10$N9qo/../8uLO./ckgx2ZMRZ//oMyeIjZAgcfl7p92ldGxad68LJ.'
const STRAY_PERCENT = '50%off'
/** Read as it stands it is one room, decoded it is another. */
const AMBIGUOUS = 'a%3Db'
const DECODED = 'a=b'
const QUIET = 'where-nobody-speaks'
const LONGEST = `${'%/+=.~ ü'.repeat(31)}1234567`

let postgres: Postgres
let propromo: Propromo
let server: Server
let customer: Person
let scrumMaster: Person

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({ DATABASE_URL: postgres.url, JWT_PRIVATE_KEY: SECRET })
  customer = await Person.logIn(server, CUSTOMER)
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
  for (const room of [BCRYPT, STRAY_PERCENT, AMBIGUOUS, DECODED, QUIET, LONGEST]) {
    await propromo.addMonitor({ monitor_hash: room })
    await propromo.join(SCRUM_MASTER, room)
    if (room !== DECODED) await propromo.join(CUSTOMER, room)
  }
})
afterAll(async () => {
  await propromo.close()
  await server.remove()
  await postgres.remove()
})

test('[C1] a GET with a ticket becomes a WebSocket', async () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const answer = await stepUp(server, await customer.ticket(), { headers: { 'Sec-WebSocket-Key': key } })
  answer.socket.destroy()
  expect(answer.status).toBe(101)
  expect(answer.headers.get('upgrade')).toBe('websocket')
  expect(answer.headers.get('connection')).toMatch(/^upgrade$/i)
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  expect(answer.headers.get('sec-websocket-accept')).toBe(accept)
})

test('[C1] over TLS it is wss', async () => {
  const files = { TLS_CERT: join(server.folder, 'cert.pem'), TLS_KEY: join(server.folder, 'key.pem') }
  const key = `-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${files.TLS_KEY}`
  openssl(`req -x509 ${key} -out ${files.TLS_CERT} -days 1 -subj /CN=127.0.0.1`)
  const secured = await startServer({ DATABASE_URL: postgres.url, JWT_PRIVATE_KEY: SECRET, ...files })
  const socket = await PlainSocket.open(secured, ROOM, ownTicket())
  expect((await socket.say('sealed')).text).toBe('sealed')
  await secured.remove()
})

test('[C2] a room whose id holds percent signs is reached encoded once more, and as it stands', async () => {
  await expectSameRoom(RAILWAY, scrumMaster, [everyOtherEncoded(RAILWAY), encodeURIComponent(RAILWAY), RAILWAY])
})

test('[C2] a room whose id is a bare hash with $, dots and slashes is reached encoded', async () => {
  await expectSameRoom(BCRYPT, customer, [everyOtherEncoded(BCRYPT), encodeURIComponent(BCRYPT)])
})

test('[C2] a room whose id is as long as it can be, and holds a little of everything, is reached encoded', async () => {
  expect(LONGEST).toHaveLength(255)
  await expectSameRoom(LONGEST, customer, [everyOtherEncoded(LONGEST), encodeURIComponent(LONGEST)])
})

test('[C2] letters may be encoded too, and small hex digits are as good as large ones', async () => {
  await expectSameRoom(ROOM, customer, ['w32tgse', '%7732tgse', '%77%33%32%74%67%73%65', 'w32tgs%65'])
  await expectSameRoom(AMBIGUOUS, customer, ['a%253Db', 'a%253%44b', '%61%253D%62'])
  await expectSameRoom(BCRYPT, customer, [encodeURIComponent(BCRYPT).replaceAll('%2F', '%2f')])
})

test('[C2] what is no encoding stands for itself', async () => {
  await expectSameRoom(STRAY_PERCENT, customer, ['50%25off', '50%off'])
})

test('[C2] decoded comes before as it stands: the second is tried only where no monitor has the first', async () => {
  await expectSameRoom(DECODED, scrumMaster, ['a%3Db', 'a=b'])
  const ticket = await customer.ticket()
  expect(await knock(server, ticket, { segment: 'a%3Db' })).toBe(NO_ACCESS)
  expect(await knock(server, ticket, { segment: 'a%253Db' })).toBe('open')
})

test('[C2] it is decoded once, never twice', async () => {
  const ticket = await customer.ticket()
  for (const segment of ['w32%2574gse', 'w32%252574gse', '50%2525off']) {
    expect([segment, await knock(server, ticket, { segment })]).toEqual([segment, NO_ACCESS])
  }
})

test('[C2] a malformed path names no room, and nothing worse', async () => {
  const ticket = await customer.ticket()
  const malformed = [
    '%',
    '%%',
    '%zz',
    '%2',
    '%E0%A4%A',
    '%ff',
    '%C0%AF',
    '%ED%A0%80',
    '%u0077',
    'w32tgse%',
    'w32tgse%00',
  ]
  const near = [
    'W32TGSE',
    'w32tgse%20',
    '%20w32tgse',
    'w32tgse/',
    'w32tgse%2F',
    'w32tgse;x',
    'w32tgse+',
    '*',
    '%25',
    "'",
  ]
  for (const segment of [
    ...malformed,
    ...near,
    'x'.repeat(6000),
    '%00'.repeat(500),
    "' OR '1'='1".replaceAll(' ', '%20'),
  ]) {
    expect([segment, await knock(server, ticket, { segment })]).toEqual([segment, NO_ACCESS])
  }
  expect(await knock(server, ticket)).toBe('open')
})

test('[C7] the socket stays open until the client closes it, and the close is answered', async () => {
  const { socket } = await stepUp(server, await customer.ticket(), { segment: QUIET })
  socket.write(frameBytes(PING, 'are you there?'))
  expect(await socket.frame()).toMatchObject({ opcode: 0xa, payload: Buffer.from('are you there?') })
  socket.write(frameBytes(0x8, Buffer.from([0x03, 0xe8])))
  expect(closeOf(await socket.frame())).toBe('1000')
  expect(await socket.frame()).toBe('ended')
})

test('[C8] a member may have several sockets in a room, and each hears everything', async () => {
  const sockets = [await customer.open(BCRYPT), await customer.open(BCRYPT), await customer.open(BCRYPT)] as const
  const before = await sockets[1].say('from the second tab')
  for (const socket of [sockets[0], sockets[2]]) expect(await socket.upTo(before.text)).toContainEqual(before)
  await sockets[1].close()
  const after = await sockets[0].say('one tab fewer')
  expect(await sockets[2].nextMessage()).toEqual(after)
})

test('[C7] the server pings by itself, at least every 30 s', async () => {
  const clock = new Clock()
  const pinging = await startServer({ DATABASE_URL: postgres.url, JWT_PRIVATE_KEY: SECRET, ...clock.environment })
  const { socket } = await stepUp(pinging, ownTicket())
  for (let second = 0; second < SERVER_PINGS_WITHIN_SECONDS; second++) await clock.pass(1)
  for (;;) {
    const frame = await socket.frame()
    if (frame === 'ended') throw new Error('the socket ended')
    if (frame.opcode === PING) break
  }
  socket.destroy()
  await pinging.remove()
  clock.remove()
})

/** For another server with the same secret. */
function ownTicket(): string {
  return jwt(HS256, claims('2', CUSTOMER), hmac(Buffer.from(SECRET, 'base64')))
}

/** Somebody comes in by each segment, and a member who is in the room is heard there, and hears. */
async function expectSameRoom(room: string, person: Person, segments: readonly string[]): Promise<void> {
  const member = await scrumMaster.open(room)
  for (const segment of segments) {
    const answer = await handshake(server, `/chat/${segment}?auth=${await person.ticket()}`)
    expect([segment, answer.status]).toEqual([segment, 101])
    answer.socket.write(frameBytes(0x1, `by way of ${segment}`))
    expect(await member.upTo(`by way of ${segment}`)).toContainEqual(expect.objectContaining({ email: person.email }))
    answer.socket.destroy()
  }
  await member.close()
}

/** As the phone app writes a room into a path. */
function everyOtherEncoded(room: string): string {
  const encode = (letter: string) => `%${Buffer.from(letter).toString('hex').toUpperCase().match(/../g)?.join('%')}`
  return room.replace(/[^A-Za-z0-9]/gu, encode)
}
