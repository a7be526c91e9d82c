// The ledger in SQLite keeps the contract of every ledger, remembers over a restart, and does not grow for ever.
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ledgerContract } from '../../ports/ledger.contract.ts'
import { sqliteLedger } from './ledger.ts'
import { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-ledger-'))
const START = Date.UTC(2026, 4, 4)
let files = 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

ledgerContract('SQLite', async () => {
  const store = new Store(newFile())
  let now = START
  return {
    ledger: sqliteLedger(store, () => now),
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds
    },
    close: async () => store.close(),
  }
})

test('[T3] a ticket is still spent after a restart', async () => {
  const file = newFile()
  const spends: boolean[] = []
  for (const _ of ['before', 'after']) {
    const store = new Store(file)
    spends.push(await sqliteLedger(store, () => START).spend('jti', 'w32tgse', START + 300_000))
    store.close()
  }
  expect(spends).toEqual([true, false])
})

test('what has expired is thrown away in the end', async () => {
  const store = new Store(newFile())
  let now = START
  const ledger = sqliteLedger(store, () => now)
  await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      await ledger.spend(`jti ${number}`, 'w32tgse', now + 300_000)
      await ledger.count(`login ${number}`, 60_000)
      const secretHash = `secret ${number}`
      const signIn = { id: `${number}`, secretHash, account: '2', passwordMark: '', expiresAt: now + 60_000 }
      await ledger.startSignIn(signIn, { startedAt: now, address: '192.0.2.1', device: '' })
    }),
  )
  now += 2 * 3_600_000
  await ledger.spend('later', 'w32tgse', now + 300_000)
  const rows = (table: string) => store.prepare<{ n: number }, []>(`SELECT COUNT(*) AS n FROM ${table}`).get()?.n
  expect(['spent_ticket', 'counted', 'sign_in', 'sign_in_start'].map(rows)).toEqual([1, 0, 0, 0])
  store.close()
})

function newFile(): string {
  return join(folder, `${files++}.sqlite`)
}
