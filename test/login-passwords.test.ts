// Laravel's password hashes, and that checking them holds up nobody (rule L5).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, PASSWORD, Person, post, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { expectRefusal } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { laravelHash, Propromo } from './support/tables.ts'

const LONGEST = 'Käse-Überzug-€'.padEnd(68, 'x') // 72 bytes of UTF-8: ä and Ü have two, € has three.

let postgres: Postgres
let propromo: Propromo
let server: Server

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeUnknownEmailsCheap()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
})
afterAll(async () => {
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

const logIn = (email: string, password: string) => post(server, '/login', { email, password })

test('[L5] the demo accounts log in with the hashes that Laravel made', async () => {
  expect((await logIn(CUSTOMER, PASSWORD)).status).toBe(200)
  await expectRefusal(await logIn('linnea.vossberg@example.com', PASSWORD), 401, 'wrong_credentials')
})

test('[L5] a password of 72 bytes is right, and never cut from a longer one', async () => {
  expect(Buffer.byteLength(LONGEST)).toBe(72)
  await propromo.addAccount('longest@example.com', await laravelHash(LONGEST), ROOM)
  expect((await logIn('longest@example.com', LONGEST)).status).toBe(200)
  for (const longer of [`${LONGEST}y`, `${LONGEST}€`, LONGEST + LONGEST, LONGEST + 'y'.repeat(10_000)]) {
    await expectRefusal(await logIn('longest@example.com', longer), 401, 'wrong_credentials')
  }
  await expectRefusal(await logIn('longest@example.com', LONGEST.slice(0, -1)), 401, 'wrong_credentials')
})

test('[L5] a hash made from a cut password does not let the long one in', async () => {
  const cut = 'x'.repeat(72)
  await propromo.addAccount('cut@example.com', await laravelHash(cut), ROOM)
  await expectRefusal(await logIn('cut@example.com', `${cut}x`), 401, 'wrong_credentials')
  expect((await logIn('cut@example.com', cut)).status).toBe(200)
})

test('[L5] $2y$ is the usual prefix, and $2b$ and $2a$ mean the same', async () => {
  for (const prefix of ['$2y$', '$2b$', '$2a$']) {
    const email = `prefix${prefix}@example.com`
    await propromo.addAccount(email, await laravelHash('prefixed', { prefix }), ROOM)
    expect([prefix, (await logIn(email, 'prefixed')).status]).toEqual([prefix, 200])
    await expectRefusal(await logIn(email, 'Prefixed'), 401, 'wrong_credentials')
  }
})

test('[L5] a stored value that is no bcrypt hash is no password, and breaks nothing', async () => {
  const argon = await Bun.password.hash('odd', { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 })
  const bcrypt = await laravelHash('odd')
  const odd = [
    '',
    ' ',
    '!',
    'NULL',
    'odd',
    'garbage',
    argon,
    '$2y$',
    '$2y$12$',
    bcrypt.slice(0, -1),
    `${bcrypt}x`,
    ` ${bcrypt}`,
  ]
  odd.push(bcrypt.replace('$04$', '$99$'), bcrypt.replace('$04$', '$00$'), bcrypt.replace('$04$', '$4$'), `${bcrypt}\n`)
  for (const [index, hash] of odd.entries()) {
    await propromo.addAccount(`odd${index}@example.com`, hash, ROOM)
    for (const password of ['odd', hash || ' ']) {
      await expectRefusal(await logIn(`odd${index}@example.com`, password), 401, 'wrong_credentials')
    }
  }
})

test('[L5] people go on talking while passwords are checked', async () => {
  const talking = await (await Person.logIn(server, CUSTOMER)).open()
  // Of a cost that keeps a thread at it for seconds: nobody waits for the end of it here.
  const costly = (await laravelHash('slow')).replace('$04$', '$16$')
  await propromo.addAccount('slow@example.com', costly, ROOM)
  const leaving = new AbortController()
  let finished = 0
  const logins = Array.from({ length: 6 }, async () => {
    const body = JSON.stringify({ email: 'slow@example.com', password: 'slow' })
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${server.origin}/login`, { method: 'POST', headers, body, signal: leaving.signal })
    finished++
  })
  for (let said = 0; said < 20; said++) await talking.say(`while passwords are checked ${said}`)
  expect(finished).toBe(0)
  leaving.abort()
  for (const { status } of await Promise.allSettled(logins)) expect(status).toBe('rejected')
  await talking.close()
})
