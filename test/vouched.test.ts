// Propromo's own server asks for somebody's ticket (rule L11).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AdmissionRefused, vouch } from '../client/index.ts'
import { commanded } from './support/commands.ts'
import { type Claims, hmac, jwt, partsOf, unsigned, without } from './support/forging.ts'
import { CUSTOMER, OUTSIDER, Person, PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { until } from './support/redis.ts'
import { admitted, expectRefusal, postBytes } from './support/requests.ts'
import { runServer, type Server, startServer } from './support/server.ts'
import { BAKERY_CHAT, Propromo, RAILWAY } from './support/tables.ts'
import { ask, ecPair, ed25519Pair, ISSUER, JWT_BEARER, rsaPair, signed, statement } from './support/vouching.ts'

const OTHER_ISSUER = 'https://staging.propromo.example'
const [old, present, ec, edwards, weak] = [rsaPair(), rsaPair(), ecPair(), ed25519Pair(), rsaPair(1024)]

let folder: string
let postgres: Postgres
let propromo: Propromo
let server: Server
let another: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-issuers-'))
  const path = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const issuers = [
    `${ISSUER}=${path('old.pem', old.publicPem)}`,
    `${ISSUER}=${path('present.pem', present.publicPem)}`,
    `${ISSUER}=${path('ec.pem', ec.publicPem)}`,
    ` ${OTHER_ISSUER}=${path('edwards.pem', edwards.publicPem)} `,
  ].join(',')
  path('weak.pem', weak.publicPem)
  path('private.pem', present.privatePem)
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({ DATABASE_URL: postgres.url, TICKET_ISSUERS: issuers })
  another = await startServer({ DATABASE_URL: postgres.url })
})
afterAll(async () => {
  await Promise.all([server.remove(), another.remove()])
  await propromo.close()
  await postgres.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('[AU1] [L11] who was vouched for is noted as such, and so is an assertion that does not count', async () => {
  await admitted(await ask(server, vouched(CUSTOMER)))
  await refused('nothing')
  const entries = async (what: string) => commanded('audit', server, '--what', what)
  const said = { from: '127.0.0.1', request: 'POST /tickets' }
  await until('both are noted', async () => Boolean((await entries('vouched')) && (await entries('refused'))))
  const [came] = (await entries('vouched')).split('\n')
  expect(JSON.parse(came ?? '')).toMatchObject({ what: 'vouched', email: CUSTOMER, ...said })
  const [not] = (await entries('refused')).split('\n')
  expect(JSON.parse(not ?? '')).toMatchObject({ code: 'assertion_invalid', ...said })
})

const vouched = (email: string, changes: Claims = {}) => signed(statement(email, changes), present)
const refused = async (assertion: string, more: object = {}) =>
  expectRefusal(await ask(server, assertion, more), 401, 'assertion_invalid')

test('[L11] an assertion gets a ticket that opens the room, and no sign-in', async () => {
  for (const more of [{}, { remember: 'token' }]) {
    const answer = await ask(server, vouched(CUSTOMER), more)
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    const admission = await admitted(answer)
    expect(admission as unknown).toEqual({
      token: expect.any(String),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      chats: [BAKERY_CHAT],
    })
    expect(partsOf(admission.token).payload).not.toHaveProperty('sid')
    const socket = await PlainSocket.open(server, ROOM, admission.token)
    expect(await socket.say('vouched for')).toMatchObject({ email: CUSTOMER })
    await socket.close()
  }
})

test('[L11] it may come as a form too, and the SDK asks with `vouch`', async () => {
  const form = new URLSearchParams({ grant_type: JWT_BEARER, assertion: vouched(CUSTOMER) }).toString()
  const type = 'application/x-www-form-urlencoded'
  await admitted(await postBytes(server, '/tickets', form, { type }))
  const { chats } = await vouch({ url: server.origin, assertion: vouched(SCRUM_MASTER), room: RAILWAY })
  expect(chats.map(({ monitor_hash }) => monitor_hash)).toEqual([RAILWAY])
  const again = vouch({ url: server.origin, assertion: 'nothing' })
  expect(await again.catch((error: unknown) => error)).toBeInstanceOf(AdmissionRefused)
})

test('[L11] an account that came through GitHub, and has no password, gets in', async () => {
  await propromo.sql`UPDATE users SET auth_type = 'GITHUB', password = 'nobody knows' WHERE email = ${SCRUM_MASTER}`
  const { token } = await admitted(await ask(server, vouched(SCRUM_MASTER)))
  await (await PlainSocket.open(server, RAILWAY, token)).close()
})

test('[L3] [L11] with monitor_id the ticket is for that room alone, and who is no member is told so', async () => {
  const { token, chats } = await admitted(await ask(server, vouched(SCRUM_MASTER), { monitor_id: ROOM }))
  expect(chats.map(({ monitor_hash }) => monitor_hash)).toEqual([ROOM])
  await expectRefusal(await fetch(`${server.origin}/chat/${RAILWAY}?auth=${token}`), 403, 'no_access')
  await expectRefusal(await ask(server, vouched(CUSTOMER), { monitor_id: RAILWAY }), 403, 'no_access')
  await expectRefusal(await ask(server, vouched(OUTSIDER)), 403, 'no_chats')
})

test('[L11] every key of the list counts, each with its own signatures', async () => {
  for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS512']) {
    for (const pair of [old, present]) await admitted(await ask(server, signed(statement(CUSTOMER), pair, { alg })))
  }
  await admitted(await ask(server, signed(statement(CUSTOMER), ec, { alg: 'ES256' })))
  const other = statement(CUSTOMER, { iss: OTHER_ISSUER })
  await admitted(await ask(server, signed(other, edwards, { alg: 'EdDSA', kid: 'any' })))
})

test('[L11] an assertion is used once, of simultaneous tries exactly one wins, and a jti belongs to its issuer', async () => {
  const assertion = vouched(CUSTOMER, { jti: 'one' })
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(server, assertion)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(11).fill(401)])
  await refused(assertion)
  await refused(vouched(SCRUM_MASTER, { jti: 'one' }))
  const other = statement(CUSTOMER, { iss: OTHER_ISSUER, jti: 'one' })
  await admitted(await ask(server, signed(other, edwards, { alg: 'EdDSA' })))
})

