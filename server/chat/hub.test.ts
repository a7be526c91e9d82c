// A room is opened without a gap, and costs the log no more than it has to.
import { expect, test } from 'bun:test'
import type { Close } from '../../protocol/close.ts'
import type { RoomEvent } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { soleBroker } from '../adapters/sqlite/broker.ts'
import { sqliteLedger } from '../adapters/sqlite/ledger.ts'
import { sqliteLog } from '../adapters/sqlite/log.ts'
import { Store } from '../adapters/sqlite/store.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Broker } from '../ports/broker.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import { after } from '../world.ts'
import { Gate } from './gate.ts'
import { Hub } from './hub.ts'
import { Session } from './session.ts'
import { Tickets } from './ticket.ts'
import { UNWATCHED } from './watch.ts'

const ACCOUNT = { id: '1', email: 'customer@example.com', name: 'Customer' }
const CHAT = {
  monitor_hash: 'w32tgse',
  organization_name: null,
  type: 'USER',
  title: null,
  short_description: null,
  public: null,
  created_at: null,
  updated_at: null,
  project_url: null,
}

test('[R5] what another process stores just before this one listens is there when the room is open, for one question', async () => {
  const store = new Store(':memory:')
  const log = sqliteLog(store, Date.now)
  await say(log, 'known')
  const broker = soleBroker()
  let looks = 0
  const hub = hubOn(
    store,
    {
      ...log,
      end: (room) => {
        looks += 1
        return log.end(room)
      },
    },
    {
      ...broker,
      listen: async (room, ear) => {
        await say(log, 'said in between')
        return broker.listen(room, ear)
      },
    },
  )
  const room = await hub.open({ monitorId: '1', chat: CHAT }, ACCOUNT)
  const { epoch } = await log.end(CHAT.monitor_hash)
  const missed = await room.missed({ epoch, offset: 1 })
  expect(missed?.events.map(textOf)).toEqual(['said in between'])
  expect(looks).toBe(1)
  room.close()
  store.close()
})

/** A room with two sockets of each sign-in, and which of them are open. */
async function withSockets(signIns: readonly string[], signedIn: (id: string) => Promise<boolean>) {
  const store = new Store(':memory:')
  const hub = hubOn(store, sqliteLog(store, Date.now), soleBroker(), { ...sqliteLedger(store, Date.now), signedIn })
  const room = await hub.open({ monitorId: '1', chat: CHAT }, ACCOUNT)
  const closed: string[] = []
  for (const signIn of [...signIns, ...signIns]) {
    const close = ({ reason }: Close) => void closed.push(`${signIn} ${reason}`)
    const socket = { send: () => {}, subscribe: () => {}, backlog: () => 0, close }
    const whose = { account: ACCOUNT.id, member: ACCOUNT, protocol: 'plain', signIn } as const
    room.join(new Session({ ...whose, socket, mostBacklogBytes: 1_000 }), CHAT, null)
  }
  const remove = () => {
    room.close()
    store.close()
  }
  return { hub, closed, remove }
}

test('[L9] a sign-in that ended without a word of it loses its sockets, for one question each, some at a time', async () => {
  const signIns = Array.from({ length: 150 }, (_, number) => `sign-in ${number}`)
  const asked: string[] = []
  let [atOnce, most] = [0, 0]
  const { hub, closed, remove } = await withSockets(signIns, async (id) => {
    asked.push(id)
    most = Math.max(most, ++atOnce)
    await Bun.sleep(0)
    atOnce -= 1
    return id !== 'sign-in 1' && id !== 'sign-in 149'
  })
  await Promise.all([hub.signOutEnded(), hub.signOutEnded()])
  expect(closed.toSorted()).toEqual(['1', '1', '149', '149'].map((number) => `sign-in ${number} signed_out`))
  expect(asked.toSorted()).toEqual(signIns.toSorted())
  expect(most).toBeLessThanOrEqual(64)
  remove()
})

test('[L9] a store that does not answer signs nobody out, and is not asked on and on', async () => {
  const signIns = Array.from({ length: 150 }, (_, number) => `sign-in ${number}`)
  let asked = 0
  const { hub, closed, remove } = await withSockets(signIns, () => {
    asked += 1
    return Promise.reject(new Refusal('store_unavailable', 'Cannot reach the message store'))
  })
  await hub.signOutEnded()
  expect(closed).toEqual([])
  expect(asked).toBeLessThanOrEqual(64)
  remove()
})

