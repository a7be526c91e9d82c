// The store: one commit a tick, answered when it is on disk; locks are waited for, and what fails leaves nothing behind.
import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../../../protocol/refusal.ts'
import { lockElsewhere } from '../../../test/support/lock.ts'
import { sqliteLog } from './log.ts'
import { Store } from './store.ts'

const ROOT = join(import.meta.dir, '../../..')
const ROOM = 'w32tgse'
/** Hundreds, where the machine has nothing else to do; were the thread held up by the lock, one or two. */
const A_FEW = 5
const folder = mkdtempSync(join(tmpdir(), 'propromo-store-'))
let file: string
let files = 0
let store: Store
/** A second connection, which sees what is committed and nothing else. */
let outside: Database

beforeEach(() => {
  file = join(folder, `${files++}.sqlite`)
  store = new Store(file)
  outside = new Database(file)
  outside.run('CREATE TABLE note (text TEXT PRIMARY KEY)')
})
afterEach(() => {
  outside.close()
  store.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('commits', () => {
  test('[R3] what is committed is on disk: write-ahead log, synchronous FULL', () => {
    const value = (name: string) => Object.values(store.prepare<object, []>(`PRAGMA ${name}`).get() ?? {})
    expect(value('journal_mode')).toEqual(['wal'])
    expect(value('synchronous')).toEqual([2])
  })

  test('a thousand writes of one tick are one commit, and those of the next tick another', async () => {
    const before = commits()
    await Promise.all(Array.from({ length: 1_000 }, (_, number) => note(`first ${number}`)))
    expect(commits() - before).toBe(1)
    await Promise.all([note('second'), note('third')])
    expect(commits() - before).toBe(2)
    expect(notes()).toHaveLength(1_002)
  })

  test('[R3] nobody is answered before others can see what was written', async () => {
    const written = note('kept')
    expect(notes()).toEqual([])
    await written.then(() => expect(notes()).toEqual(['kept']))
  })

  test('writes are kept in the order in which they were asked for', async () => {
    const order = Array.from({ length: 200 }, (_, number) => `${number}`)
    await Promise.all(order.map((text) => note(text)))
    expect(outside.query('SELECT text FROM note ORDER BY rowid').values().flat()).toEqual(order)
  })

  test('a write that throws undoes itself alone, whatever it had written before', async () => {
    const failing = store.write(() => {
      insert('half')
      throw new Error('changed my mind')
    })
    const [first, failed, last] = await Promise.allSettled([note('first'), failing, note('last')])
    expect([first?.status, last?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'changed my mind' } })
    expect(notes()).toEqual(['first', 'last'])
  })

  test('a write that the database itself turns down undoes itself alone too', async () => {
    await note('taken')
    const answers = await Promise.allSettled([note('first'), note('taken'), note('last')])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(notes()).toEqual(['first', 'last', 'taken'])
  })

  test('settled waits for everything that was asked for before it', async () => {
    const told: string[] = []
    note('one').then(() => told.push('one'))
    note('two').then(() => told.push('two'))
    await store.settled()
    expect(told).toEqual(['one', 'two'])
  })

  test('more than can ever be caught up with is refused at once, and the rest is kept', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 25_000 }, (_, number) => note(`${number}`)))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'store_unavailable' })
    expect(notes()).toHaveLength(25_000 - refused.length)
    await note('afterwards')
  })
})

describe('reads', () => {
  test('a read sees one moment, whatever others write meanwhile', async () => {
    const counts = await store.read(() => {
      const before = count().get()
      outside.run("INSERT INTO note VALUES ('meanwhile')")
      return [before, count().get()]
    })
    expect(counts).toEqual([{ n: 0 }, { n: 0 }])
    expect(await store.read(() => count().get())).toEqual({ n: 1 })
  })

  test('what is kept in mind is read once, until another process has written or a commit has failed', async () => {
    let times = 0
    const kept = store.remember(() => ++times)
    const asked = async () => [await store.read(kept), await store.write(kept)]
    expect(await asked()).toEqual([1, 1])
    await note('of our own')
    expect(await asked()).toEqual([1, 1])
    outside.run("INSERT INTO note VALUES ('of another')")
    expect(await asked()).toEqual([2, 2])
    await note('of another').catch(() => undefined)
    expect(await asked()).toEqual([3, 3])
  })
})

