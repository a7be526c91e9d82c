// How the server starts, what it says about it, why it may not, and how it lets go.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cheapAccounts } from './support/accounts.ts'
import { openssl } from './support/openssl.ts'
import {
  CUSTOMER,
  PASSWORD,
  Person,
  type PlainMessage,
  passwordAt,
  post,
  ROOM,
  SCRUM_MASTER,
} from './support/people.ts'
import { freePort } from './support/ports.ts'
import { startPostgres } from './support/postgres.ts'
import { type Environment, runServer, type Server, startServer } from './support/server.ts'
import { handshake, raw } from './support/wire.ts'

/** Stands wherever a secret may: it must never come out again. */
const SECRET = 'geheim-Wort-4711'
/** Several times what a stop takes at most. */
const STOPPED_MILLISECONDS = 40_000

let folder: string
let encryptedKey: string
let noDatabase: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-start-'))
  encryptedKey = join(folder, 'private.pem')
  noDatabase = join(folder, 'notes.txt')
  openssl(`genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass pass:${SECRET} -out ${encryptedKey}`)
  writeFileSync(noDatabase, 'This is no database, and was not meant to be one.\n'.repeat(20))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('starting', () => {
  test('without any setting it says in three lines where it is, what it keeps where, and what is only for trying out', async () => {
    await using server = disposing(await startServer())
    const lines = server.output().trimEnd().split('\n')
    expect(lines).toEqual([
      `Propromo Chat is open at ${server.origin}`,
      `Accounts: demo, in memory. Messages: SQLite, ${server.folder}/chat.sqlite. Tickets: HS256`,
      expect.stringMatching(/^ONLY FOR TRYING OUT: .*customer@example\.com.*"password".*DATABASE_URL.*JWT_PRIVATE_KEY/),
    ])
    await Person.logIn(server, CUSTOMER, PASSWORD)
  })

  test('[E2] with Postgres and an RS512 key it says which, without the password and the passphrase', async () => {
    await using server = disposing(
      await startServer({
        DATABASE_URL: `postgres://propromo_chat:${SECRET}@127.0.0.1:${await freePort()}/propromo?password=${SECRET}`,
        JWT_PRIVATE_KEY: encryptedKey,
        JWT_PRIVATE_KEY_PASSPHRASE: SECRET,
        PUBLIC_URL: 'https://chat.example.com',
        DEV_MODE: 'false',
        LIMIT_SOCKETS: '500', // On whichever machine: more may be warned of.
      }),
    )
    const [place, parts, trying, ...more] = server.output().trimEnd().split('\n')
    expect(place).toBe(`Propromo Chat is open at https://chat.example.com (listening on ${server.origin})`)
    expect(parts).toMatch(/Postgres, 127\.0\.0\.1:\d+\/propromo\. .* Tickets: RS512$/)
    expect(trying).not.toContain('ONLY FOR TRYING OUT')
    expect(more).toEqual([])
    expect(server.output()).not.toContain(SECRET)
  })

  test('[L7] while the accounts database is down it starts all the same, and takes logins as soon as it is there', async () => {
    const postgres = await startPostgres('dummy/test.sql')
    await postgres.kill()
    await using server = disposing(await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' }))
    const login = () => post(server, '/login', { email: CUSTOMER, password: PASSWORD })
    const refused = await login()
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { success: false, code: 'accounts_unavailable' },
    ])
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await fetch(`${server.origin}/health`)).status).toBe(200)

    await postgres.restart()
    const statuses = [(await login()).status]
    while (statuses.at(-1) !== 200 && statuses.length < 10) statuses.push((await login()).status)
    expect(statuses.at(-1)).toBe(200)
    await postgres.remove()
  })

  test('where others can reach it, the demo accounts get a password that nobody knows beforehand', async () => {
    await using server = disposing(await startServer({ HOST: '0.0.0.0' }))
    const made = passwordAt(server)
    expect(made).toMatch(/^[\w-]{12,}$/)
    const known = await post(server, '/login', { email: CUSTOMER, password: PASSWORD })
    expect(known.status).toBe(401)
    await Person.logIn(server, CUSTOMER, made)
  })

  test('so they do where others come through a proxy, and not where a name only leads to this machine', async () => {
    for (const front of [{ PUBLIC_URL: 'https://chat.example.com' }, { TRUSTED_PROXIES: '127.0.0.1' }]) {
      await using server = disposing(await startServer(front))
      expect(passwordAt(server)).toMatch(/^[\w-]{12,}$/)
      expect((await post(server, '/login', { email: CUSTOMER, password: PASSWORD })).status).toBe(401)
    }
    for (const own of [{ PUBLIC_URL: 'http://localhost:1993' }, { PUBLIC_URL: 'http://[::1]' }, { HOST: '[::1]' }]) {
      await using server = disposing(await startServer(own))
      expect(passwordAt(server)).toBe(PASSWORD)
    }
  })
})

