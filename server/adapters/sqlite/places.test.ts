// Most events are found through a table, the latest through memory: nobody can tell where one ends and the other begins.
import { Database } from 'bun:sqlite'
import { afterAll, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../../protocol/event.ts'
import type { Log } from '../../ports/log.ts'
import { sqliteLog } from './log.ts'
import { Store } from './store.ts'

const ROOT = join(import.meta.dir, '../../..')
const ROOM = 'w32tgse'
const BY = 'customer@example.com'
const folder = mkdtempSync(join(tmpdir(), 'propromo-places-'))
let file: string
let files = 0

beforeEach(() => {
  file = join(folder, `${files++}.sqlite`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('events are placed when there are as many as asked for, all at once and in no earlier commit', async () => {
  const { log, store } = open(3)
  await say(log, 'one', 'two')
  expect(placed()).toEqual([])
  await say(log, 'three')
  await store.settled()
  expect(placed()).toEqual([1, 2, 3])
  await say(log, 'four')
  expect(placed()).toEqual([1, 2, 3])
  store.close()
})

test('[R1] [V9] what is asked for is found on both sides of the last placed event, and across it', async () => {
  const { log, store } = open(6)
  await say(log, '1 bread', '2 bread', '3 rolls')
  await change(log, { type: 'reacted', message: '2', emoji: '👍', on: true })
  await say(log, '5 bread', '6 rolls', '7 bread')
  await change(log, { type: 'edited', message: '1', text: 'edited bread' })
  await say(log, '9 rolls')
  expect(placed().length).toBeGreaterThan(0)
  expect(placed().length).toBeLessThan(9)

  const ids = async (range: { before?: number; after?: number; limit: number }) => {
    const { messages, more } = await log.page(ROOM, range)
    return [messages.map(({ id }) => Number(id)), more]
  }
  expect(await ids({ limit: 10 })).toEqual([[1, 2, 3, 5, 6, 7, 9], false])
  expect(await ids({ limit: 4 })).toEqual([[5, 6, 7, 9], true])
  expect(await ids({ before: 7, limit: 2 })).toEqual([[5, 6], true])
  expect(await ids({ after: 3, limit: 3 })).toEqual([[5, 6, 7], true])
  expect(await ids({ after: 5, before: 9, limit: 9 })).toEqual([[6, 7], false])
  const { epoch } = await log.end(ROOM)
  for (let offset = 0; offset <= 9; offset++) {
    const events = await log.since(ROOM, { epoch, offset }, 100)
    expect(events === 'gap' ? events : events.map((event) => event.offset)).toEqual(
      Array.from({ length: 9 - offset }, (_, index) => offset + 1 + index),
    )
  }
  const found = async (before?: number) => {
    const range = before === undefined ? { limit: 10 } : { limit: 10, before }
    return (await log.search(ROOM, 'bread', range)).messages.map(({ id }) => Number(id))
  }
  expect([await found(), await found(7), await found(2)]).toEqual([[7, 5, 2, 1], [5, 2, 1], [1]])
  store.close()
})

test('[V5] what a deleted message said goes, wherever it and its edits stand', async () => {
  for (const mostUnplaced of [1, 2, 3, 4, 100]) {
    file = join(folder, `${files++}.sqlite`)
    const { log, store } = open(mostUnplaced)
    await say(log, 'secret')
    await change(log, { type: 'edited', message: '1', text: 'secret too' })
    await change(log, { type: 'edited', message: '1', text: 'secret still' })
    await change(log, { type: 'deleted', message: '1' })
    const outside = new Database(file, { readonly: true })
    expect(JSON.stringify(outside.query('SELECT * FROM event').all())).not.toContain('secret')
    outside.close()
    store.close()
  }
})

test('[R3] [R4] after a kill -9 between storing and placing, everything is found, and nothing is doubled', async () => {
  const script = `
    import { sqliteLog } from './server/adapters/sqlite/log.ts'
    import { Store } from './server/adapters/sqlite/store.ts'
    const log = sqliteLog(new Store(${JSON.stringify(file)}), () => 1_800_000_000_000, 40)
    for (let n = 1; n <= 100; n++)
      await log.append('${ROOM}', { type: 'message', by: '${BY}', text: 'number ' + n, clientId: 'c' + n })
    console.log('stored')
    setInterval(() => {}, 1_000)`
  const other = Bun.spawn([process.execPath, '-e', script], { cwd: ROOT, stdout: 'pipe', stderr: 'inherit' })
  expect(new TextDecoder().decode((await other.stdout.getReader().read()).value)).toBe('stored\n')
  other.kill('SIGKILL')
  await other.exited
  expect(placed().length).toBeGreaterThan(0)
  expect(placed().length).toBeLessThan(100)

  const { log, store } = open(40)
  const again = (n: number) =>
    log.append(ROOM, { type: 'message', by: BY, text: 'said again', clientId: `c${n}` }).then(({ event }) => event)
  for (const n of [1, 40, 60, 100]) expect(await again(n)).toMatchObject({ offset: n, text: `number ${n}` })
  const { messages } = await log.page(ROOM, { limit: 200 })
  expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, index) => `number ${index + 1}`))
  await say(log, 'the next')
  expect((await log.end(ROOM)).offset).toBe(101)
  store.close()
})

test('[R5] two stores that write and place in one file read the same at every step', async () => {
  const both = [open(2), open(5)]
  for (let turn = 1; turn <= 30; turn++) {
    const writer = both[turn % 3 === 0 ? 1 : 0]
    if (turn % 4 === 0) await change(writer?.log, { type: 'edited', message: '1', text: `edited in turn ${turn}` })
    else await say(writer?.log, `turn ${turn}`)
    const [one, other] = await Promise.all(both.map(({ log }) => log.page(ROOM, { limit: 100 })))
    expect(one?.end.offset).toBe(turn)
    expect(one?.messages).toHaveLength(turn - Math.floor(turn / 4))
    expect(other).toEqual(one)
  }
  expect(placed().length).toBeGreaterThan(20)
  for (const { store } of both) store.close()
})

function open(mostUnplaced: number) {
  const store = new Store(file)
  return { store, log: sqliteLog(store, () => 1_800_000_000_000, mostUnplaced) }
}

async function say(log: Log | undefined, ...texts: string[]): Promise<void> {
  for (const text of texts) await change(log, { type: 'message', text })
}

async function change(log: Log | undefined, change: Change): Promise<void> {
  await log?.append(ROOM, { ...change, by: BY })
}

/** The events that have a place in the table. */
function placed(): unknown[] {
  const outside = new Database(file, { readonly: true })
  const seqs = outside.query('SELECT seq FROM place ORDER BY seq').values().flat()
  outside.close()
  return seqs
}
