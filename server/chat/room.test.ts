// A room alive while what it is kept in changes under it.
import { expect, test } from 'bun:test'
import { soleBroker } from '../adapters/sqlite/broker.ts'
import { sqliteLedger } from '../adapters/sqlite/ledger.ts'
import { sqliteLog } from '../adapters/sqlite/log.ts'
import { Store } from '../adapters/sqlite/store.ts'
import type { Log } from '../ports/log.ts'
import { Room } from './room.ts'
import { Session } from './session.ts'
import { UNWATCHED } from './watch.ts'

const ROOM = 'w32tgse'
const OWNER = { id: '1', email: 'scrum.master@example.com', name: 'Scrum Master' }
const LIMITS = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }

function after(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}

/** A log of its own, with so many messages. */
async function logOf(messages: number): Promise<{ store: Store; log: Log }> {
  const store = new Store(':memory:')
  const log = sqliteLog(store, Date.now)
  for (let said = 0; said < messages; said++) await log.append(ROOM, { type: 'message', by: OWNER.email, text: 'said' })
  return { store, log }
}

async function open(store: Store, log: Log): Promise<Room> {
  const parts = { log, ledger: sqliteLedger(store, Date.now), broker: soleBroker(), limits: LIMITS, after }
  const room = await Room.open(ROOM, { ...parts, broadcast: () => undefined, plainHistory: 100, watch: UNWATCHED })
  room.people.members = [OWNER]
  return room
}

function session(): Session {
  const { id: account, ...member } = OWNER
  const socket = { send: () => {}, subscribe: () => {}, close: () => {}, backlog: () => 0 }
  return new Session({ account, member, protocol: 'v1', signIn: null, socket, mostBacklogBytes: 1_000 })
}

test('[V8] [R5] a log that was replaced brings its own read marks, and they move on from there', async () => {
  const former = await logOf(50)
  const present = await logOf(3)
  await present.log.markRead(ROOM, OWNER.email, 1)
  let { log } = former
  const replaced: Log = {
    ...log,
    end: (room) => log.end(room),
    since: (room, cursor, most) => log.since(room, cursor, most),
    page: (room, range) => log.page(room, range),
    markRead: (room, email, upto) => log.markRead(room, email, upto),
    readMarks: (room) => log.readMarks(room),
  }
  const room = await open(former.store, replaced)
  const reads = () => room.people.states().map(({ read }) => read)
  await room.read(session(), 50)
  expect(reads()).toEqual([50])

  log = present.log
  await room.look()
  expect(reads()).toEqual([1])
  await room.read(session(), 3)
  expect(reads()).toEqual([3])
  expect([...(await log.readMarks(ROOM))]).toEqual([[OWNER.email, 3]])
  room.close()
  former.store.close()
  present.store.close()
})
