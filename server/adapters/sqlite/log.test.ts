// The log in SQLite keeps the contract of every log, and its lifetime is that of the file.
import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogUnderTest, logContract } from '../../ports/log.contract.ts'
import { logChangesContract } from '../../ports/log-changes.contract.ts'
import { sqliteLog } from './log.ts'
import { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-log-'))
const ROOM = 'w32tgse'
const START = Date.UTC(2026, 4, 4)
let files = 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

logContract('SQLite', () => newLog())
logChangesContract('SQLite', () => newLog())
// The same when the way to an event leads through the table, and when it changes in the middle of everything.
for (const mostUnplaced of [1, 3]) {
  logContract(`SQLite that places every ${mostUnplaced} events`, () => newLog(mostUnplaced))
  logChangesContract(`SQLite that places every ${mostUnplaced} events`, () => newLog(mostUnplaced))
}

test('[R2] the epoch is that of the file: the same after a restart, another for another file', async () => {
  const file = newFile()
  const before = await opened(file, async (log) => {
    await log.append(ROOM, { type: 'message', by: 'customer@example.com', text: 'kept' })
    return (await log.page(ROOM, { limit: 0 })).end
  })
  expect(await opened(file, async (log) => (await log.page(ROOM, { limit: 0 })).end)).toEqual(before)
  expect(await opened(newFile(), (log) => log.since(ROOM, { ...before, offset: 0 }, 1))).toBe('gap')
})

test('[R4] a client id is known again after a restart', async () => {
  const file = newFile()
  const draft = { type: 'message', by: 'customer@example.com', text: 'once', clientId: 'c1' } as const
  const first = await opened(file, (log) => log.append(ROOM, draft))
  expect(await opened(file, (log) => log.append(ROOM, draft))).toEqual(first)
})

test('[V14] a message does not grow with its edits, and those that an earlier version kept with it are forgotten too', async () => {
  const file = newFile()
  const by = 'customer@example.com'
  const edit = (text: string) => ({ type: 'edited', message: '1', text, by }) as const
  const sizes: unknown[] = []
  await opened(file, async (log) => {
    await log.append(ROOM, { type: 'message', by, text: 'secret 1' })
    for (const text of ['secret 2', 'secret 3']) {
      await log.append(ROOM, edit(text))
      sizes.push(sizeIn(file))
    }
  })
  expect(sizes[1]).toBe(sizes[0])
  const former = new Database(file)
  former.exec("DELETE FROM edit; UPDATE event SET state = json_set(state, '$.edits', json('[2, 3]')) WHERE seq = 1")
  await opened(file, async (log) => {
    await log.append(ROOM, edit('secret 4'))
    await log.append(ROOM, { type: 'deleted', message: '1', by })
  })
  expect(JSON.stringify(former.query('SELECT change, state FROM event').values())).not.toContain('secret')
  expect(former.query('SELECT * FROM edit').values()).toEqual([])
  former.close()
})

function sizeIn(file: string): unknown {
  using database = new Database(file, { readonly: true })
  return database.query('SELECT length(state) FROM event WHERE seq = 1').values()[0]?.[0]
}

test('a file that another version made is refused, and left as it was', () => {
  const file = newFile()
  const other = new Database(file)
  other.exec('CREATE TABLE event (offset INTEGER); INSERT INTO event VALUES (1)')
  expect(() => new Store(file)).toThrow(/another version/)
  expect(other.query('SELECT name FROM sqlite_schema').values()).toEqual([['event']])
  other.close()
})

async function newLog(mostUnplaced?: number): Promise<LogUnderTest> {
  const store = new Store(newFile())
  let now = START
  return {
    log: sqliteLog(store, () => now, mostUnplaced),
    advance: (milliseconds) => {
      now += milliseconds
    },
    close: async () => store.close(),
  }
}

async function opened<Result>(file: string, use: (log: ReturnType<typeof sqliteLog>) => Promise<Result>) {
  const store = new Store(file)
  try {
    return await use(sqliteLog(store, () => START))
  } finally {
    store.close()
  }
}

function newFile(): string {
  return join(folder, `${files++}.sqlite`)
}