describe('locks', () => {
  test('[R6] a lock of another process is waited for, and reading goes on meanwhile', async () => {
    const lock = await lockElsewhere(file)
    const told: string[] = []
    const writing = Promise.all(['one', 'two'].map((text) => note(text).then(() => told.push(text))))
    for (let turn = 0; turn < 50; turn++) {
      await new Promise(setImmediate) // Each is a chance to write, had the store not waited.
      expect(await store.read(() => count().get())).toEqual({ n: 0 })
    }
    expect(told).toEqual([])
    await lock.release()
    await writing
    expect(notes()).toEqual(['one', 'two'])
  })

  test('[R6] a lock that stays is refused in the end, with nothing half stored, and all recovers by itself', async () => {
    const lock = await lockElsewhere(file)
    const log = sqliteLog(store, () => 0)
    const writing = Promise.allSettled([note('one'), log.append(ROOM, said('two')), note('three')])
    const turns = await turnsDuring(writing)
    for (const answer of await writing) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable', status: 503 } })
    }
    expect(turns).toBeGreaterThan(A_FEW) // The sockets of this process are served all the while.
    const late = note('late')
    await lock.release()
    await late
    expect(notes()).toEqual(['late'])
    expect(await log.append(ROOM, said('again'))).toMatchObject({ event: { offset: 1, text: 'again' } })
  })

  test('[R5] two stores here and one in another process give one room offsets without a hole', async () => {
    const second = new Store(file)
    const other = appendElsewhere(200)
    const here = [store, second].map((one) => sqliteLog(one, Date.now))
    for (let turn = 0; turn < 20; turn++) {
      const texts = Array.from({ length: 10 }, (_, number) => `${turn} ${number}`)
      await Promise.all(here.flatMap((log) => texts.map((text) => log.append(ROOM, said(text)))))
    }
    expect(await other.exited).toBe(0)
    second.close()
    const offsets = outside.query('SELECT key % 4294967296 FROM event ORDER BY key').values().flat()
    expect(offsets).toEqual(Array.from({ length: 600 }, (_, index) => index + 1))
  })
})

describe('endings', () => {
  test('[R6] a full disk refuses what does not fit, keeps what did, and goes on when there is room', async () => {
    await note('before')
    const pages = (most: number) => store.prepare<object, []>(`PRAGMA max_page_count = ${most}`).get()
    pages(1) // The smallest that the file may have is what it has now.
    const answers = await Promise.allSettled([note('x'.repeat(100_000)), note('y'.repeat(100_000))])
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
    expect(notes()).toEqual(['before'])
    pages(1_000_000)
    await note('after')
    expect(notes()).toEqual(['after', 'before'])
  })

  test('closing commits what waits, and closing twice is harmless', async () => {
    const written = Promise.all([note('one'), note('two')])
    store.close()
    store.close()
    await written
    expect(notes()).toEqual(['one', 'two'])
  })

  test('closing while another process holds the lock refuses what waits, instead of leaving it unanswered', async () => {
    const lock = await lockElsewhere(file)
    const written = note('lost')
    store.close()
    expect(await refusalOf(written)).toMatchObject({ code: 'store_unavailable' })
    await lock.release()
    expect(notes()).toEqual([])
  })

  test('[R6] a closed store refuses to write and to read', async () => {
    store.close()
    expect(await refusalOf(store.write(() => 1))).toMatchObject({ code: 'store_unavailable' })
    expect(await refusalOf(store.read(() => count().get()))).toMatchObject({ code: 'store_unavailable' })
    await store.settled()
  })
})

function note(text: string): Promise<void> {
  return store.write(() => insert(text))
}

function insert(text: string): void {
  store.prepare<null, [string]>('INSERT INTO note VALUES (?)').run(text)
}

function count() {
  return store.prepare<{ n: number }, []>('SELECT COUNT(*) AS n FROM note')
}

function notes(): unknown[] {
  return outside.query('SELECT text FROM note ORDER BY text').values().flat()
}

function said(text: string) {
  return { type: 'message', by: 'customer@example.com', text } as const
}

/** Commits in the write-ahead log: its frames of the present round that name the size of the database after them. */
function commits(): number {
  const wal = readFileSync(`${file}-wal`)
  const frame = 24 + wal.readUInt32BE(8)
  const round = wal.subarray(16, 24)
  let found = 0
  for (let at = 32; at + frame <= wal.length && wal.subarray(at + 8, at + 16).equals(round); at += frame) {
    if (wal.readUInt32BE(at + 4) > 0) found++
  }
  return found
}

function appendElsewhere(times: number) {
  const script = `
    import { sqliteLog } from './server/adapters/sqlite/log.ts'
    import { Store } from './server/adapters/sqlite/store.ts'
    const store = new Store(${JSON.stringify(file)})
    const log = sqliteLog(store, Date.now)
    for (let n = 0; n < ${times}; n++) await log.append('${ROOM}', { type: 'message', by: 'elsewhere', text: String(n) })
    store.close()`
  return Bun.spawn([process.execPath, '-e', script], { cwd: ROOT, stderr: 'inherit' })
}

/** How often something else could be done while `work` went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  await work
  clearInterval(timer)
  return turns
}

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was not refused',
    (reason: unknown) => (reason instanceof Refusal ? reason : `no refusal, but ${reason}`),
  )
}
