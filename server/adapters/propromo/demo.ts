// The demo accounts of dummy/test.sql, in memory: for trying out, with nothing to set up and nothing to clean up.
import { SQL } from 'bun'
import tables from '../../../dummy/test.sql' with { type: 'text' }
import { AccountsDatabase } from './database.ts'

/** `hash`, if given, is of the password that replaces the one that everybody knows. */
export async function demoDatabase(hash?: string): Promise<AccountsDatabase> {
  const sql = new SQL({ adapter: 'sqlite', filename: ':memory:' })
  await sql.unsafe(tables)
  if (hash !== undefined) await sql`UPDATE users SET password = ${hash} WHERE auth_type <> 'GITHUB'`
  // It cannot be lost, so connecting anew gives the same one.
  return new AccountsDatabase(() => sql)
}