/** A hub whose time is in hand, and the way into its rooms. */
function withGate(broker: Broker = soleBroker()) {
  const store = new Store(':memory:')
  const ledger = sqliteLedger(store, Date.now)
  let time = 0
  const hub = hubOn(store, sqliteLog(store, Date.now), broker, ledger, ACCOUNTS, () => time)
  const key = new Uint8Array(32)
  const keys = { algorithm: 'HS256', kid: 'one', signing: key, verifying: new Map([['one', key]]) } as const
  const tickets = new Tickets(keys, Date.now, () => 'jti')
  const gate = new Gate({ tickets, accounts: ACCOUNTS, ledger, hub })
  const open = async () => {
    const room = await hub.open({ monitorId: '1', chat: CHAT }, ACCOUNT)
    const expiresAt = Date.now() + 60_000
    const ticket = { jti: 'jti', account: ACCOUNT.id, signIn: null, monitorId: null, expiresAt }
    return { account: { ...ACCOUNT, passwordMark: '' }, room, chat: CHAT, ticket }
  }
  const pass = (milliseconds: number) => {
    time += milliseconds
    return hub.sweep()
  }
  return { hub, gate, open, pass, ledger, remove: () => store.close() }
}

test('[R5] whoever was on the way in for so long that the room was let go is not let into what nobody follows any more', async () => {
  const { gate, open, pass, ledger, remove } = withGate()
  const late = await open()
  await pass(61_000)
  expect(gate.redeem(late)).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(await ledger.spent('jti', CHAT.monitor_hash)).toBe(false)
  const again = await open()
  await pass(59_000)
  await gate.redeem(again)
  await pass(59_000)
  await gate.admit(again)
  await pass(59_000)
  expect((await open()).room).toBe(again.room) // There is still a while to join in.
  remove()
})

test('a room is not let go while it is being opened, so that there are never two of it', async () => {
  const begun = Promise.withResolvers<void>()
  const { hub, open, pass, remove } = withGate({
    ...soleBroker(),
    listen: async (room, ear) => {
      await begun.promise
      return soleBroker().listen(room, ear)
    },
  })
  const first = open()
  await pass(61_000)
  const second = open()
  begun.resolve()
  expect((await first).room).toBe((await second).room)
  expect(hub.size).toBe(1)
  await pass(61_000)
  expect(hub.size).toBe(0)
  remove()
})

/** Rooms with somebody in each, on accounts whose members are these. */
async function manyRooms(members: Accounts['members'], log = (store: Store) => sqliteLog(store, Date.now)) {
  const store = new Store(':memory:')
  const hub = hubOn(store, log(store), soleBroker(), sqliteLedger(store, Date.now), { ...ACCOUNTS, members })
  const closed: string[] = []
  for (let number = 0; number < 300; number++) {
    const chat = { ...CHAT, monitor_hash: `room ${number}` }
    const room = await hub.open({ monitorId: '1', chat }, ACCOUNT)
    const close = ({ reason }: Close) => void closed.push(`${room.id} ${reason}`)
    const socket = { send: () => {}, subscribe: () => {}, backlog: () => 0, close }
    const whose = { account: ACCOUNT.id, member: ACCOUNT, protocol: 'v1', signIn: null } as const
    room.join(new Session({ ...whose, socket, mostBacklogBytes: 1_000 }), chat, null)
  }
  return { hub, closed, remove: () => store.close() }
}

test('[V2] for many who come at once the members are asked for once, and once more for whoever is not among them', async () => {
  const store = new Store(':memory:')
  const joined = { ...ACCOUNT, id: '2' }
  const all = [ACCOUNT]
  let asked = 0
  const members = async () => {
    asked += 1
    const asTheyWere = [...all]
    await Bun.sleep(1)
    return asTheyWere
  }
  const accounts = { ...ACCOUNTS, members }
  const hub = hubOn(store, sqliteLog(store, Date.now), soleBroker(), sqliteLedger(store, Date.now), accounts)
  const open = (account: typeof ACCOUNT) => hub.open({ monitorId: '1', chat: CHAT }, account)
  const opening = Array.from({ length: 100 }, () => open(ACCOUNT))
  while (asked === 0) await Promise.resolve()
  all.push(joined)
  const [room] = await Promise.all([open(joined), ...opening])
  expect(room.people.members).toEqual([ACCOUNT, joined])
  expect(asked).toBe(2)
  room.close()
  store.close()
})

