// Tickets: what stands in them, and what is refused however well it is signed, or before anyone looks at a signature.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { verify } from 'node:crypto'
import { knock, notRefused } from './support/door.ts'
import { claims, hmac, jwt, madeUpSecret, partsOf, withClaim, without } from './support/forging.ts'
import { admit, HS256, type Issuers, sealed, startIssuers } from './support/issuers.ts'
import { CUSTOMER, PASSWORD, Person, SCRUM_MASTER } from './support/people.ts'
import { laravelHash } from './support/tables.ts'

const BUSY = 'busy@example.com'
const BUSY_ROOMS = 500
const INVALID = '401 ticket_invalid'
const EXPIRED = '401 ticket_expired'

let issuers: Issuers

beforeAll(async () => {
  issuers = await startIssuers({ rsaBits: 4096 })
  await addBusyAccount(issuers)
})
afterAll(() => issuers.remove())

test('[T1] a ticket says whose it is, who made it, and that it lives for five minutes', async () => {
  const before = Math.floor(Date.now() / 1000)
  const { token, expires_at } = await admit(issuers.development)
  const { payload } = partsOf(token)
  const iat = Number(payload['iat'])
  expect(payload).toMatchObject({ iss: 'propromo.chat', sub: '2', email: CUSTOMER, nbf: iat, exp: iat + 300 })
  expect(payload['jti']).toMatch(/^[\w-]{16,}$/)
  expect(iat).toBeWithin(before, Math.floor(Date.now() / 1000) + 1)
  expect(new Date((iat + 300) * 1000).toISOString()).toBe(expires_at.replace('Z', '.000Z'))
})

test('[T1] no two tickets have the same jti', async () => {
  const person = await Person.logIn(issuers.development, CUSTOMER)
  const tickets = await Promise.all(Array.from({ length: 50 }, () => person.ticket()))
  expect(new Set(tickets.map((ticket) => partsOf(ticket).payload['jti'])).size).toBe(50)
})

test('[T1] a ticket is signed with HS256 and the secret, unless configured otherwise', async () => {
  const { token } = await admit(issuers.development)
  const { header, signature } = partsOf(token)
  expect(header['alg']).toBe('HS256')
  expect(signature).toBe(hmac(issuers.secret)(signedPart(token)).toString('base64url'))
  expect(await knock(issuers.development, token)).toBe('open')
})

