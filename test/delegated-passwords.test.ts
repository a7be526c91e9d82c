// Propromo's site checks the passwords (PROPROMO_API_URL), and the chat's role in Postgres cannot read a hash.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { makeCertificate } from './support/certificate.ts'
import { CUSTOMER, OUTSIDER, PASSWORD, Person, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { openPropromoSite, type PropromoSite } from './support/propromo-site.ts'
import { admitted, expectRefusal, logInFrom } from './support/requests.ts'
import { runServer, type Server, startServer } from './support/server.ts'
import { BAKERY_CHAT, laravelHash, Propromo } from './support/tables.ts'

const ROLE_FILE = join(import.meta.dir, '../deploy/postgres-role.sql')

let postgres: Postgres
let propromo: Propromo
let site: PropromoSite
let server: Server

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  const made = Bun.spawnSync(
    ['psql', '-q', '-X', '-d', postgres.url, '-v', 'without_passwords=1', '-v', 'password=secret', '-f', ROLE_FILE],
    { stderr: 'pipe' },
  )
  if (made.exitCode !== 0) throw new Error(`the role was not made: ${made.stderr}`)
  site = openPropromoSite({ [SCRUM_MASTER]: 1, [CUSTOMER]: 2, [OUTSIDER]: 3, 'gone@example.com': 99 })
  server = await startServer({
    DATABASE_URL: postgres.url.replace('postgres@', 'propromo_chat:secret@'),
    PROPROMO_API_URL: `${site.url}/`,
    LIMIT_LOGINS_PER_MINUTE: '3',
  })
})
afterEach(() => {
  site.says = null
})
afterAll(async () => {
  await server.remove()
  await site[Symbol.asyncDispose]()
  await propromo.close()
  await postgres.remove()
})

let addresses = 1
/** Each from an address of its own, so that only what is about guessing counts together. */
const logIn = (email: string, password = PASSWORD, from = `127.0.1.${++addresses}`) =>
  logInFrom(server, from, { email, password })

test('[E2] the role cannot read a hash', async () => {
  const [row] = await propromo.sql`SELECT has_column_privilege('propromo_chat', 'users', 'password', 'SELECT') AS may`
  expect(row).toEqual({ may: false })
})

test('[L2] who is right for Propromo gets in, and talks', async () => {
  const { chats } = await admitted(await logIn(CUSTOMER))
  expect(chats).toEqual([BAKERY_CHAT])
  expect(site.asked.at(-1)).toEqual({ email: CUSTOMER, password: PASSWORD })
  const person = await Person.logIn(server, SCRUM_MASTER)
  const socket = await person.open(ROOM)
  expect(await socket.say('let in by Propromo')).toMatchObject({ email: SCRUM_MASTER })
  await socket.close()
})

test('[L4] wrong password, unknown email, and whoever Propromo knows and the database does not: the same words', async () => {
  const words = new Set<string>()
  for (const [email, password] of [
    [CUSTOMER, 'wrong'],
    ['nobody@example.com', PASSWORD],
    ['gone@example.com', PASSWORD],
    [`${CUSTOMER}\0`, PASSWORD],
  ] as const) {
    const before = site.asked.length
    words.add(await expectRefusal(await logIn(email, password), 401, 'wrong_credentials'))
    expect(site.asked.length).toBe(before + 1) // Asked in any case, so that nobody can tell by the time taken.
  }
  expect(words.size).toBe(1)
})

test('[L4] who Propromo says it is has to be whose email it is', async () => {
  site.says = () => Response.json({ success: true, user: { id: 1, email: CUSTOMER } })
  await expectRefusal(await logIn(CUSTOMER), 401, 'wrong_credentials')
  site.says = () => Response.json({ success: true, user: { id: '2', email: CUSTOMER } })
  await admitted(await logIn(CUSTOMER))
})

test('[L5] what is longer than 72 bytes is wrong, even where the site would cut it', async () => {
  site.says = () => Response.json({ success: true, user: { id: 2, email: CUSTOMER } })
  await admitted(await logIn(CUSTOMER, 'x'.repeat(72)))
  for (const password of ['x'.repeat(73), 'ö'.repeat(37), 'x\0']) {
    await expectRefusal(await logIn(CUSTOMER, password), 401, 'wrong_credentials')
    expect(site.asked.at(-1)?.password).not.toContain(password)
  }
})

test('[L6] guessing is counted here, before the site is asked', async () => {
  const from = '127.0.2.1'
  for (let times = 0; times < 3; times++) {
    await expectRefusal(await logIn(SCRUM_MASTER, 'wrong', from), 401, 'wrong_credentials')
  }
  const before = site.asked.length
  await expectRefusal(await logIn(SCRUM_MASTER, PASSWORD, from), 429, 'too_many_attempts')
  expect(site.asked.length).toBe(before)
})

