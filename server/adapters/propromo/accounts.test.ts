// Propromo's accounts keep their contract in Postgres, as the role of deploy/postgres-role.sql, and in SQLite; and what only Postgres can do to them.
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQL } from 'bun'
import tables from '../../../dummy/test.sql' with { type: 'text' }
import { type Postgres, startPostgres } from '../../../test/support/postgres.ts'
import { until } from '../../../test/support/redis.ts'
import { type AccountsUnderTest, accountsContract } from '../../ports/accounts.contract.ts'
import type { Accounts } from '../../ports/accounts.ts'
import { propromoAccounts } from './accounts.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './database.ts'
import { hashedPasswords } from './hashes.ts'
import { Passwords } from './passwords.ts'

const ROOT = join(import.meta.dir, '../../..')
const ROLE = 'propromo_chat'
const folder = mkdtempSync(join(tmpdir(), 'propromo-accounts-'))
let propromo: Postgres
let numbered = 0
/** These take seconds of waiting, so they begin with the file and are looked at near its end. What holds them up lets go when they are answered. */
let slow: { readonly locked: Promise<Slow>; readonly silent: Promise<Slow> }

beforeAll(async () => {
  propromo = await startPostgres('dummy/test.sql')
  psql('postgres', ['-f', 'deploy/postgres-role.sql'])
  slow = { locked: askWhileLocked(newDatabase()), silent: askASilentServer() }
})
afterAll(async () => {
  await propromo.remove()
  rmSync(folder, { recursive: true, force: true })
})

accountsContract('SQLite', async () => {
  const file = join(folder, `${numbered++}.sqlite`)
  const database = new Database(file)
  database.exec(tables)
  const accounts = reading(sqliteFile(file))
  const close = async () => {
    await accounts.close()
    database.close()
  }
  return { accounts, change: async (sql) => database.exec(sql), close }
})

accountsContract('Postgres, as the role of deploy/postgres-role.sql', () => asRole())

