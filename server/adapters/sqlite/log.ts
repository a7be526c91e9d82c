// The log in SQLite: the offset is taken and the event written in the same transaction.
import type { RoomId } from '../../../protocol/chat.ts'
import { type Cursor, type Draft, messageOf, type RoomEvent } from '../../../protocol/room-event.ts'
import { CLIENT_ID_MILLISECONDS, type Log, type Page } from '../../ports/log.ts'
import type { Store } from './store.ts'

interface RoomRow {
  readonly number: number
  readonly offset: number
  readonly at: number
}

interface EventRow {
  readonly offset: number
  readonly at: number
  readonly by: string
  readonly client_id: string | null
  readonly type: 'message'
  readonly text: string
}

export function sqliteLog(store: Store, now: () => number): Log {
  const lifetime = store.prepare<{ epoch: string }, []>('SELECT epoch FROM lifetime')
  const room = store.prepare<RoomRow, [string]>('SELECT number, offset, at FROM room WHERE id = ?')
  const addRoom = store.prepare<RoomRow, [string]>(
    'INSERT INTO room (id, offset, at) VALUES (?, 0, 0) RETURNING number, offset, at',
  )
  const advance = store.prepare<null, [number, number, number]>('UPDATE room SET offset = ?, at = ? WHERE number = ?')
  const addEvent = store.prepare<null, [number, number, number, string, string | null, string, string]>(
    'INSERT INTO event (room, offset, at, by, client_id, type, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const columns = 'SELECT offset, at, by, client_id, type, text FROM event'
  const repeated = store.prepare<EventRow, [number, string, string, number]>(
    `${columns} WHERE room = ? AND by = ? AND client_id = ? AND at > ? ORDER BY offset DESC LIMIT 1`,
  )
  const after = store.prepare<EventRow, [number, number]>(`${columns} WHERE room = ? AND offset > ? ORDER BY offset`)
  const latest = store.prepare<EventRow, [number, number, number]>(
    `${columns} WHERE room = ? AND offset < ? ORDER BY offset DESC LIMIT ?`,
  )

  return {
    append: (id: RoomId, draft: Draft) =>
      store.write((): RoomEvent => {
        const { number, ...end } = room.get(id) ?? (addRoom.get(id) as RoomRow)
        const again = draft.clientId && repeated.get(number, draft.by, draft.clientId, now() - CLIENT_ID_MILLISECONDS)
        if (again) return eventOf(again)

        const offset = end.offset + 1
        // Strictly later than the one before: existing clients sort by the timestamp alone.
        const at = Math.max(now(), end.at + 1)
        // Half a surrogate pair cannot be stored, and everyone is to be told what is stored.
        const text = draft.text.toWellFormed()
        addEvent.run(number, offset, at, draft.by, draft.clientId ?? null, draft.type, text)
        advance.run(offset, at, number)
        return { ...draft, text, offset, at }
      }),

    since: (id: RoomId, cursor: Cursor) =>
      store.read(() => {
        const found = room.get(id)
        if (cursor.epoch !== epoch() || cursor.offset > (found?.offset ?? 0)) return 'gap'
        return found ? after.all(found.number, cursor.offset).map(eventOf) : []
      }),

    page: (id: RoomId, { before = Number.MAX_SAFE_INTEGER, limit }) =>
      store.read((): Page => {
        const found = room.get(id)
        const end = { epoch: epoch(), offset: found?.offset ?? 0 }
        if (!found) return { messages: [], more: false, end }
        // One more than asked for tells whether there are older ones.
        const rows = latest.all(found.number, before, limit + 1)
        const messages = rows.slice(0, limit).reverse()
        return { messages: messages.map((row) => messageOf(eventOf(row))), more: rows.length > limit, end }
      }),
  }

  function epoch(): string {
    return lifetime.get()?.epoch ?? ''
  }
}

function eventOf(row: EventRow): RoomEvent {
  const { client_id, ...event } = row
  return client_id === null ? event : { ...event, clientId: client_id }
}
