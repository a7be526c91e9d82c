// The database that holds Propromo's tables: Postgres, or the same tables in SQLite.
import { SQL } from 'bun'
import { Refusal } from '../../../protocol/refusal.ts'

const STATEMENT_MILLISECONDS = 5_000
/** Longer than the statement may take on the server: past this the connection itself is dead. */
const DEADLINE_MILLISECONDS = 7_000

/** Reads only, and heals by itself: a dead pool is thrown away, and the next query connects anew. */
export class AccountsDatabase {
  readonly #connect: () => SQL
  #sql: SQL
  #closed = false
  #queried: (milliseconds: number, answered: boolean) => void = () => {}

  constructor(connect: () => SQL) {
    this.#connect = connect
    this.#sql = connect()
  }

  /** Calls `hear` after each query. */
  onQuery(hear: (milliseconds: number, answered: boolean) => void): void {
    this.#queried = hear
  }

  /** Rows of a query, or `Refusal('accounts_unavailable')` when the database does not answer in time. */
  async query<Row>(run: (sql: SQL) => Promise<Row[]>): Promise<readonly Row[]> {
    const sql = this.#sql
    const deadline = Promise.withResolvers<never>()
    const timer = setTimeout(() => deadline.reject(new Error('no answer in time')), DEADLINE_MILLISECONDS)
    const began = performance.now()
    try {
      const rows = await Promise.race([run(sql), deadline.promise])
      this.#queried(performance.now() - began, true)
      return rows
    } catch (cause) {
      this.#queried(performance.now() - began, isAnswer(cause))
      if (!isAnswer(cause)) this.#replace(sql)
      const message = 'Cannot reach the accounts: their database does not answer. Try again in a moment'
      throw new Refusal('accounts_unavailable', message, { retryAfterSeconds: 5, cause })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Whether a column can be read: an old database may lack it, and a careful one may not grant it. */
  async has(table: string, column: string): Promise<boolean> {
    try {
      await this.query((sql) => sql.unsafe(`SELECT ${column} FROM ${table} WHERE 1 = 0`))
      return true
    } catch (error) {
      if (error instanceof Refusal && isNoSuchColumn(error.cause)) return false
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#sql.close({ timeout: 1 })
  }

  #replace(dead: SQL): void {
    if (this.#closed || this.#sql !== dead) return
    this.#sql = this.#connect()
    if (this.#sql === dead) return // There is no other, as with one in memory.
    dead.close({ timeout: 0 }).catch((error) => console.error(`closing a dead database connection failed: ${error}`))
  }
}

export function postgres(url: string): AccountsDatabase {
  return new AccountsDatabase(
    () =>
      new SQL({
        url,
        adapter: 'postgres',
        max: 10,
        idleTimeout: 60,
        connectionTimeout: 5,
        connection: {
          application_name: 'propromo-chat',
          statement_timeout: STATEMENT_MILLISECONDS,
          default_transaction_read_only: 'on',
          DateStyle: 'ISO', // Dates are read as text, and a database may be set to write them otherwise.
          TimeZone: 'UTC',
        },
      }),
  )
}

export function sqliteFile(path: string): AccountsDatabase {
  return new AccountsDatabase(() => new SQL({ adapter: 'sqlite', filename: path, readonly: true }))
}

/** The database was there and said no, as opposed to not being there. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return code === 'ERR_POSTGRES_SERVER_ERROR' || code.startsWith('SQLITE_ERROR')
}

/** Missing, or not granted. Anything else the database says, such as that it ran out of time, says nothing about the column. */
function isNoSuchColumn(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = 'errno' in error ? String(error.errno) : ''
  return state === '42703' || state === '42501' || error.message.includes('no such column')
}