describe('stopping', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`[X] ${signal} sends everyone away to come back, with all that was taken stored and told`, async () => {
      const unlimited = { LIMIT_SENDS_PER_10S: '0', LIMIT_LOGINS_PER_MINUTE: '0' }
      await using server = disposing(await startServer({ ...unlimited, ...(await cheapAccounts(8)) }))
      const customer = await Person.logIn(server, CUSTOMER)
      const [talking, listening] = await Promise.all([customer.open(), customer.open()])
      const logins = Array.from({ length: 3 }, () =>
        post(server, '/login', { email: SCRUM_MASTER, password: PASSWORD }),
      )
      await Promise.race(logins)
      for (let turn = 0; turn < 60; turn++) talking.send(`message ${turn}`)
      await listening.nextMessage()

      const exit = ended(server, signal)
      expect(await Promise.all([talking.closed, listening.closed])).toEqual([RESTARTING, RESTARTING])
      expect((await Promise.all(logins)).map(({ status }) => status)).toEqual([200, 200, 200])
      expect(await exit).toBe(0)

      const heard = listening.frames.map((frame) => JSON.parse(frame) as PlainMessage)
      expect(talking.frames).toEqual(listening.frames)
      await server.restart()
      const again = await customer.open()
      again.send('the end')
      expect((await again.upTo('the end')).slice(0, -1)).toEqual(heard)
    })
  }

  test.concurrent('[X] clients that never answer, do not read or do not finish asking hold nobody up for long', async () => {
    await using server = disposing(
      await startServer({ ...(await cheapAccounts()), LIMIT_BACKLOG_BYTES: '0', LIMIT_SENDS_PER_10S: '0' }),
    )
    const customer = await Person.logIn(server, CUSTOMER)
    const enter = async () => (await handshake(server, `/chat/${ROOM}?auth=${await customer.ticket()}`)).socket
    const [silent, deaf, polite] = [await enter(), await enter(), await customer.open()]
    deaf.pause()
    const unfinished = raw(server, UNFINISHED, { waitMilliseconds: STOPPED_MILLISECONDS })
    for (let turn = 0; turn < 600; turn++) polite.send(`${turn} ${'x'.repeat(16_000)}`)
    await polite.say('enough to fill every buffer on the way')

    const exit = server.stop()
    expect(await polite.closed).toEqual(RESTARTING)
    expect(await fetch(`${server.origin}/health`).catch(() => 'nobody there')).toBe('nobody there')
    expect(await silent.closeCode()).toBe(1012)
    expect(await exit).toBe(0)
    expect((await unfinished).status).toBe(0) // The connection ended without an answer.
    for (const socket of [silent, deaf]) socket.destroy()
  })

  test.concurrent('[X] being told to stop again while it stops changes nothing', async () => {
    await using server = disposing(await startServer(await cheapAccounts()))
    const customer = await Person.logIn(server, CUSTOMER)
    const unfinished = raw(server, UNFINISHED, { waitMilliseconds: STOPPED_MILLISECONDS })
    const polite = await customer.open()
    const exit = server.stop()
    await polite.closed
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(server.pid, signal)
    expect(await exit).toBe(0)
    await unfinished
  })
})