describe('Postgres', () => {
  test('[L2] dates are the same whatever the database is set to', async () => {
    await using under = disposing(
      await asRole(
        (name) => `
      ALTER DATABASE ${name} SET DateStyle = 'German, DMY';
      ALTER DATABASE ${name} SET TimeZone = 'Asia/Kathmandu';
      ALTER DATABASE ${name} SET IntervalStyle = 'sql_standard'`,
      ),
    )
    const [membership] = await under.accounts.memberships('2')
    expect(membership?.chat).toMatchObject({ created_at: '2026-02-09T08:12:40Z', updated_at: '2026-10-16T05:00:12Z' })
  })

  test('[E2] the role reads what the chat shows, and not what opens the project on GitHub', async () => {
    const name = newDatabase()
    const [role, superuser] = [postgres(url(name, ROLE)), postgres(url(name))]
    const readable = async (database: AccountsDatabase) =>
      Promise.all(['title', 'pat_token'].map((column) => database.has('monitors', column)))
    expect(await readable(superuser)).toEqual([true, true])
    expect(await readable(role)).toEqual([true, false])
    await Promise.all([role.close(), superuser.close()])
  })

  test('[L2] a column that the role may not read is null, and everything else is as ever', async () => {
    await using under = disposing(await asRole(() => `REVOKE SELECT (title, public) ON monitors FROM ${ROLE}`))
    const [membership] = await under.accounts.memberships('2')
    expect(membership?.chat).toMatchObject({ title: null, public: null, organization_name: 'grussmehl-online' })
  })

  test('nothing is ever written, not even by whoever could', async () => {
    const database = postgres(url(newDatabase()))
    const writing = database.query((sql) => sql.unsafe(`UPDATE users SET name = 'changed'`))
    expect(await outcome(writing)).toBe('accounts_unavailable')
    expect(await database.query((sql) => sql.unsafe(`SELECT id FROM users WHERE name = 'changed'`))).toHaveLength(0)
    await database.close()
  })

  test('[L7] a first look that the database turned away is no proof that columns are missing', async () => {
    const name = newDatabase()
    psql('template1', ['-c', `ALTER DATABASE ${name} CONNECTION LIMIT 0`])
    await using accounts = disposing(reading(postgres(url(name, ROLE))))
    expect(await outcome(accounts.memberships('2'))).toBe('accounts_unavailable')
    psql('template1', ['-c', `ALTER DATABASE ${name} CONNECTION LIMIT -1`])
    const [membership] = await healed(() => accounts.memberships('2'))
    expect(membership?.chat).toMatchObject({ title: 'Grüßmehl bakery: web shop', public: true })
  })

  test('[L7] connections that the database ends are replaced', async () => {
    await using under = disposing(await asRole())
    await Promise.all(Array.from({ length: 20 }, () => under.accounts.find('2')))
    await under.change(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${ROLE}'`)
    expect(await healed(() => under.accounts.find('2'))).toMatchObject({ id: '2' })
  })

  test('[L7] a question that a lock holds up is given up after five seconds, and asked anew it is answered', async () => {
    const { answers, seconds, stillWaiting, afterwards } = await slow.locked
    expect(answers).toEqual(['accounts_unavailable', 'accounts_unavailable'])
    expect(seconds).toBeGreaterThan(4)
    expect({ stillWaiting, afterwards }).toEqual({ stillWaiting: 0, afterwards: 'answered' })
  })

  test('[L7] a server that takes the connection and says nothing is given up too', async () => {
    const { answers, seconds } = await slow.silent
    expect(answers).toEqual(['accounts_unavailable', 'accounts_unavailable'])
    expect(seconds).toBeGreaterThan(4)
  })

  test('[L7] while the server is down everyone is told so, and when it is back all goes on by itself', async () => {
    await using under = disposing(await asRole())
    await under.accounts.memberships('2')
    await propromo.kill()
    const asked = Array.from({ length: 30 }, () => outcome(under.accounts.memberships('2')))
    expect(new Set(await Promise.all([...asked, outcome(under.accounts.authenticate('x', 'y'))]))).toEqual(
      new Set(['accounts_unavailable']),
    )
    await propromo.restart()
    expect(await healed(() => under.accounts.memberships('2'))).toHaveLength(1)
  })
})

test('[L7] a SQLite file that is not there yet is asked again when it is', async () => {
  const file = join(folder, 'later.sqlite')
  await using accounts = disposing(reading(sqliteFile(file)))
  expect(await outcome(accounts.find('2'))).toBe('accounts_unavailable')
  const database = new Database(file)
  database.exec(tables)
  database.close()
  expect(await healed(() => accounts.find('2'))).toMatchObject({ id: '2' })
})

interface Slow {
  readonly answers: readonly string[]
  readonly seconds: number
  /** Questions that go on in the database although nobody waits for them. */
  readonly stillWaiting?: number
  readonly afterwards?: string
}

async function askWhileLocked(name: string): Promise<Slow> {
  const accounts = reading(postgres(url(name))) // The role would bring a limit of its own.
  const blocker = new SQL({ url: url(name), max: 1 })
  await blocker.unsafe('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE').simple()
  const given = await timed([accounts.find('2'), accounts.authenticate('customer@example.com', 'password')])
  // The two questions of a login are given up one after the other, and the first tells.
  let stillWaiting = await waiting(blocker)
  for (let turn = 0; turn < 50 && stillWaiting > 0; turn++) {
    await Bun.sleep(10)
    stillWaiting = await waiting(blocker)
  }
  await blocker.close()
  const afterwards = await outcome(healed(() => accounts.find('2')))
  await accounts.close()
  return { ...given, stillWaiting, afterwards }
}

async function waiting(sql: SQL): Promise<number> {
  return (
    await sql.unsafe(`SELECT 1 FROM pg_locks WHERE relation = 'users'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  ).length
}

async function askASilentServer(): Promise<Slow> {
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const accounts = reading(postgres(`postgres://${ROLE}@127.0.0.1:${silent.port}/propromo`))
  const given = await timed([accounts.find('2'), accounts.memberships('2')])
  await accounts.close()
  silent.stop(true)
  return given
}

async function timed(questions: readonly Promise<unknown>[]): Promise<Slow> {
  const started = performance.now()
  const answers = await Promise.all(questions.map(outcome))
  return { answers, seconds: (performance.now() - started) / 1000 }
}

/** Accounts in a database of their own, after `settings` were made there. */
async function asRole(settings: (name: string) => string = () => ''): Promise<AccountsUnderTest> {
  const name = newDatabase()
  const owner = new SQL({ url: url(name), max: 1 })
  await owner.unsafe(settings(name) || 'SELECT 1').simple()
  const accounts = reading(postgres(url(name, ROLE)))
  const close = async () => {
    await Promise.all([accounts.close(), owner.close()])
  }
  return { accounts, change: (sql) => owner.unsafe(sql), close }
}

function reading(database: AccountsDatabase): Accounts {
  return propromoAccounts(database, hashedPasswords(database, new Passwords(1), Date.now))
}

/** A copy of dummy/test.sql with its role. */
function newDatabase(): string {
  const name = `propromo_${numbered++}`
  psql('template1', ['-c', `CREATE DATABASE ${name} TEMPLATE postgres`])
  return name
}

function url(database: string, role = 'postgres'): string {
  const { host } = new URL(propromo.url)
  return `postgres://${role}@${host}/${database}`
}

function psql(database: string, options: readonly string[]): void {
  const env = { ...process.env, PROPROMO_CHAT_PASSWORD: 'for-this-test-only' }
  const command = ['psql', '-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', url(database), ...options]
  const { exitCode, stderr } = Bun.spawnSync(command, { cwd: ROOT, env, stdout: 'ignore', stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`psql ${options.join(' ')}: ${stderr.toString()}`)
}

/** `'answered'`, or the code of the refusal. */
async function outcome(question: Promise<unknown>): Promise<string> {
  return question.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )
}

/** What a question is answered with once it is answered: a few refusals may come first. */
async function healed<Found>(ask: () => Promise<Found>): Promise<Found> {
  const answers: Found[] = []
  await until('it is answered', async () => answers.push(await ask()) > 0)
  const [answer] = answers
  if (answer === undefined) throw new Error('unreachable: it was answered')
  return answer
}

function disposing<Open extends { close(): Promise<void> }>(open: Open): Open & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() })
}
