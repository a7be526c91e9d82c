// Retention in SQLite keeps the contract, and outlives a restart.
import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retentionContract } from '../../ports/retention.contract.ts'
import { copyTo, putBack } from './copy.ts'
import { sqliteRetention } from './retention.ts'
import { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-retention-'))
let files = 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

retentionContract('SQLite', async () => {
  const store = new Store(join(folder, `${files++}.sqlite`))
  let now = Date.UTC(2026, 4, 4)
  return {
    retention: sqliteRetention(store, () => now),
    advance: (milliseconds) => {
      now += milliseconds
    },
    close: async () => store.close(),
  }
})

test('what was decided, and how far it is done, is still known after a restart', async () => {
  const path = join(folder, `${files++}.sqlite`)
  const before = new Store(path)
  await sqliteRetention(before, Date.now).keep('room', 30)
  await sqliteRetention(before, Date.now).reach('room', { epoch: 'one', offset: 3, upto: 5, many: 2 })
  before.close()
  const after = new Store(path)
  expect(await sqliteRetention(after, Date.now).own()).toEqual(new Map([['room', 30]]))
  expect(await sqliteRetention(after, Date.now).gone('room')).toEqual({ epoch: 'one', offset: 3, upto: 5, many: 2 })
  after.close()
})

test('a copy that is put back knows what was decided, and nobody is at it; so does one that was made before there was any of it', async () => {
  const path = join(folder, `${files++}.sqlite`)
  const store = new Store(path)
  const retention = sqliteRetention(store, Date.now)
  await retention.keep('room', 30)
  await retention.take('somebody', 3_600_000)
  copyTo(path, `${path}.copy`)
  store.close()
  const former = new Database(`${path}.copy`)
  for (const old of [false, true]) {
    if (old) former.exec('DROP TABLE retention; DROP TABLE retention_gone; DROP TABLE retention_lease')
    const place = join(folder, `${files++}.sqlite`)
    putBack(`${path}.copy`, place, `${place}.aside`)
    const back = new Store(place)
    const there = sqliteRetention(back, Date.now)
    expect(await there.own()).toEqual(new Map(old ? [] : [['room', 30]]))
    expect(await there.take('another', 1_000)).toBe(true)
    back.close()
  }
  former.close()
})
