// A room is opened without a gap, and costs the log no more than it has to.
import { expect, test } from 'bun:test'
import type { RoomEvent } from '../../protocol/event.ts'
import { soleBroker } from '../adapters/sqlite/broker.ts'
import { sqliteLedger } from '../adapters/sqlite/ledger.ts'
import { sqliteLog } from '../adapters/sqlite/log.ts'
import { Store } from '../adapters/sqlite/store.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Broker } from '../ports/broker.ts'
import type { Log } from '../ports/log.ts'
import { Hub } from './hub.ts'
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
  const room = await hub.open({ monitorId: '1', chat: CHAT }, ACCOUNT.id)
  const { epoch } = await log.end(CHAT.monitor_hash)
  const missed = await room.missed({ epoch, offset: 1 })
  expect(missed?.events.map(textOf)).toEqual(['said in between'])
  expect(looks).toBe(1)
  room.close()
  store.close()
})

function hubOn(store: Store, log: Log, broker: Broker): Hub {
  const after = (milliseconds: number, work: () => void) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  }
  const limits = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }
  const ledger = sqliteLedger(store, Date.now)
  return new Hub(
    ACCOUNTS,
    { log, ledger, broker, broadcast: () => undefined, plainHistory: 100, limits, after, watch: UNWATCHED },
    Date.now,
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
