// The database of the accounts: whether it answers, whether what is needed can be read, and whether no more than that.
import { passwordCheck } from '../../accounts.ts'
import { propromoAccounts } from '../../adapters/propromo/accounts.ts'
import { type AccountsDatabase, postgres, sqliteFile } from '../../adapters/propromo/database.ts'
import type { Config } from '../../config.ts'
import { compareClocks } from './clocks.ts'
import { type Finding, fault, fine, note, reasonOf } from './finding.ts'

export async function lookAtAccounts(config: Config): Promise<readonly Finding[]> {
  const { accounts } = config
  if (accounts.kind === 'demo') return [note('accounts are the demo accounts: DATABASE_URL brings real ones')]
  try {
    const database = accounts.kind === 'postgres' ? postgres(accounts.at) : sqliteFile(accounts.at)
    try {
      const looks = [await readable(config, database), ...(accounts.kind === 'postgres' ? await asked(database) : [])]
      return config.passwordsAt ? [...looks, await tried(config, database)] : looks
    } finally {
      await database.close()
    }
  } catch (error) {
    return [fault(`DATABASE_URL: the accounts cannot be read (${reasonOf(error)})`)]
  }
}

/** Everything that the chat asks for, about an account that nobody has. */
async function readable(config: Config, database: AccountsDatabase): Promise<Finding> {
  const accounts = propromoAccounts(database, passwordCheck(config, database, 1, Date.now))
  await accounts.find('0')
  await accounts.memberships('0')
  await accounts.members('0')
  return fine('accounts can be read')
}

/** One login that cannot be right: where the site says no, it can say yes. */
async function tried(config: Config, database: AccountsDatabase): Promise<Finding> {
  const accounts = propromoAccounts(database, passwordCheck(config, database, 1, Date.now))
  try {
    await accounts.authenticate('doctor@propromo-chat.invalid', crypto.randomUUID())
    return fine('Propromo’s site checks passwords')
  } catch (error) {
    return fault(`no password can be checked (${reasonOf(error)}): look at the address, and at what answers there`)
  }
}

async function asked(database: AccountsDatabase): Promise<readonly Finding[]> {
  const clock = await compareClocks('the accounts database', async () => {
    const [row] = await database.query<{ at: string }>((sql) =>
      sql.unsafe('SELECT CAST(extract(epoch FROM clock_timestamp()) AS text) AS at'),
    )
    return Number(row?.at) * 1000
  })
  const [may] = await database.query<{ write: boolean }>((sql) =>
    sql.unsafe(
      "SELECT bool_or(has_table_privilege(name, 'INSERT, UPDATE, DELETE')) AS write FROM unnest(ARRAY['users', 'monitors', 'monitor_user']) AS name",
    ),
  )
  const remedy = 'deploy/postgres-role.sql makes a role that can read what is needed and no more'
  return [
    clock,
    may?.write ? note(`the role could also write accounts: ${remedy}`) : fine('the role cannot write accounts'),
  ]
}
