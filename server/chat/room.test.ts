// A room alive while what it is kept in changes under it.
import { expect, test } from 'bun:test'
import { soleBroker } from '../adapters/sqlite/broker.ts'
import { sqliteLedger } from '../adapters/sqlite/ledger.ts'
import { sqliteLog } from '../adapters/sqlite/log.ts'
import { Store } from '../adapters/sqlite/store.ts'
import type { Log } from '../ports/log.ts'
import { after } from '../world.ts'
import { Room } from './room.ts'
import { Session, type Socket } from './session.ts'
import { UNWATCHED } from './watch.ts'

const ROOM = 'w32tgse'
const OWNER = { id: '1', email: 'scrum.master@example.com', name: 'Scrum Master' }
const CHAT = {
  monitor_hash: ROOM,
  organization_name: null,
  type: 'USER',
  title: null,
  short_description: null,
  public: null,
  created_at: null,
  updated_at: null,
  project_url: null,
}
const LIMITS = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }

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

function session({ send = () => {}, close = () => {} }: Partial<Socket> = {}): Session {
  const { id: account, ...member } = OWNER
  const socket = { send, close, subscribe: () => {}, backlog: () => 0 }
  return new Session({ account, member, protocol: 'v1', signIn: null, socket, mostBacklogBytes: 1_000 })
}

/** A room on a log of fifty messages, and one of three that may take its place. */
async function withTwoLogs() {
  const [former, present] = [await logOf(50), await logOf(3)]
  let { log } = former
  const room = await open(former.store, {
    ...log,
    end: (room) => log.end(room),
    since: (room, cursor, most) => log.since(room, cursor, most),
    page: (room, range) => log.page(room, range),
    markRead: (room, email, upto) => log.markRead(room, email, upto),
    readMarks: (room) => log.readMarks(room),
  })
  const replace = () => {
    log = present.log
  }
  const remove = () => {
    room.close()
    former.store.close()
    present.store.close()
  }
  return { room, present: present.log, replace, remove }
}

test('[V8] [R5] a log that was replaced brings its own read marks, and they move on from there', async () => {
  const { room, present, replace, remove } = await withTwoLogs()
  await present.markRead(ROOM, OWNER.email, 1)
  const reads = () => room.people.states().map(({ read }) => read)
  await room.read(session(), 50)
  expect(reads()).toEqual([50])

  replace()
  await room.look()
  expect(reads()).toEqual([1])
  await room.read(session(), 3)
  expect(reads()).toEqual([3])
  expect([...(await present.readMarks(ROOM))]).toEqual([[OWNER.email, 3]])
  remove()
})

test('[R2] whoever comes in while everyone is sent away from a log that is no more is welcomed to the one that took its place', async () => {
  const { room, present, replace, remove } = await withTwoLogs()
  const welcomes: { readonly epoch: string }[] = []
  const late = session({ send: (text) => void welcomes.push(JSON.parse(text)) })
  // Others who come in have their turn right after whatever the last of those who are here is told.
  const early = session({ close: () => queueMicrotask(() => room.join(late, CHAT, null)) })
  room.join(early, CHAT, null)
  replace()
  await room.look()
  const { epoch } = await present.end(ROOM)
  expect(welcomes.map((welcome) => welcome.epoch)).toEqual([epoch])
  remove()
})