const NO: Readonly<Record<string, () => Response>> = {
  '401': () => new Response('', { status: 401 }),
  '422, as to an email that cannot be one': () => Response.json({ errors: {} }, { status: 422 }),
  '200 and no success': () => Response.json({ success: false }),
}

for (const [what, says] of Object.entries(NO)) {
  test(`[L4] ${what} is a no`, async () => {
    site.says = says
    await expectRefusal(await logIn(CUSTOMER), 401, 'wrong_credentials')
  })
}

const right = { success: true, user: { id: 2, email: CUSTOMER } }
const ENDLESS = () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }))
const UNCLEAR: Readonly<Record<string, () => Response | Promise<Response>>> = {
  'takes forever': () => new Promise<Response>(() => undefined),
  'begins and never ends': () =>
    new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{"success":')) })),
  'says too much': ENDLESS,
  'says yes, and too much': () => Response.json({ ...right, more: 'x'.repeat(70_000) }),
  'sends the chat elsewhere': () => Response.redirect(`${site.url}/api/v1/users/login`, 307),
  'answers with a page': () => new Response('<html>Log in</html>', { headers: { 'Content-Type': 'text/html' } }),
  'breaks off': () => new Response('{"success":true,"user":{"id":'),
  'answers with something else': () => Response.json([right]),
  'says yes to nobody': () => Response.json({ success: true, user: {} }),
  'says yes with another status': () => Response.json(right, { status: 203 }),
  'has a fault': () => new Response('', { status: 500 }),
  'is not there': () => new Response('', { status: 404 }),
  'lets nobody try any more': () => new Response('', { status: 429 }),
}

test('[L7] a site that does not say yes or no is told as such, counts as no failure, and heals', async () => {
  for (const [what, says] of Object.entries(UNCLEAR)) {
    site.says = says
    const before = site.asked.length
    const answer = await logIn(CUSTOMER)
    expect([what, answer.status]).toEqual([what, 503])
    await expectRefusal(answer, 503, 'accounts_unavailable')
    expect([what, site.asked.length]).toEqual([what, before + 1])
  }
  site.says = null
  await admitted(await logIn(CUSTOMER))
  expect(server.output()).toContain('POST /login accounts_unavailable: "PROPROMO_API_URL: there is no answer"')
  const [, , , ...afterGreeting] = server.output().split('\n')
  expect(afterGreeting.join('\n')).not.toContain(PASSWORD)
})

test('[L9] a changed password ends no sign-in here; another email, and signing out, do', async () => {
  const person = await Person.logIn(server, CUSTOMER)
  const renew = () => post(server, '/tickets', undefined, { Authorization: `Bearer ${person.signIn}` })
  await propromo.setHash(CUSTOMER, await laravelHash('another'))
  await admitted(await renew())
  await propromo.sql`UPDATE users SET email = 'moved@example.com' WHERE email = ${CUSTOMER}`
  await expectRefusal(await renew(), 401, 'signed_out')
  await propromo.sql`UPDATE users SET email = ${CUSTOMER} WHERE email = 'moved@example.com'`
  const again = await Person.logIn(server, CUSTOMER)
  const bearer = { Authorization: `Bearer ${again.signIn}` }
  expect((await post(server, '/logout', undefined, bearer)).status).toBe(200)
  await expectRefusal(await post(server, '/tickets', undefined, bearer), 401, 'signed_out')
})

test('an address that cannot be used stops the start, without a secret in what is said', async () => {
  const cases = [
    ['http://propromo.example', 'without TLS'],
    ['https://name:geheim@propromo.example', 'more than a path'],
    ['https://propromo.example/?key=geheim', 'more than a path'],
    ['geheim', 'no URL'],
  ] as const
  for (const [held, reason] of cases) {
    const { exitCode, output } = await runServer({ PROPROMO_API_URL: held, DATABASE_URL: postgres.url })
    expect([held, exitCode, output]).toEqual([held, 1, expect.stringContaining(reason)])
    expect(output).toContain('PROPROMO_API_URL:')
    expect(output).not.toContain('geheim')
  }
  const alone = await runServer({ PROPROMO_API_URL: site.url })
  expect(alone.output).toContain('DATABASE_URL: held nothing')
})

test('[L7] a certificate that nobody vouches for is no site', async () => {
  using certificate = makeCertificate('propromo.example')
  const { cert, key } = certificate
  const impostor = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: { cert: Bun.file(cert), key: Bun.file(key) },
    fetch: () => Response.json(right),
  })
  const own = await startServer({ DATABASE_URL: postgres.url, PROPROMO_API_URL: impostor.url.origin })
  await expectRefusal(await post(own, '/login', { email: CUSTOMER, password: PASSWORD }), 503, 'accounts_unavailable')
  await own.remove()
  await impostor.stop(true)
})