test('[L11] what is refused for another reason is used as well, but not while accounts are gone', async () => {
  const assertion = vouched(CUSTOMER)
  await expectRefusal(await ask(server, assertion, { monitor_id: RAILWAY }), 403, 'no_access')
  await refused(assertion)
  const later = vouched(CUSTOMER)
  for (const table of ['users', 'monitors']) {
    const down = await propromo.without([table], () => ask(server, later))
    await expectRefusal(down, 503, 'accounts_unavailable')
  }
  await admitted(await ask(server, later))
})

test('[L11] a claim that is missing, of another type or out of bounds is refused', async () => {
  const now = Math.floor(Date.now() / 1000)
  const changes: Claims[] = [
    // First what is true for seconds only.
    ...[now, now - 1, now - 1000, now + 75, now + 3600, 1e300, -1, String(now + 30)].map((exp) => ({ exp })),
    ...[now + 20, 'now', null, {}].flatMap((begin) => [{ nbf: begin }, { iat: begin }]),
    ...['iss', 'aud', 'sub', 'exp', 'jti'].flatMap((name) => [null, 1, {}, [], '', true].map((v) => ({ [name]: v }))),
    ...['propromo', 'propromo.chat ', 'Propromo.chat', ['propromo.chat', 'x'], ['x']].map((aud) => ({ aud })),
    ...[`${CUSTOMER} `, 'Customer@example.com', 'nobody@example.com', '2', '%', `${CUSTOMER}\0`].map((sub) => ({
      sub,
    })),
    ...[OTHER_ISSUER, 'https://elsewhere.example', `${ISSUER}/`, '__proto__'].map((iss) => ({ iss })),
  ]
  const lacking = ['iss', 'aud', 'sub', 'exp', 'jti'].map((name) => without(statement(CUSTOMER), name))
  for (const claims of [...changes.map((change) => statement(CUSTOMER, change)), ...lacking]) {
    expect([claims, (await ask(server, signed(claims, present))).status] as unknown[]).toEqual([claims, 401])
  }
  await admitted(await ask(server, vouched(CUSTOMER, { aud: ['propromo.chat'], nbf: now, iat: now + 2 })))
})

