// Who is a member of what, and whose password is right: the adapters of one configuration, put together.
import { propromoAccounts } from './adapters/propromo/accounts.ts'
import { apiPasswords } from './adapters/propromo/api.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './adapters/propromo/database.ts'
import { demoDatabase } from './adapters/propromo/demo.ts'
import { hashedPasswords } from './adapters/propromo/hashes.ts'
import { Passwords } from './adapters/propromo/passwords.ts'
import type { Config } from './config.ts'
import { HASH_WORKER } from './own-files.ts'
import type { Accounts } from './ports/accounts.ts'
import { opening } from './start.ts'
import type { ChatMetrics } from './watch/metrics.ts'
import { watchedAccounts } from './watch/ports.ts'

export interface AccountsWorld {
  /** Of the demo accounts' password, where it is not the well-known one. */
  readonly demoHash: string | undefined
  /** Passwords that may be hashed at once. */
  readonly hashing: number
  /** What counts the queries, unless nobody does. */
  readonly metrics: ChatMetrics | null
  readonly now: () => number
}

/** Throws `ConfigFaults` when the database cannot be used at all; one that is only away now is waited for. */
export async function openAccounts(
  config: Config,
  { demoHash, hashing, metrics, now }: AccountsWorld,
): Promise<Accounts> {
  const database = await openDatabase(config, demoHash)
  if (metrics) database.onQuery((milliseconds, answered) => metrics.queried(milliseconds, answered))
  const passwords = config.passwordsAt
    ? apiPasswords(config.passwordsAt)
    : hashedPasswords(database, new Passwords(hashing, HASH_WORKER), now)
  const accounts = propromoAccounts(database, passwords)
  return metrics ? watchedAccounts(accounts, metrics) : accounts
}

async function openDatabase({ accounts }: Config, demoHash: string | undefined): Promise<AccountsDatabase> {
  switch (accounts.kind) {
    case 'demo':
      return demoDatabase(demoHash)
    case 'postgres':
      return opening('DATABASE_URL', 'a URL', 'look at its options', () => postgres(accounts.at))
    case 'sqlite':
      return sqliteFile(accounts.at)
  }
}