describe('not starting', () => {
  test.concurrent('[E2] every fault is told at once, each with its variable, what it held and what would do, and no secret', async () => {
    const { exitCode, output } = await runServer({
      PORT: 'http',
      DEV_MODE: 'yes',
      DATABASE_URL: `mysql://propromo:${SECRET}@db/propromo`,
      CHAT_STORAGE_URL: `mongodb://:${SECRET}@cache:27017`,
      JWT_ALGORITHM: 'RS512',
      JWT_PRIVATE_KEY: encryptedKey,
      JWT_PRIVATE_KEY_PASSPHRASE: `${SECRET}-wrong`,
      JWT_PREVIOUS_PUBLIC_KEY: join(folder, 'nowhere.pem'),
      PUBLIC_URL: `ftp://${SECRET}:${SECRET}@chat.example.com`,
      ALLOWED_ORIGINS: `https://ok.example, *, https://${SECRET}@shop.example`,
      TLS_CERT: join(folder, 'nowhere.crt'),
      PLAIN_HISTORY: '-1',
      LIMIT_TEXT_BYTES: '16 KiB',
    })
    expect(exitCode).toBe(1)
    const [first, ...faults] = output.trimEnd().split('\n')
    expect(first).toBe(`Cannot start, ${faults.length} settings are wrong:`)
    const named = faults.map((fault) => /^ {2}([A-Z_]+): .+; .+$/.exec(fault)?.[1] ?? fault)
    expect(named.toSorted()).toEqual([
      'ALLOWED_ORIGINS',
      'ALLOWED_ORIGINS',
      'CHAT_STORAGE_URL',
      'DATABASE_URL',
      'DEV_MODE',
      'JWT_PREVIOUS_PUBLIC_KEY',
      'JWT_PRIVATE_KEY_PASSPHRASE',
      'LIMIT_TEXT_BYTES',
      'PLAIN_HISTORY',
      'PORT',
      'PUBLIC_URL',
      'TLS_CERT',
      'TLS_KEY',
    ])
    expect(output).not.toContain(SECRET)
  })

  test.concurrent('what the machine refuses is told in one sentence too, with the variable that would help', async () => {
    const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
    const faults: readonly (readonly [variable: string, Environment])[] = [
      ['PORT', { PORT: String(taken.port) }],
      ['HOST', { HOST: '203.0.113.1' }],
      ['HOST', { HOST: 'nowhere.invalid' }],
      ['CHAT_STORAGE_URL', { CHAT_STORAGE_URL: `sqlite:${noDatabase}/chat.sqlite` }],
      ['CHAT_STORAGE_URL', { CHAT_STORAGE_URL: 'sqlite:/proc/nowhere/chat.sqlite' }],
      ['CHAT_STORAGE_URL', { CHAT_STORAGE_URL: `sqlite:${noDatabase}` }],
      ['CHAT_STORAGE_URL', { CHAT_STORAGE_URL: `sqlite:${folder}` }],
      ['DATABASE_URL', { DATABASE_URL: `postgres://chat:100%${SECRET}@127.0.0.1/propromo` }],
      ['DATABASE_URL', { DATABASE_URL: 'postgres://chat@127.0.0.1/propromo?sslmode=on' }],
      ['TLS_CERT', { TLS_CERT: noDatabase, TLS_KEY: noDatabase }],
    ]
    const told: unknown[] = []
    for (const [variable, environment] of faults) {
      const { exitCode, output } = await runServer({ PORT: '0', ...environment })
      const named = output.includes(variable)
      told.push({ environment, exitCode, named, sentences: output.trimEnd().split('\n').length })
    }
    taken.stop(true)
    expect(told).toEqual(faults.map(([, environment]) => ({ environment, exitCode: 1, named: true, sentences: 1 })))
  })
})

/** A login whose body never comes. */
const UNFINISHED =
  'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'
const RESTARTING = { code: 1012, reason: 'restarting' }

/** The exit code after a signal of our choice. */
async function ended(server: Server, signal: NodeJS.Signals): Promise<number> {
  process.kill(server.pid, signal)
  while (isThere(server.pid)) await Bun.sleep(10)
  return server.stop() // It has ended: this only asks how.
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function disposing(server: Server): Server & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.remove() })
}
