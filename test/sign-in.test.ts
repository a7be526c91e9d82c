// The sign-in: how it is kept, and what it is good for (rules L8 and L9).
import { expect, test } from 'bun:test'
import { installed } from './support/installation.ts'
import {
  type AdmissionBody,
  CUSTOMER,
  OUTSIDER,
  PASSWORD,
  Person,
  PlainSocket,
  post,
  ROOM,
  SCRUM_MASTER,
} from './support/people.ts'
import { admitted, expectRefusal, postBytes } from './support/requests.ts'
import { laravelHash, RAILWAY } from './support/tables.ts'

const MONTH_SECONDS = 30 * 24 * 60 * 60

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '0' })

const logIn = (more: Record<string, string> = {}, email = CUSTOMER) =>
  post(place.server, '/login', { email, password: PASSWORD, ...more })
const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` })
const rooms = (answer: AdmissionBody) => answer.chats.map(({ monitor_hash }) => monitor_hash)

/** `name=value` of the one cookie, and its attributes in small letters. */
function cookieOf(answer: Response): { pair: string; secret: string; attributes: readonly string[] } {
  const cookies = answer.headers.getSetCookie()
  expect(cookies).toHaveLength(1)
  const [pair = '', ...attributes] = (cookies[0] ?? '').split(/; ?/)
  return {
    pair,
    secret: pair.slice(pair.indexOf('=') + 1),
    attributes: attributes.map((one) => one.toLowerCase()).sort(),
  }
}

test('[L8] a login starts a sign-in, kept in a cookie that no script and no other site can use', async () => {
  const answer = await logIn()
  const { pair, attributes } = cookieOf(answer)
  expect(pair).toMatch(/^propromo_sign_in=[\w-]{32,}$/)
  expect(attributes).toEqual(['httponly', `max-age=${MONTH_SECONDS}`, 'path=/', 'samesite=strict'])
  expect(Object.keys(await admitted(answer)).sort()).toEqual(['chats', 'expires_at', 'token'])
})

test('[L8] each sign-in is its own, opaque and random', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, async () => cookieOf(await logIn()).secret))
  expect(new Set(secrets).size).toBe(20)
  expect(new Set(secrets.map((secret) => secret.slice(0, 8))).size).toBe(20)
  for (const secret of secrets) {
    expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(16)
    expect(Buffer.from(secret, 'base64url').toString('latin1')).not.toContain('customer')
  }
})

test('[L8] a refused login starts none', async () => {
  for (const refused of [
    await post(place.server, '/login', { email: CUSTOMER, password: 'wrong' }),
    await logIn({ monitor_id: 'nowhere' }),
    await logIn({ remember: 'token' }, OUTSIDER),
  ]) {
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.headers.get('Set-Cookie')).toBeNull()
    expect(await refused.text()).not.toContain('sign_in')
  }
})

test('[L8] with "remember": "token" the secret comes in the answer, and no cookie', async () => {
  const form = new URLSearchParams({ email: CUSTOMER, password: PASSWORD, remember: 'token' }).toString()
  for (const answer of [
    await logIn({ remember: 'token' }),
    await postBytes(place.server, '/login', form, { type: 'application/x-www-form-urlencoded' }),
  ]) {
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    expect((await admitted(answer)).sign_in).toMatch(/^[\w-]{32,}$/)
  }
  const otherwise = await logIn({ remember: 'cookie' })
  expect(cookieOf(otherwise).pair).toStartWith('propromo_sign_in=')
  expect((await admitted(otherwise)).sign_in).toBeUndefined()
})

test('[L9] a sign-in gets fresh tickets, by cookie or as a bearer, with a body or without', async () => {
  const { pair } = cookieOf(await logIn({}, SCRUM_MASTER))
  const { sign_in = '' } = await admitted(await logIn({ remember: 'token' }, SCRUM_MASTER))
  const tickets = new Set<string>()
  for (const headers of [{ Cookie: pair }, { Cookie: `a=b; ${pair}; c=d` }, bearer(sign_in)]) {
    for (const body of [undefined, {}, { monitor_id: null }, { monitor_id: '' }]) {
      const answer = await admitted(await post(place.server, '/tickets', body, headers))
      expect(Object.keys(answer).sort()).toEqual(['chats', 'expires_at', 'token'])
      expect(rooms(answer)).toEqual([ROOM, RAILWAY])
      tickets.add(answer.token)
    }
    const limited = await admitted(await post(place.server, '/tickets', { monitor_id: ROOM }, headers))
    expect(rooms(limited)).toEqual([ROOM])
    await expectRefusal(await fetch(`${place.server.origin}/chat/${RAILWAY}?auth=${limited.token}`), 403, 'no_access')
    await (await PlainSocket.open(place.server, ROOM, limited.token)).close()
  }
  expect(tickets.size).toBe(12)
})

test('[L9] the body of a renewal is read as that of a login', async () => {
  const { secret } = cookieOf(await logIn({}, SCRUM_MASTER))
  const send = (body: string, type: string) =>
    postBytes(place.server, '/tickets', body, { type, headers: bearer(secret) })
  const form = 'application/x-www-form-urlencoded'
  expect(rooms(await admitted(await send(`monitor_id=${ROOM}`, form)))).toEqual([ROOM])
  expect(rooms(await admitted(await send('', form)))).toEqual([ROOM, RAILWAY])
  await expectRefusal(await send('{', 'application/json'), 400, 'malformed_body')
  await expectRefusal(await send('{"monitor_id":7}', 'application/json'), 400, 'malformed_body')
  await expectRefusal(await send('hello', 'text/plain'), 415, 'unsupported_media_type')
  await expectRefusal(await send('{"monitor_id":"nowhere"}', 'application/json'), 403, 'no_access')
})

test('[L9] without a valid sign-in: signed out', async () => {
  const { pair, secret } = cookieOf(await logIn())
  const ticket = (await admitted(await logIn())).token
  const invalid: readonly Record<string, string>[] = [
    {},
    { Cookie: 'propromo_sign_in=' },
    { Cookie: `${pair}x` },
    { Cookie: pair.toLowerCase() },
    { Cookie: `other=${secret}` },
    bearer(secret.slice(0, -1)),
    bearer(ticket),
    bearer("' OR 1=1 --"),
    bearer('\u0080'),
    { Authorization: secret },
    { Authorization: `Basic ${Buffer.from(`${CUSTOMER}:${PASSWORD}`).toString('base64')}` },
  ]
  for (const headers of invalid) {
    for (const path of ['/tickets', '/logout']) {
      await expectRefusal(await post(place.server, path, undefined, headers), 401, 'signed_out')
    }
  }
  await admitted(await post(place.server, '/tickets', undefined, bearer(secret)))
})

test('[L9] the membership is read afresh', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const renew = (body?: object) => post(place.server, '/tickets', body, bearer(person.signIn))
  await place.propromo.join(CUSTOMER, RAILWAY)
  expect(rooms(await admitted(await renew()))).toEqual([ROOM, RAILWAY])
  expect(rooms(await admitted(await renew({ monitor_id: RAILWAY })))).toEqual([RAILWAY])

  await place.propromo.leave(CUSTOMER, ROOM)
  expect(rooms(await admitted(await renew()))).toEqual([RAILWAY])
  await expectRefusal(await renew({ monitor_id: ROOM }), 403, 'no_access')

  await place.propromo.leave(CUSTOMER, RAILWAY)
  await expectRefusal(await renew(), 403, 'no_chats')
  await place.propromo.join(CUSTOMER, ROOM)
  expect(rooms(await admitted(await renew()))).toEqual([ROOM]) // Losing every room did not end the sign-in.
})

test('[L9] a changed password ends the sign-in, for good', async () => {
  const before = await laravelHash('before')
  await place.propromo.addAccount('changed@example.com', before, ROOM)
  const person = await Person.logIn(place.server, 'changed@example.com', 'before')
  const other = await Person.logIn(place.server, 'changed@example.com', 'before')
  const open = await person.open()
  await place.propromo.setHash('changed@example.com', await laravelHash('after'))
  for (const { signIn } of [person, other]) {
    await expectRefusal(await post(place.server, '/tickets', undefined, bearer(signIn)), 401, 'signed_out')
  }
  expect((await open.closed).code).toBe(4502)
  await place.propromo.setHash('changed@example.com', before)
  await expectRefusal(await post(place.server, '/tickets', undefined, bearer(person.signIn)), 401, 'signed_out')
})

test('[L9] a deleted account is signed out, and its ticket opens nothing', async () => {
  await place.propromo.addAccount('deleted@example.com', await laravelHash(PASSWORD), ROOM)
  const person = await Person.logIn(place.server, 'deleted@example.com')
  const ticket = await person.ticket()
  await place.propromo.deleteAccount('deleted@example.com')
  await expectRefusal(await fetch(`${place.server.origin}/chat/${ROOM}?auth=${ticket}`), 403, 'no_access')
  await expectRefusal(await post(place.server, '/tickets', undefined, bearer(person.signIn)), 401, 'signed_out')
})

test('[L9] a sign-in outlives a restart', async () => {
  const { pair } = cookieOf(await logIn())
  await place.server.kill()
  await place.server.restart()
  await admitted(await post(place.server, '/tickets', undefined, { Cookie: pair }))
})
