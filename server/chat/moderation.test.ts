// What is noted when a room's owner deletes: each deletion once, however often it is asked for.
import { expect, test } from 'bun:test'
import type { Draft } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { soleBroker } from '../adapters/sqlite/broker.ts'
import { sqliteLedger } from '../adapters/sqlite/ledger.ts'
import { sqliteLog } from '../adapters/sqlite/log.ts'
import { Store } from '../adapters/sqlite/store.ts'
import type { AuditEntry } from '../ports/audit.ts'
import { Auditor } from './auditor.ts'
import { notesDeletions } from './moderation.ts'
import { Room } from './room.ts'
import { UNWATCHED } from './watch.ts'

const ROOM = 'w32tgse'
const CUSTOMER = 'customer@example.com'
const OWNER = 'scrum.master@example.com'
const LIMITS = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }

/** A room in which the customer has said two messages, and what is noted of it. */
async function place(note: (entry: AuditEntry) => void = () => undefined) {
  const store = new Store(':memory:')
  const log = sqliteLog(store, Date.now)
  for (const text of ['a plan', 'another']) await log.append(ROOM, { type: 'message', by: CUSTOMER, text })
  const noted: AuditEntry[] = []
  const audit = {
    note: async (entry: AuditEntry) => {
      note(entry)
      noted.push(entry)
    },
    read: async () => [],
    forget: async () => undefined,
  }
  const telling: Promise<void>[] = []
  const ledger = sqliteLedger(store, Date.now)
  const notes = notesDeletions({ log, ledger, auditor: new Auditor(audit, 365, Date.now), now: Date.now })
  const parts = {
    log,
    ledger,
    broker: soleBroker(),
    limits: LIMITS,
    after: () => () => {},
  }
  const room = await Room.open(ROOM, {
    ...parts,
    ...{ broadcast: () => undefined, plainHistory: 100, watch: UNWATCHED },
    deletedByOwner: (id, deletion) => void telling.push(notes(id, deletion)),
  })
  const receive = async (draft: Draft) => {
    await room.receive(draft, () => undefined)
    await Promise.all(telling)
  }
  const remove = () => {
    room.close()
    store.close()
  }
  return { receive, noted, remove }
}

const deletes = (message: string, clientId: string): Draft => ({
  ...{ type: 'deleted', by: OWNER, owner: true },
  message,
  clientId,
})

test('[AU1] [R4] a deletion that was answered with something else by the same client id is not noted', async () => {
  const { receive, noted, remove } = await place()
  await receive({ type: 'message', by: OWNER, text: 'mine', clientId: 'a' })
  await receive(deletes('1', 'a'))
  expect(noted).toEqual([])
  remove()
})

test('[AU1] [R4] asked for twice, a deletion is noted once, and as the one that happened', async () => {
  const { receive, noted, remove } = await place()
  await receive(deletes('1', 'b'))
  await receive(deletes('1', 'b'))
  await receive(deletes('2', 'b'))
  expect(noted.map(({ message, email, of }) => ({ message, email, of }))).toEqual([
    { message: '1', email: OWNER, of: CUSTOMER },
  ])
  remove()
})

test('[AU1] a deletion that could not be noted is noted when it is asked for again', async () => {
  let down = true
  const { receive, noted, remove } = await place(() => {
    if (down) throw new Refusal('store_unavailable', 'Cannot reach the message store')
  })
  await receive(deletes('1', 'c'))
  down = false
  await receive(deletes('1', 'c'))
  expect(noted.map(({ message }) => message)).toEqual(['1'])
  remove()
})
