// Who is a member of what, and whose password is right: the adapters of one configuration, put together.
import { type PasswordCheck, propromoAccounts } from './adapters/propromo/accounts.ts'
import { apiPasswords } from './adapters/propromo/api.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './adapters/propromo/database.ts'
import { demoDatabase } from './adapters/propromo/demo.ts'
import { hashedPasswords } from './adapters/propromo/hashes.ts'
import { Passwords } from './adapters/propromo/passwords.ts'
import type { Config } from './config.ts'
import { HASH_WORKER } from './own-files.ts'
import type { Accounts } from './ports/accounts.ts'
import { opening } from './start.ts'
import { watchedAccounts } from './watch/ports.ts'
import { tracedAccounts } from './watch/traces/ports.ts'
import type { Watchers } from './watch/watching.ts'

export interface AccountsWorld {
  /** Of the demo accounts' password, where it is not the well-known one. */
  readonly demoHash: string | undefined
  /** Passwords that may be hashed at once. */
  readonly hashing: number
  /** What counts and traces the queries, where somebody does. */
  readonly watching: Watchers
  readonly now: () => number
}

/** Throws `ConfigFaults` when the database cannot be used at all; one that is only away now is waited for. */
export async function openAccounts(
  config: Config,
  { demoHash, hashing, watching, now }: AccountsWorld,
): Promise<Accounts> {
  const database = await openDatabase(config, demoHash)
  const { metrics, tracing } = watching
  database.onQuery((milliseconds, answered) => {
    metrics?.queried(milliseconds, answered)
    tracing?.queried(milliseconds, answered)
  })
  const passwords = passwordCheck(config, database, hashing, now)
  const untraced = propromoAccounts(database, passwords)
  const accounts = tracing ? tracedAccounts(untraced, tracing) : untraced
  return metrics ? watchedAccounts(accounts, metrics) : accounts
}

/** It starts no thread unless asked for one. */
export function passwordCheck(
  { passwordsAt }: Config,
  database: AccountsDatabase,
  hashing: number,
  now: () => number,
): PasswordCheck {
  return passwordsAt ? apiPasswords(passwordsAt) : hashedPasswords(database, new Passwords(hashing, HASH_WORKER), now)
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
