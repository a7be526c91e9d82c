// The log in SQLite: offset, event and the message's new state are one step of one transaction.
import type { RoomId } from '../../../protocol/chat.ts'
import { changed, type Draft, type Message, messageOf, type RoomEvent } from '../../../protocol/event.ts'
import { FrameRefusal } from '../../../protocol/refusal.ts'
import { CLIENT_ID_MILLISECONDS, type Log, MOST_EMOJI, type Page, type Range } from '../../ports/log.ts'
import { sqliteReadMarks } from './read-marks.ts'
import { changeIn, type EventRow, eventOf, type MessageRow, messageIn } from './rows.ts'
import { sqliteSearch } from './search.ts'
import type { Store } from './store.ts'

interface RoomRow {
  readonly number: number
  readonly offset: number
  readonly at: number
}

const BEYOND = Number.MAX_SAFE_INTEGER

export function sqliteLog(store: Store, now: () => number): Log {
  const lifetime = store.prepare<{ epoch: string }, []>('SELECT epoch FROM lifetime')
  const room = store.prepare<RoomRow, [string]>('SELECT number, offset, at FROM room WHERE id = ?')
  const addRoom = store.prepare<RoomRow, [string]>(
    'INSERT INTO room (id, offset, at) VALUES (?, 0, 0) RETURNING number, offset, at',
  )
  const advance = store.prepare<null, [number, number, number]>('UPDATE room SET offset = ?, at = ? WHERE number = ?')
  const addEvent = store.prepare<null, [number, number, number, string, string | null, number, string]>(
    'INSERT INTO event (room, offset, at, by, client_id, message, change) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const columns = 'SELECT offset, at, by, client_id, change FROM event'
  const repeated = store.prepare<EventRow, [number, string, string, number]>(
    `${columns} WHERE room = ? AND by = ? AND client_id = ? AND at > ? ORDER BY offset DESC LIMIT 1`,
  )
  const after = store.prepare<EventRow, [number, number, number]>(
    `${columns} WHERE room = ? AND offset > ? ORDER BY offset LIMIT ?`,
  )
  const message = store.prepare<MessageRow & { key: number }, [number, number]>(
    'SELECT key, id, state FROM message WHERE room = ? AND id = ?',
  )
  const addMessage = store.prepare<{ key: number }, [number, number, string]>(
    'INSERT INTO message (room, id, state) VALUES (?, ?, ?) RETURNING key',
  )
  const setMessage = store.prepare<null, [string, number]>('UPDATE message SET state = ? WHERE key = ?')
  const forgetText = store.prepare<null, [number, number]>(
    "UPDATE event SET change = json_set(change, '$.text', '') WHERE room = ? AND message = ? AND change ->> 'text' IS NOT NULL",
  )
  const older = store.prepare<MessageRow, [number, number, number]>(
    'SELECT id, state FROM message WHERE room = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const newer = store.prepare<MessageRow, [number, number, number, number]>(
    'SELECT id, state FROM message WHERE room = ? AND id > ? AND id < ? ORDER BY id LIMIT ?',
  )
  const words = sqliteSearch(store)
  const readMarks = sqliteReadMarks(store)

  return {
    async append(id, draft) {
      const outcome = await store.write(() => appendNow(id, draft))
      if (outcome instanceof FrameRefusal) throw outcome
      return outcome
    },

    since: (id, cursor, most) =>
      store.read(() => {
        const found = room.get(id)
        const end = found?.offset ?? 0
        if (cursor.epoch !== epoch() || cursor.offset > end || end - cursor.offset > most) return 'gap'
        return found ? after.all(found.number, cursor.offset, most).map(eventOf) : []
      }),

    page: (id, range) =>
      store.read((): Page => {
        const found = room.get(id)
        const end = { epoch: epoch(), offset: found?.offset ?? 0 }
        if (!found) return { messages: [], more: false, end }
        const rows = pageOf(found.number, range)
        // One more was asked for, which tells whether there are others.
        const messages = rows.slice(0, range.limit).map(messageIn)
        return {
          messages: range.after === undefined ? messages.reverse() : messages,
          more: rows.length > range.limit,
          end,
        }
      }),

    search: (id, query, range) =>
      store.read(() => {
        const found = room.get(id)
        return found ? words.find(found.number, query, range) : { messages: [], more: false }
      }),

    markRead: (id, email, upto) =>
      store.write(() => {
        const { number, offset } = roomNow(id)
        return readMarks.move(number, email, Math.min(upto, offset))
      }),

    readMarks: (id) =>
      store.read(() => {
        const found = room.get(id)
        return found ? readMarks.all(found.number) : new Map()
      }),
  }

  function appendNow(id: RoomId, draft: Draft): RoomEvent | FrameRefusal {
    const { number, ...end } = roomNow(id)
    const again = draft.clientId && repeated.get(number, draft.by, draft.clientId, now() - CLIENT_ID_MILLISECONDS)
    if (again) return eventOf(again)

    const offset = end.offset + 1
    // Strictly later than the one before: existing clients sort by the timestamp alone.
    const at = Math.max(now(), end.at + 1)
    const change = changeIn(draft)
    const event: RoomEvent = {
      ...change,
      offset,
      at,
      by: draft.by,
      ...(draft.clientId ? { clientId: draft.clientId } : {}),
    }

    const refusal = event.type === 'message' ? say(number, event) : alter(number, event, draft.owner === true)
    if (refusal) return refusal
    const about = event.type === 'message' ? offset : Number(event.message)
    addEvent.run(number, offset, at, draft.by, draft.clientId ?? null, about, JSON.stringify(change))
    advance.run(offset, at, number)
    return event
  }

  function say(number: number, event: RoomEvent & { type: 'message' }): FrameRefusal | null {
    if (event.replyTo !== undefined && !message.get(number, Number(event.replyTo))) return noMessage()
    const said = addMessage.get(number, event.offset, JSON.stringify(messageOf(event)))
    if (said) words.add(said.key, number, event.text)
    return null
  }

  function alter(number: number, event: Exclude<RoomEvent, { type: 'message' }>, owner: boolean): FrameRefusal | null {
    const row = message.get(number, Number(event.message))
    const before = row && messageIn(row)
    if (!before || before.deleted) return noMessage()
    if (!mayChange(before, event, owner)) return notYours()
    if (isOneEmojiTooMany(before, event)) return tooManyReactions()

    const after = changed(before, event)
    setMessage.run(JSON.stringify(after), row.key)
    if (event.type === 'edited' || event.type === 'deleted') words.replace(row.key, number, after.text)
    // Deleted means gone: whoever catches up later is told that there was a message, not what it said.
    if (event.type === 'deleted') forgetText.run(number, row.id)
    return null
  }

  function roomNow(id: RoomId): RoomRow {
    const found = room.get(id) ?? addRoom.get(id)
    if (!found) throw new Error('a room could not be added')
    return found
  }

  function pageOf(number: number, { before = BEYOND, after: from, limit }: Range): MessageRow[] {
    if (from === undefined) return older.all(number, before, limit + 1)
    return newer.all(number, from, before, limit + 1)
  }

  function epoch(): string {
    return lifetime.get()?.epoch ?? ''
  }
}

function mayChange(message: Message, event: RoomEvent, owner: boolean): boolean {
  if (event.type === 'edited') return message.by === event.by
  if (event.type === 'deleted') return message.by === event.by || owner
  return true
}

function isOneEmojiTooMany({ reactions }: Message, event: RoomEvent): boolean {
  if (event.type !== 'reacted' || !event.on || event.emoji in reactions) return false
  return Object.keys(reactions).length >= MOST_EMOJI
}

function tooManyReactions(): FrameRefusal {
  return new FrameRefusal(
    'too_many_reactions',
    `Cannot react: the message has ${MOST_EMOJI} different reactions already`,
  )
}

function noMessage(): FrameRefusal {
  return new FrameRefusal('no_message', 'Cannot find the message: there is none with this id in the room any more')
}

function notYours(): FrameRefusal {
  return new FrameRefusal('not_yours', 'Cannot change the message: somebody else wrote it')
}
