// The demo accounts of dummy/test.sql, in memory: for trying out, with nothing to set up and nothing to clean up.
import { SQL } from 'bun'
import tables from '../../../dummy/test.sql' with { type: 'text' }
import { AccountsDatabase } from './database.ts'

/** `password`, if given, replaces the one that everybody knows. */
export async function demoDatabase(password?: string): Promise<AccountsDatabase> {
  const sql = new SQL({ adapter: 'sqlite', filename: ':memory:' })
  await sql.unsafe(tables)
  if (password !== undefined) {
    const hash = await Bun.password.hash(password, { algorithm: 'bcrypt', cost: 12 })
    await sql`UPDATE users SET password = ${hash} WHERE auth_type <> 'GITHUB'`
  }
  // It cannot be lost, so connecting anew gives the same one.
  return new AccountsDatabase(() => sql)
}
