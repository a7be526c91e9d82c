// Guessing passwords (rule L6): few failures a minute, and never at the cost of whoever knows the password.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { availableParallelism } from 'node:os'
import { Clock } from './support/clock.ts'
import { ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { expectRefusal, logInFrom } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { laravelHash, Propromo } from './support/tables.ts'

const FAILURES = 5
/** More than any machine checks at once. */
const HASHING_THREADS = Math.min(4, availableParallelism())
const GUESS = { password: 'guessed' }
const KNOWN = { password: 'known' }

let postgres: Postgres
let propromo: Propromo
let server: Server
let people = 0
let addresses = 0

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: String(FAILURES) })
})
afterAll(async () => {
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

/** An account that nobody has guessed at yet. */
async function somebody(): Promise<string> {
  const email = `somebody${++people}@example.com`
  await propromo.addAccount(email, await laravelHash(KNOWN.password), ROOM)
  return email
}

/** A loopback address that nobody has failed from yet. */
function somewhere(): string {
  addresses++
  return `127.1.${addresses >> 8}.${addresses & 0xff}`
}

/** With the server's clock in the hand of the test. */
async function during(work: (clock: Clock) => Promise<void>): Promise<void> {
  const clock = new Clock()
  await server.stop()
  await server.restart(clock.environment)
  try {
    await work(clock)
  } finally {
    await server.stop()
    await server.restart()
    clock.remove()
  }
}

async function statuses(answers: readonly Promise<Response>[]): Promise<readonly number[]> {
  return (await Promise.all(answers)).map(({ status }) => status)
}

const count = (all: readonly number[], status: number) => all.filter((one) => one === status).length

test('[L6] after too many failures even the right password has to wait, and is told for how long', async () => {
  const [email, from] = [await somebody(), somewhere()]
  for (let failure = 0; failure < FAILURES; failure++) {
    await expectRefusal(await logInFrom(server, from, { email, ...GUESS }), 401, 'wrong_credentials')
  }
  const answer = await logInFrom(server, from, { email, ...KNOWN })
  const wait = Number(answer.headers.get('Retry-After'))
  expect(wait).toBeGreaterThan(30)
  expect(wait).toBeLessThanOrEqual(60)
  expect(await expectRefusal(answer, 429, 'too_many_attempts')).toContain(String(wait))
})

test('[L6] a correct login from elsewhere gets in while someone guesses', async () => {
  const [email, from] = [await somebody(), somewhere()]
  for (let guess = 0; guess < FAILURES * 4; guess++) await logInFrom(server, from, { email, ...GUESS })
  await expectRefusal(await logInFrom(server, from, { email, ...KNOWN }), 429, 'too_many_attempts')
  expect((await logInFrom(server, somewhere(), { email, ...KNOWN })).status).toBe(200)
})

test('[L6] nor does it matter how either of them sends the body', async () => {
  const [email, from] = [await somebody(), somewhere()]
  const chunked = true
  const guesses: Response[] = []
  for (let guess = 0; guess < FAILURES + 1; guess++) {
    guesses.push(await logInFrom(server, from, { email, ...GUESS, chunked: guess % 2 === 0 }))
  }
  expect(guesses.map(({ status }) => status)).toEqual([...Array<number>(FAILURES).fill(401), 429])
  for (let guess = 0; guess < FAILURES * 4; guess++) await logInFrom(server, from, { email, ...GUESS, chunked })
  expect((await logInFrom(server, somewhere(), { email, ...KNOWN, chunked })).status).toBe(200)
})

test('[L6] a crowd of guesses at once does not keep out whoever knows the password', async () => {
  const [email, from] = [await somebody(), somewhere()]
  const guesses = Array.from({ length: 150 }, () => logInFrom(server, from, { email, ...GUESS }))
  const own = logInFrom(server, somewhere(), { email, ...KNOWN })
  const all = await statuses(guesses)
  expect(count(all, 401)).toBeGreaterThanOrEqual(FAILURES)
  expect(await (await own).json()).toMatchObject({ token: expect.any(String) })
})

test('[L6] of many guesses at once no more are checked than the limit and the threads that check', async () => {
  const [email, from] = [await somebody(), somewhere()]
  const all = await statuses(Array.from({ length: 60 }, () => logInFrom(server, from, { email, ...GUESS })))
  expect(count(all, 401)).toBeGreaterThanOrEqual(FAILURES)
  expect(count(all, 401)).toBeLessThanOrEqual(FAILURES + HASHING_THREADS)
  expect(all.filter((status) => ![401, 429, 503].includes(status))).toEqual([])
})

test('[L6] an address that fails at one account after the other has to wait too', async () => {
  const from = somewhere()
  const emails = Array.from({ length: 30 }, (_, index) => `unknown${index}@example.com`)
  const all: number[] = []
  for (const email of emails) all.push((await logInFrom(server, from, { email, ...GUESS })).status)
  expect(count(all, 401)).toBeGreaterThanOrEqual(FAILURES)
  expect(all.at(-1)).toBe(429)

  const email = await somebody()
  await expectRefusal(await logInFrom(server, from, { email, ...KNOWN }), 429, 'too_many_attempts')
  expect((await logInFrom(server, somewhere(), { email, ...KNOWN })).status).toBe(200)
})

test('[L6] an account guessed at from many addresses is guarded, and its owner still gets in', async () => {
  const email = await somebody()
  const froms = Array.from({ length: 20 }, somewhere)
  const all: number[] = []
  for (let round = 0; round < FAILURES; round++) {
    for (const from of froms) all.push((await logInFrom(server, from, { email, ...GUESS })).status)
  }
  expect(count(all, 401) + count(all, 429)).toBe(froms.length * FAILURES)
  expect(count(all, 401)).toBeLessThan((froms.length * FAILURES) / 2)
  expect((await logInFrom(server, somewhere(), { email, ...KNOWN })).status).toBe(200)
})

test('[L6] somebody who remembers the password in time starts anew', async () => {
  const [email, from] = [await somebody(), somewhere()]
  for (let round = 0; round < 2; round++) {
    for (let failure = 1; failure < FAILURES; failure++) await logInFrom(server, from, { email, ...GUESS })
    expect((await logInFrom(server, from, { email, ...KNOWN })).status).toBe(200)
  }
})

test('[L6] a restart forgives no failures', async () => {
  const [email, from] = [await somebody(), somewhere()]
  for (let failure = 0; failure < FAILURES; failure++) await logInFrom(server, from, { email, ...GUESS })
  await server.kill()
  await server.restart()
  await expectRefusal(await logInFrom(server, from, { email, ...KNOWN }), 429, 'too_many_attempts')
})

test('[L6] each failure after the first wait doubles the next one, up to a quarter of an hour', async () => {
  const [email, from] = [await somebody(), somewhere()]
  await during(async (clock) => {
    for (let failure = 0; failure < FAILURES; failure++) await logInFrom(server, from, { email, ...GUESS })
    const waits: number[] = []
    for (let round = 0; round < 7; round++) {
      const answer = await logInFrom(server, from, { email, ...KNOWN })
      await expectRefusal(answer.clone() as Response, 429, 'too_many_attempts')
      const wait = Number(answer.headers.get('Retry-After'))
      waits.push(Math.round(wait / 15) * 15)
      await clock.pass(wait + 1)
      await expectRefusal(await logInFrom(server, from, { email, ...GUESS }), 401, 'wrong_credentials')
    }
    expect(waits).toEqual([60, 120, 240, 480, 900, 900, 900])
    expect((await logInFrom(server, somewhere(), { email, ...KNOWN })).status).toBe(200)
    await clock.pass(15 * 60 + 1)
    expect((await logInFrom(server, from, { email, ...KNOWN })).status).toBe(200)
    for (let failure = 0; failure < FAILURES; failure++) {
      await expectRefusal(await logInFrom(server, from, { email, ...GUESS }), 401, 'wrong_credentials')
    }
  })
})

test('[L6] while an account is guessed at from everywhere, where its owner has logged in before has all its tries', async () => {
  const [email, home] = [await somebody(), somewhere()]
  expect((await logInFrom(server, home, { email, ...KNOWN })).status).toBe(200)
  for (let guess = 0; guess < FAILURES * 6; guess++) await logInFrom(server, somewhere(), { email, ...GUESS })
  const strange = somewhere()
  await expectRefusal(await logInFrom(server, strange, { email, ...GUESS }), 401, 'wrong_credentials')
  await expectRefusal(await logInFrom(server, strange, { email, ...KNOWN }), 429, 'too_many_attempts')
  for (let failure = 1; failure < FAILURES; failure++) {
    await expectRefusal(await logInFrom(server, home, { email, ...GUESS }), 401, 'wrong_credentials')
  }
  expect((await logInFrom(server, home, { email, ...KNOWN })).status).toBe(200)
})

test('[L6] whoever logs in now and then stays known there, from the last login on', async () => {
  const [email, home] = [await somebody(), somewhere()]
  await during(async (clock) => {
    for (let login = 0; login < 2; login++) {
      expect((await logInFrom(server, home, { email, ...KNOWN })).status).toBe(200)
      await clock.pass(20 * 24 * 60 * 60)
    }
    for (let guess = 0; guess < FAILURES * 6; guess++) await logInFrom(server, somewhere(), { email, ...GUESS })
    for (let failure = 1; failure < FAILURES; failure++) {
      await expectRefusal(await logInFrom(server, home, { email, ...GUESS }), 401, 'wrong_credentials')
    }
    expect((await logInFrom(server, home, { email, ...KNOWN })).status).toBe(200)
  })
})

test('[L6] LIMIT_LOGINS_PER_MINUTE=0 lifts the limit', async () => {
  await server.stop()
  await server.restart({ LIMIT_LOGINS_PER_MINUTE: '0' })
  const [email, from] = [await somebody(), somewhere()]
  for (let guess = 0; guess < FAILURES * 8; guess++) {
    await expectRefusal(await logInFrom(server, from, { email, ...GUESS }), 401, 'wrong_credentials')
  }
  expect((await logInFrom(server, from, { email, ...KNOWN })).status).toBe(200)
})