test('[V2] whoever comes in with a new email is among the members with it at once', async () => {
  const store = new Store(':memory:')
  let present = ACCOUNT
  const accounts = { ...ACCOUNTS, members: async () => [present] }
  const hub = hubOn(store, sqliteLog(store, Date.now), soleBroker(), sqliteLedger(store, Date.now), accounts)
  await hub.open({ monitorId: '1', chat: CHAT }, present)
  present = { ...ACCOUNT, email: 'another@example.com' }
  const room = await hub.open({ monitorId: '1', chat: CHAT }, present)
  expect(room.people.members).toEqual([present])
  room.close()
  store.close()
})

test('[X] the members of many rooms are asked for a few at a time, so that whoever logs in meanwhile has their turn', async () => {
  let [atOnce, most, former] = [0, 0, '']
  const { hub, closed, remove } = await manyRooms(async (room) => {
    most = Math.max(most, ++atOnce)
    await Bun.sleep(0)
    atOnce -= 1
    return room === former ? [] : [ACCOUNT]
  })
  former = 'room 299'
  await Promise.all([hub.sweep(), hub.sweep()])
  expect(closed).toEqual(['room 299 no_access'])
  expect(most).toBeLessThanOrEqual(4)
  remove()
})

test('[L7] accounts that do not answer are not asked on and on, and nobody goes for it', async () => {
  let [asked, isAway] = [0, false]
  const { hub, closed, remove } = await manyRooms(async () => {
    asked += 1
    if (isAway) throw new Refusal('accounts_unavailable', 'Cannot reach the accounts')
    return [ACCOUNT]
  })
  isAway = true
  asked = 0
  await hub.sweep()
  expect(closed).toEqual([])
  expect(asked).toBeLessThanOrEqual(4)
  isAway = false
  await hub.sweep()
  expect(asked).toBeGreaterThanOrEqual(300)
  remove()
})

test('[R5] many rooms are compared with the log some at a time, so that whoever talks meanwhile has their turn', async () => {
  let [inThisTurn, most, asked] = [0, 0, 0]
  const nextTurn = () => {
    inThisTurn = 0
  }
  const counted = (store: Store): Log => {
    const log = sqliteLog(store, Date.now)
    const end: Log['end'] = (room) => {
      asked += 1
      if (inThisTurn === 0) setImmediate(nextTurn)
      most = Math.max(most, ++inThisTurn)
      return log.end(room)
    }
    return { ...log, end }
  }
  const { hub, remove } = await manyRooms(async () => [ACCOUNT], counted)
  await Bun.sleep(0)
  asked = most = 0
  await hub.look()
  expect(asked).toBe(300)
  expect(most).toBeLessThanOrEqual(100)
  remove()
})

function hubOn(
  store: Store,
  log: Log,
  broker: Broker,
  ledger: Ledger = sqliteLedger(store, Date.now),
  accounts = ACCOUNTS,
  clock = Date.now,
): Hub {
  const limits = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }
  return new Hub(
    accounts,
    { log, ledger, broker, broadcast: () => undefined, plainHistory: 100, limits, after, watch: UNWATCHED },
    clock,
  )
}

function say(log: Log, text: string): Promise<unknown> {
  return log.append(CHAT.monitor_hash, { type: 'message', by: ACCOUNT.email, text })
}

function textOf(event: RoomEvent): string {
  return 'text' in event ? event.text : ''
}

const unasked = () => Promise.reject(new Error('opening a room asks for its members, and nothing else'))

const ACCOUNTS: Accounts = {
  members: async () => [ACCOUNT],
  authenticate: unasked,
  findByEmail: unasked,
  find: unasked,
  memberships: unasked,
  membership: unasked,
  close: async () => undefined,
}
