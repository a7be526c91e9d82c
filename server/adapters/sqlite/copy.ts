// A copy of the whole file while it is written to, and how a copy becomes the file that is used.
import { Database } from 'bun:sqlite'
import { chmodSync, chownSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { SCHEMA_VERSION } from './schema.ts'

/** What lies beside a file that is open. */
const BESIDE = ['-wal', '-shm'] as const

export interface Holding {
  readonly rooms: number
  readonly events: number
  readonly epoch: string
}

/**
 * Copies what is committed at one moment to `target`, which is there whole or not at all. Whoever writes to the file meanwhile goes on
 * writing. Resolves to what the copy holds, which has been read again and checked.
 */
export function copyTo(path: string, target: string): Holding {
  const part = `${target}.part`
  removeFile(part)
  try {
    copyWhole(path, part, { readwrite: true })
    const holding = check(part)
    flush(part)
    renameSync(part, target)
    flush(dirname(target))
    return holding
  } catch (error) {
    removeFile(part)
    throw error
  }
}

/** Reads every page of a file that nobody uses, and what a copy of ours has to hold. Throws an error that says what is wrong with it. */
export function check(path: string): Holding {
  using database = new Database(path, { readonly: true })
  const version = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version
  if (version !== SCHEMA_VERSION) throw new Error('another version of the chat, or something else, made it')
  const faults = database.query<{ integrity_check: string }, []>('PRAGMA integrity_check').all()
  if (faults.length !== 1 || faults[0]?.integrity_check !== 'ok') {
    throw new Error(`it is damaged: ${faults[0]?.integrity_check ?? 'it cannot be checked'}`)
  }
  const holding = database.query<Holding, []>(
    'SELECT (SELECT count(*) FROM room) AS rooms, (SELECT count(*) FROM event) AS events, epoch FROM lifetime',
  )
  const found = holding.get()
  if (!found) throw new Error('it names no lifetime of the log')
  return found
}

/** Whether a process has the file open. Where none has, everything is in the one file afterwards, and nothing beside it. */
export function isInUse(path: string): boolean {
  using database = new Database(path, { readwrite: true })
  try {
    // To leave the write-ahead log behind takes the file for oneself alone.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE;')
    return database.query<{ journal_mode: string }, []>('PRAGMA journal_mode').get()?.journal_mode === 'wal'
  } catch (error) {
    if (error instanceof Error && /locked|busy/i.test(error.message)) return true
    throw error
  }
}

/**
 * Puts a copy where the file is, which is kept as `aside`. It is another lifetime of the log, so nobody resumes into it with what they
 * know of the former (rule R2); and nobody is signed in, because who signed out since then is not known there.
 */
export function putBack(copy: string, path: string, aside: string): Holding {
  const part = `${path}.part`
  removeFile(part)
  try {
    copyWhole(copy, part, { readonly: true }) // It may lie where nobody can write.
    beginAnew(part, existsSync(path) ? path : undefined)
    const holding = check(part)
    handOver(part, existsSync(path) ? path : dirname(path))
    flush(part)
    for (const end of ['', ...BESIDE]) if (existsSync(path + end)) renameSync(path + end, aside + end)
    renameSync(part, path)
    flush(dirname(path))
    return holding
  } catch (error) {
    removeFile(part)
    throw error
  }
}

/** What a write-ahead log beside it holds too, as one has that was set aside under a chat that ran. */
function copyWhole(path: string, part: string, how: { readwrite: true } | { readonly: true }): void {
  using database = new Database(path, how)
  database.exec('PRAGMA busy_timeout = 10000;')
  database.query('VACUUM INTO ?').run(part)
  chmodSync(part, 0o600)
}

/** Root may read everything, and the user that the chat runs as only what is theirs. */
function handOver(part: string, like: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(like)
  chownSync(part, uid, gid)
}

function beginAnew(part: string, former: string | undefined): void {
  using database = new Database(part, { readwrite: true, strict: true })
  database.exec(`PRAGMA journal_mode = DELETE; BEGIN;
    UPDATE lifetime SET epoch = lower(hex(randomblob(8)));
    DELETE FROM sign_in;
    DELETE FROM spent_ticket;
    DROP TABLE IF EXISTS retention_lease;
    COMMIT;`)
  if (former !== undefined) keepAudit(database, former)
}

/** What was noted since the copy was made stays noted. No time tells what that is: clocks are set back, and a millisecond holds much. */
function keepAudit(database: Database, former: string): void {
  try {
    database.query('ATTACH ? AS former').run(former)
  } catch {
    return // It cannot be opened, which may be why the copy is wanted.
  }
  try {
    database.exec(`INSERT INTO main.audit (at, entry) SELECT at, entry FROM (${counted('former')})
      WHERE (at, entry, nth) NOT IN (SELECT at, entry, nth FROM (${counted('main')})) ORDER BY seq`)
  } catch (error) {
    console.error(`what was noted for the audit since then could not be taken over: ${error}`)
  }
  database.exec('DETACH former')
}

/** The same may have been noted several times. */
function counted(file: 'main' | 'former'): string {
  return `SELECT seq, at, entry, row_number() OVER (PARTITION BY at, entry ORDER BY seq) AS nth FROM ${file}.audit`
}

function removeFile(path: string): void {
  for (const end of ['', '-journal', ...BESIDE]) rmSync(path + end, { force: true })
}

/** On disk before it gets its name. */
function flush(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
