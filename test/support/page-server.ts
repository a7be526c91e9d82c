// The server behind the pages of a test: nothing is limited, and a password costs next to nothing to check.
import { Database } from 'bun:sqlite'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PASSWORD } from './people.ts'
import { type Environment, type Program, type Server, startServer } from './server.ts'
import { laravelHash } from './tables.ts'

const TABLES = join(import.meta.dir, '../../dummy/test.sql')

/** For servers whose limits are not what is tested. */
const UNLIMITED: Environment = {
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_UPGRADES_PER_S: '0',
}

/** Passwords are checked behind everything else: at their usual cost, a test on a busy machine waits for them more than for all the rest. */
export async function startPageServer(environment: Environment = {}, program?: Program): Promise<Server> {
  return startServer({ ...UNLIMITED, DATABASE_URL: `sqlite:${await accounts()}`, ...environment }, program)
}

let written: Promise<string> | undefined

/** The accounts of dummy/test.sql in a file, which servers only read. */
function accounts(): Promise<string> {
  written ??= writeAccounts()
  return written
}

async function writeAccounts(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-accounts-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'propromo.sqlite')
  using database = new Database(file)
  database.run(readFileSync(TABLES, 'utf8'))
  database.run("UPDATE users SET password = ? WHERE auth_type <> 'GITHUB'", [await laravelHash(PASSWORD)])
  // An unknown email costs what the newest account does.
  database.run("UPDATE users SET password = ? WHERE auth_type = 'GITHUB'", [await laravelHash(crypto.randomUUID())])
  return file
}