test('[T1] in production a ticket is signed with RS512, and the public key of the pair believes it', async () => {
  const { token } = await admit(issuers.production)
  const { header, signature } = partsOf(token)
  expect(header['alg']).toBe('RS512')
  const signed = Buffer.from(signedPart(token))
  expect(verify('sha512', signed, issuers.publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  expect(await knock(issuers.production, token)).toBe('open')
})

test('[T1] a ticket stays under 1 KiB with 500 rooms, for one room, and with a signature of 4096 bits', async () => {
  expect(issuers.publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096)
  for (const server of [issuers.development, issuers.production]) {
    const all = await admit(server, BUSY)
    expect(all.chats).toHaveLength(BUSY_ROOMS)
    const one = await admit(server, BUSY, busyRoom(BUSY_ROOMS))
    expect(one.chats).toHaveLength(1)
    for (const { token } of [all, one]) expect(token.length).toBeLessThan(1024)
  }
})

test('[T2] a ticket made by hand opens the room if all of it is right', async () => {
  expect(await knock(issuers.development, sealed(issuers))).toBe('open')
})

test('[T2] no ticket, and nothing in its place, is refused as missing', async () => {
  const nothings = [
    {},
    { Authorization: 'Bearer' },
    { Authorization: 'Bearer ' },
    { Authorization: 'Basic Y3VzdG9tZXI6cGFzc3dvcmQ=' },
    { 'Sec-WebSocket-Protocol': 'bearer.' },
    { 'Sec-WebSocket-Protocol': 'propromo.chat.plain' },
  ]
  for (const headers of nothings) {
    expect(await knock(issuers.development, null, { headers })).toBe('400 ticket_missing')
    expect(await knock(issuers.development, '', { headers })).toBe('400 ticket_missing')
  }
})

test('[T2] an expired ticket is refused as expired, from the second of its end', async () => {
  const tickets = [0, -1, -300, -1_000_000_000].map((life) => {
    return [`${life} s of life`, sealed(issuers, claims('2', CUSTOMER, life))] as const
  })
  expect(await notRefused(issuers.development, EXPIRED, tickets)).toEqual([])
})

test('[T2] an expired ticket that is not ours either is refused as not ours', async () => {
  const foreign = jwt(HS256, claims('2', CUSTOMER, -1), hmac(madeUpSecret()))
  expect(await knock(issuers.development, foreign)).toBe(INVALID)
})

test('[T2] a ticket of another issuer is not ours', async () => {
  const others = [
    'propromo.chat ',
    'PROPROMO.CHAT',
    'propromo',
    'https://propromo.chat',
    '',
    null,
    1,
    ['propromo.chat'],
  ]
  const tickets = others.map((iss) => [`iss ${JSON.stringify(iss)}`, sealed(issuers, { iss })] as const)
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
})

test('[T2] a ticket for a time to come is not ours', async () => {
  const { exp } = claims('2', CUSTOMER, 360)
  expect(await knock(issuers.development, sealed(issuers, { nbf: Number(exp) - 300, exp }))).toBe(INVALID)
})

test('[T1] a ticket of a process whose clock is a little ahead is good at once', async () => {
  const { exp } = claims('2', CUSTOMER, 303)
  const ahead = sealed(issuers, { iat: Number(exp) - 300, nbf: Number(exp) - 300, exp })
  expect(await knock(issuers.development, ahead)).toBe('open')
})

test('[T2] a ticket that lacks what the server goes by, or has it in the wrong type, is not ours', async () => {
  const tickets = ['sub', 'jti', 'iat', 'nbf', 'exp', 'iss'].flatMap((name) => lackingOrWrong(name))
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
})

test('[T2] a ticket without an email is not ours, since each of ours has one', async () => {
  expect(await notRefused(issuers.development, INVALID, lackingOrWrong('email'))).toEqual([])
})

test('[T2] a ticket for somebody who is not there opens nothing', async () => {
  for (const sub of ['0', '-2', '2 ', '2 OR 1=1', "2'; DROP TABLE users --", '9'.repeat(30), '2\0', '٢', '0x2', '']) {
    const answer = await knock(issuers.development, sealed(issuers, { sub }))
    expect([sub, answer]).toEqual([sub, '403 no_access'])
  }
})

test('[T2] an altered ticket is not ours, whatever was altered', async () => {
  const { token } = await admit(issuers.development)
  const exp = Number(partsOf(token).payload['exp'])
  const other = {
    sub: '1',
    email: SCRUM_MASTER,
    jti: 'another',
    exp: exp + 1,
    iat: 1,
    nbf: 1,
    iss: 'another',
    mon: '2',
  }
  const claimed = Object.entries(other).map(([name, value]) => [name, withClaim(token, name, value)] as const)
  expect(await notRefused(issuers.development, INVALID, claimed)).toEqual([])

  const indexes = [...Array(token.length).keys()].filter((index) => index % 7 === 0 || index === token.length - 1)
  const respelt = indexes.map((index) => [`letter ${index}`, otherLetter(token, index)] as const)
  expect(await notRefused(issuers.development, INVALID, respelt)).toEqual([])
  expect(await knock(issuers.development, token)).toBe('open')
})

test('[T2] a ticket that was cut short, lengthened or shuffled is not ours', async () => {
  const { token } = await admit(issuers.development)
  const [header = '', payload = '', signature = ''] = token.split('.')
  const cuts = [1, 2, 3, 10, signature.length, signature.length + 1].map((most) => token.slice(0, -most))
  const longer = [`${token}A`, `${token}AAAA`, `${token}.`, `.${token}`, `${token}.${signature}`, token + token]
  const shuffled = [`${signature}.${payload}.${header}`, `${header}..${signature}`, `.${payload}.${signature}`]
  const tickets = [...cuts, ...longer, ...shuffled, header + payload + signature].map((text) => [text, text] as const)
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
  expect(await knock(issuers.development, token)).toBe('open')
})

test('[T2] whatever else stands where the ticket should is refused calmly', async () => {
  const object = Buffer.from('{}').toString('base64url')
  const list = Buffer.from('[]').toString('base64url')
  const deep = Buffer.from('['.repeat(1500)).toString('base64url')
  const hostile = [
    ...['.', '..', '...', 'a.b.c', 'a.b', ' ', 'null', 'undefined', '[object Object]', 'true', '0', '-1', '{}'],
    ...[`${object}.${object}.`, `${list}.${list}.${list}`, `${deep}.${deep}.${deep}`, `${object}.${object}.${object}`],
    ...["' OR 1=1 --", '; DROP TABLE users', '<script>alert(1)</script>', '{{7*7}}', '%00', '%s%n', '../x', '%'],
    ...['\0', '\r\nSet-Cookie: a=b', '\u202e', 'ü', '🎫', '＂', '\ufeff', 'a'.repeat(4096), '.'.repeat(4096)],
    JSON.stringify({ payload: object, protected: object, signature: object }),
  ]
  const tickets = hostile.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const)
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
  expect(await knock(issuers.development, sealed(issuers))).toBe('open')
})

/** Tickets without the claim, and with it in every type but its own. */
function lackingOrWrong(name: string): readonly (readonly [string, string])[] {
  const isNumber = typeof claims('2', CUSTOMER)[name] === 'number'
  const wrong = [null, {}, [], true, isNumber ? '9999999999' : 2]
  const lacking = jwt(HS256, without(claims('2', CUSTOMER), name), hmac(issuers.secret))
  const types = wrong.map((value) => [`${name} ${JSON.stringify(value)}`, sealed(issuers, { [name]: value })] as const)
  return [[`without ${name}`, lacking], ...types]
}

/** The two letters differ in a bit that counts, wherever they stand. */
function otherLetter(token: string, index: number): string {
  return token.slice(0, index) + (token[index] === 'A' ? 'g' : 'A') + token.slice(index + 1)
}

function signedPart(token: string): string {
  return token.slice(0, token.lastIndexOf('.'))
}

/** As long as Propromo's present hashes are. */
function busyRoom(number: number): string {
  return `${String(number).padStart(4, '0')}${'JGFyZ29uMmlkJHY9'.repeat(9)}%3D`
}

async function addBusyAccount({ propromo: { sql }, propromo }: Issuers): Promise<void> {
  await propromo.addAccount(BUSY, await laravelHash(PASSWORD))
  const ids = Array.from({ length: BUSY_ROOMS }, (_, index) => 10_000 + index)
  const monitors = ids.map((id, index) => {
    const usual = { type: 'USER', title: 'A project with a name of the usual length', project_identification: 1 }
    return { id, monitor_hash: busyRoom(index + 1), ...usual }
  })
  await sql`INSERT INTO monitors ${sql(monitors)}`
  await sql`INSERT INTO monitor_user (id, monitor_id, user_id)
    SELECT m.id, m.id, u.id FROM monitors AS m, users AS u WHERE m.id >= 10000 AND u.email = ${BUSY}`
}
