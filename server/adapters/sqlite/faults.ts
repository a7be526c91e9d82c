// What SQLite throws: trouble of the store, or of one statement alone.
import { SQLiteError } from 'bun:sqlite'
import { Refusal } from '../../../protocol/refusal.ts'

/** The store is in trouble, as opposed to one statement that was wrong. */
export function isStoreFault(error: unknown): boolean {
  if (!(error instanceof SQLiteError)) return false
  return !/^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG)/.test(error.code ?? '')
}

export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.code ?? '').startsWith('SQLITE_BUSY')
}

export function unavailable(cause: unknown): unknown {
  if (cause !== undefined && !(cause instanceof SQLiteError)) return cause
  const message = 'Cannot reach the message store: it does not answer. Try again in a moment'
  return new Refusal('store_unavailable', message, { retryAfterSeconds: 5, cause })
}
