// The demo accounts in a file, with passwords that cost next to nothing to check: for whoever logs in on the way to something else.
import { Database } from 'bun:sqlite'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PASSWORD } from './people.ts'
import type { Environment } from './server.ts'
import { laravelHash } from './tables.ts'

const TABLES = join(import.meta.dir, '../../dummy/test.sql')

const folder = mkdtempSync(join(tmpdir(), 'propromo-accounts-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Makes a server read them. On a busy machine the usual hash takes seconds: the thread that checks it stands back for everybody. */
export async function cheapAccounts(cost = 4): Promise<Environment> {
  const file = join(folder, `${crypto.randomUUID()}.sqlite`)
  using database = new Database(file)
  database.run(readFileSync(TABLES, 'utf8'))
  const set = async (whose: string, password: string) =>
    database.run(`UPDATE users SET password = ? WHERE auth_type ${whose} 'GITHUB'`, [
      await laravelHash(password, { cost }),
    ])
  await set('<>', PASSWORD)
  await set('=', crypto.randomUUID()) // An unknown email costs what most accounts do.
  return { DATABASE_URL: `sqlite:${file}` }
}
