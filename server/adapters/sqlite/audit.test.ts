// The audit in SQLite keeps the contract, and its table refuses what it is not for.
import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditContract } from '../../ports/audit.contract.ts'
import { sqliteAudit } from './audit.ts'
import { copyTo, putBack } from './copy.ts'
import { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-audit-'))
let files = 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

auditContract('SQLite', async () => {
  const store = new Store(newFile())
  return { audit: sqliteAudit(store), close: async () => store.close() }
})

test('[AU3] a copy that is put back takes over all that was noted since, whatever the clock said, and nothing twice', async () => {
  const path = newFile()
  const kept = async (what: readonly (readonly [string, number])[] = []) => {
    const store = new Store(path)
    const audit = sqliteAudit(store)
    for (const [email, at] of what) await audit.note({ at, what: 'login', email })
    const noted = await audit.read({ limit: 100 })
    store.close()
    return noted.map(({ entry }) => entry.email)
  }
  await kept([
    ['before', 1_000],
    ['twice', 1_000],
  ])
  copyTo(path, `${path}.copy`)
  const since = [
    ['twice', 1_000],
    ['in the same millisecond', 1_000],
    ['clock set back', 900],
    ['later', 1_100],
  ] as const
  const all = await kept(since)
  expect(all).toHaveLength(6)
  for (const aside of ['once', 'again']) {
    putBack(`${path}.copy`, path, `${path}.${aside}`)
    expect(await kept()).toEqual(all)
  }
})

test('whoever opens the file can neither change what was noted nor delete it before its time', async () => {
  const file = newFile()
  const store = new Store(file)
  await sqliteAudit(store).note({ at: 1_000, what: 'login' })
  store.close()
  const database = new Database(file)
  expect(() => database.exec("UPDATE audit SET entry = '{}'")).toThrow(/is not changed/)
  expect(() => database.exec('UPDATE audit SET at = 0')).toThrow(/is not changed/)
  expect(() => database.exec('DELETE FROM audit')).toThrow(/not deleted before its time/)
  expect(database.query('SELECT at FROM audit').values()).toEqual([[1_000]])
  database.close()
})

function newFile(): string {
  return join(folder, `${files++}.sqlite`)
}