test('[L11] nothing that is not signed by the key, as that key signs, is believed', async () => {
  const claims = statement(CUSTOMER)
  const token = signed(claims, present)
  const [header = '', payload = '', signature = ''] = token.split('.')
  const secrets = [present.publicPem, present.publicPem.trim(), '', 'secret']
  const hostile = [
    ...['none', 'None', 'NONE', ''].map((alg) => jwt({ alg }, claims, unsigned)),
    ...secrets.flatMap((secret) =>
      [256, 512].map((bits) => jwt({ alg: `HS${bits}` }, claims, hmac(secret, bits as 256))),
    ),
    signed(claims, rsaPair()),
    signed(claims, edwards, { alg: 'EdDSA' }),
    signed(claims, ecPair(), { alg: 'ES256' }),
    jwt({ alg: 'RS256' }, claims, (input) => Buffer.from(signed({ x: input }, ec, { alg: 'ES256' }))),
    signed({ ...claims, iss: OTHER_ISSUER }, present),
    signed(claims, present, { alg: 'RS256', crit: ['exp'], exp: 1 }),
    signed(claims, present, { alg: 'RS256', b64: false, crit: ['b64'] }),
    signed(claims, rsaPair(), { alg: 'RS256', jwk: present.publicKey.export({ format: 'jwk' }) }),
    signed(claims, rsaPair(), { alg: 'RS256', jku: 'https://elsewhere.example/keys' }),
    ...[
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `.${payload}.${signature}`,
      `${token}x`,
      `${token}.`,
      'x'.repeat(9000),
    ],
    ...['', ' ', '.', '..', 'null', '{}', '\0', '🎫', '[object Object]', `${header}.W10.${signature}`],
    (await Person.logIn(server, CUSTOMER)).signIn,
  ]
  for (const assertion of hostile) {
    expect([assertion, (await ask(server, assertion)).status]).toEqual([assertion, 401])
  }
  const words = new Set(await Promise.all(hostile.slice(0, 12).map((assertion) => refused(assertion))))
  expect(words.size).toBe(1)
  await admitted(await ask(server, token))
})

test('[L11] neither a cookie nor a sign-in makes up for a bad assertion, and another grant is no grant', async () => {
  const { signIn } = await Person.logIn(server, CUSTOMER)
  for (const headers of [{ Authorization: `Bearer ${signIn}` }, { Cookie: `propromo_sign_in=${signIn}` }]) {
    await expectRefusal(await ask(server, 'nothing', {}, headers), 401, 'assertion_invalid')
  }
  const elsewhere = { Origin: 'https://elsewhere.example' }
  await expectRefusal(await ask(server, vouched(CUSTOMER), {}, elsewhere), 403, 'origin_refused')
  await expectRefusal(await ask(server, vouched(CUSTOMER), { grant_type: 'password' }), 400, 'malformed_body')
  await expectRefusal(await ask(another, vouched(CUSTOMER)), 401, 'assertion_invalid') // It has no list.
})

test('[E2] the log says why, once, and nothing of what came', async () => {
  const assertion = vouched(CUSTOMER, { aud: 'elsewhere', jti: 'jti-Eulenspiegel' })
  const before = server.output().length
  for (let tries = 0; tries < 3; tries++) await refused(assertion)
  await refused(
    signed(statement('mail-Eulenspiegel@example.com'), present, { alg: 'RS256', crit: ['head-Eulenspiegel'] }),
  )
  await until('it says why', async () => server.output().includes('it is meant for another audience'))
  const said = server.output().slice(before)
  expect(said.split('An assertion was refused: it is meant for another audience').length).toBeLessThanOrEqual(3)
  for (const part of assertion.split('.')) expect(server.output()).not.toContain(part)
  expect(server.output()).not.toContain('Eulenspiegel')
})

test('a list that cannot be used stops the start, and every fault of it is told', async () => {
  const faults = [
    'nothing',
    `${ISSUER}=`,
    `${ISSUER}=${join(folder, 'missing.pem')}`,
    `${ISSUER}=${join(folder, 'weak.pem')}`,
    `${ISSUER}=${join(folder, 'private.pem')}`,
    `${ISSUER}=http://propromo.example/keys`,
    `${ISSUER}=ftp://propromo/keys`,
    `${ISSUER}=https://user:word@propromo.example/keys`,
  ]
  const { exitCode, output } = await runServer({ TICKET_ISSUERS: faults.join(',') })
  expect(exitCode).toBe(1)
  expect(output.split('TICKET_ISSUERS:').length - 1).toBe(faults.length)
  expect(output).not.toContain('user:word')
})
