// One SQLite file with one writer: the writes of a tick become one transaction, answered after its commit.
import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { FrameRefusal, Refusal } from '../../../protocol/refusal.ts'
import { isBusy, isStoreFault, unavailable } from './faults.ts'
import { SCHEMA, SCHEMA_VERSION } from './schema.ts'

interface Write {
  readonly work: () => unknown
  readonly resolve: (result: never) => void
  readonly reject: (reason: unknown) => void
  readonly deadline: number
  result: unknown
}

/** More writes than these waiting means that the disk has stopped: saying so beats promising. */
const MOST_WAITING = 20_000
/** How long a write waits for another process's lock. */
const PATIENCE_MILLISECONDS = 2_000
const RETRY_MILLISECONDS = 10

export class Store {
  readonly #database: Database
  #waiting: Write[] = []
  #scheduled = false
  #retry: Timer | undefined
  #closed = false
  readonly #version
  readonly #checkpoint
  #seenVersion = 0
  /** Counts how often what was read may have become untrue. */
  #age = 0

  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    this.#database = new Database(path, { create: true, strict: true })
    this.#database.exec('PRAGMA busy_timeout = 5000;')
    this.#refuseOtherVersions()
    // FULL: an acknowledged message survives a power cut, not only a crash of this process.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    // The pages of a busy commit fit into the cache, and are not copied home after each one.
    this.#database.exec('PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000;')
    // What is deleted is written over, also in pages that nothing uses any more.
    this.#database.exec('PRAGMA secure_delete = ON;')
    this.#database.exec(SCHEMA)
    this.#version = this.#database.query<{ data_version: number }, []>('PRAGMA data_version')
    this.#checkpoint = this.#database.query<{ busy: number }, []>('PRAGMA wal_checkpoint(TRUNCATE)')
    // From here on a lock is waited for without blocking the sockets: see #commit.
    this.#database.exec('PRAGMA busy_timeout = 0;')
  }

  /** Before anything is changed: a file of another version stays as it was. */
  #refuseOtherVersions(): void {
    const version = this.#database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version
    const isNew = this.#database.query("SELECT 1 FROM sqlite_schema WHERE type = 'table'").get() === null
    if (!isNew && version !== SCHEMA_VERSION) throw new Error('another version of the chat, or something else, made it')
  }

  /**
   * What `read` gives, kept in mind for as long as it is true: until a commit failed, or another process has written. To be asked
   * for inside reads and writes; whoever writes keeps it up to date.
   */
  remember<Value>(read: () => Value): () => Value {
    let kept: { readonly value: Value; readonly age: number } | undefined
    return () => {
      if (kept?.age !== this.#age) kept = { value: read(), age: this.#age }
      return kept.value
    }
  }

  prepare<Row, Values extends (string | number | null)[]>(sql: string) {
    return this.#database.query<Row, Values>(sql)
  }

  /** Reads what is committed, all of it as it is at one moment. */
  async read<Result>(work: () => Result): Promise<Result> {
    if (this.#closed) throw unavailable(undefined)
    try {
      this.#database.exec('BEGIN')
      this.#noticeOthers()
      return work()
    } catch (error) {
      throw unavailable(error)
    } finally {
      this.#rollBack()
    }
  }

  /**
   * Runs `work` inside the next commit and resolves with its result when that is on disk. A `work` that throws undoes itself alone;
   * one that has written nothing may give back why, which costs the others less.
   */
  write<Result>(work: () => Result | FrameRefusal): Promise<Result> {
    if (this.#closed || this.#waiting.length >= MOST_WAITING) return Promise.reject(unavailable(undefined))
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + PATIENCE_MILLISECONDS
      this.#waiting.push({ work, resolve, reject, deadline, result: undefined })
      this.#schedule()
    })
  }

  /** Resolves when everything that waits now has been committed or refused, and whoever waited has been told. */
  async settled(): Promise<void> {
    await this.write(() => undefined).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
  }

  /** Commits what waits, then closes the file. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#retry)
    this.#commit()
    for (const write of this.#waiting.splice(0)) write.reject(unavailable(undefined))
    this.#database.close()
  }

  /** What it holds goes to its place in the file. Not while another process reads or writes: whether it is done. */
  emptyWriteAheadLog(): boolean {
    if (this.#closed) throw unavailable(undefined)
    try {
      return this.#checkpoint.get()?.busy === 0
    } catch (error) {
      if (isBusy(error)) return false
      throw unavailable(error)
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#commit())
  }

  #commit(): void {
    this.#scheduled = false
    let batch = this.#waiting
    this.#waiting = []
    while (batch.length > 0) {
      const failed = this.#transaction(batch)
      if (failed === undefined) return
      batch = batch.filter((write) => write !== failed)
    }
  }

  /** Runs the batch as one transaction and answers it; gives back the one write that has to be left out for the rest to go on. */
  #transaction(batch: readonly Write[]): Write | undefined {
    let running: Write | undefined
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#noticeOthers()
      for (const write of batch) {
        running = write
        write.result = write.work()
      }
      running = undefined
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      this.#age += 1
      if (running && !isStoreFault(error)) {
        running.reject(error)
        return running
      }
      if (isBusy(error)) this.#tryAgain(batch, error)
      else for (const write of batch) write.reject(unavailable(error))
      return undefined
    }
    for (const write of batch) answer(write)
    return undefined
  }

  #noticeOthers(): void {
    const version = this.#version.get()?.data_version ?? 0
    if (version !== this.#seenVersion) this.#age += 1
    this.#seenVersion = version
  }

  /** A disk in trouble may have ended the transaction already, or refuse even this; the next BEGIN tells. */
  #rollBack(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
    } catch (error) {
      console.error(`the message store could not roll back: ${error}`)
    }
  }

  #tryAgain(batch: readonly Write[], error: unknown): void {
    const now = performance.now()
    const { patient = [], late = [] } = Object.groupBy(batch, ({ deadline }) =>
      deadline > now && !this.#closed ? 'patient' : 'late',
    )
    for (const write of late) write.reject(unavailable(error))
    this.#waiting = [...patient, ...this.#waiting]
    if (this.#waiting.length === 0) return
    this.#scheduled = true
    this.#retry = setTimeout(() => this.#commit(), RETRY_MILLISECONDS)
  }
}

function answer({ result, resolve, reject }: Write): void {
  if (result instanceof FrameRefusal) reject(result)
  else resolve(result as never)
}
