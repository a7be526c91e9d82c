// The log in SQLite: offset, event and what the message has become are one step of one transaction.
import type { RoomId } from '../../../protocol/chat.ts'
import { changed, changeOf, type Draft, type Message, type RoomEvent } from '../../../protocol/event.ts'
import { FrameRefusal } from '../../../protocol/refusal.ts'
import { type Log, MOST_EMOJI, type Page, type Range, type Stored } from '../../ports/log.ts'
import { noMessage, notYours, tooManyReactions } from '../../ports/log-refusals.ts'
import { keyOf } from './keys.ts'
import { lastBefore } from './moment.ts'
import { sqlitePins } from './pins.ts'
import { sqliteReadMarks } from './read-marks.ts'
import { type KnownRoom, Rooms } from './rooms.ts'
import { COLUMNS, type EventRow, eventOf, keptIn, messageIn } from './rows.ts'
import { Search } from './search.ts'
import type { Store } from './store.ts'

const BEYOND = Number.MAX_SAFE_INTEGER

export function sqliteLog(store: Store, now: () => number): Log {
  const lifetime = store.prepare<{ epoch: string }, []>('SELECT epoch FROM lifetime')
  const addEvent = store.prepare<null, [number, number, string, string | null, number | null, string]>(
    'INSERT INTO event (key, at, by, client_id, about, change) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const among = (kind: string, range: string) => `SELECT ${COLUMNS} FROM event WHERE ${kind} AND ${range}`
  const [said, other] = ['about IS NULL', 'about IS NOT NULL'] as const
  const messageAt = store.prepare<EventRow, [number]>(among(said, 'key = ?'))
  const otherAt = store.prepare<EventRow, [number]>(among(other, 'key = ?'))
  const between = 'key > ?1 AND key <= ?2'
  const after = store.prepare<EventRow, [number, number]>(
    `${among(said, between)} UNION ALL ${among(other, between)} ORDER BY key`,
  )
  const page = (order: string) =>
    store.prepare<EventRow, [number, number, number]>(
      `${among(said, 'key > ? AND key < ?')} ORDER BY key ${order} LIMIT ?`,
    )
  const [older, newer] = [page('DESC'), page('ASC')]
  const setState = store.prepare<null, [string, number]>('UPDATE event SET state = ? WHERE seq = ?')
  const forgetText = store.prepare<null, [number]>(
    "UPDATE event SET change = json_set(change, '$.text', '') WHERE seq = ?",
  )
  const rooms = new Rooms(store, now)
  const search = new Search(store)
  const readMarks = sqliteReadMarks(store)
  const pins = sqlitePins(store)

  return {
    async append(id, draft) {
      const outcome = await store.write(() => appendNow(id, draft))
      if (outcome instanceof FrameRefusal) throw outcome
      if (draft.type === 'message') search.soon()
      return outcome
    },

    since: (id, cursor, most) =>
      store.read(() => {
        const room = rooms.find(id)
        const end = room === null ? 0 : rooms.endOf(room)
        if (cursor.epoch !== epoch() || cursor.offset > end || end - cursor.offset > most) return 'gap'
        return room === null ? [] : after.all(keyOf(room, cursor.offset), keyOf(room, end)).map(eventOf)
      }),

    end: (id) => store.read(() => endOf(rooms.find(id))),

    page: (id, range) =>
      store.read((): Page => {
        const room = rooms.find(id)
        const end = endOf(room)
        if (room === null) return { messages: [], more: false, end }
        const rows = pageOf(room, range)
        // One more was asked for, which tells whether there are others.
        const messages = rows.slice(0, range.limit).map(messageIn)
        return {
          messages: range.after === undefined ? messages.reverse() : messages,
          more: rows.length > range.limit,
          end,
        }
      }),

    async search(id, query, range) {
      const room = await store.read(() => rooms.find(id))
      return room === null ? { messages: [], more: false } : search.find(room, query, range)
    },

    pins: (id, range) =>
      store.read(() => {
        const room = rooms.find(id)
        return room === null ? { messages: [], more: false } : pins.find(room, range)
      }),

    lastBefore: (id, at) =>
      store.read(() => {
        const room = rooms.find(id)
        return room === null ? 0 : lastBefore(at, rooms.endOf(room), (after) => pageOf(room, { after, limit: 0 })[0])
      }),

    markRead: (id, email, upto) =>
      store.write(() => {
        const { number, offset } = rooms.know(id)
        return readMarks.move(number, email, Math.min(upto, offset))
      }),

    readMarks: (id) =>
      store.read(() => {
        const room = rooms.find(id)
        return room === null ? new Map() : readMarks.all(room)
      }),
  }

  function appendNow(id: RoomId, draft: Draft): Stored | FrameRefusal {
    const room = rooms.know(id)
    const again = draft.clientId && sentBefore(room, draft.by, draft.clientId)
    if (again) return { epoch: epoch(), event: eventOf(again) }

    const offset = room.offset + 1
    // Strictly later than the one before: existing clients sort by the timestamp alone.
    const at = Math.max(now(), room.at + 1)
    const change = changeOf(draft)
    const sent = draft.clientId ? { clientId: draft.clientId } : {}
    const event: RoomEvent = { ...change, offset, at, by: draft.by, ...sent }

    const named = event.type === 'message' ? event.replyTo : event.message
    if (named !== undefined && draft.epoch !== undefined && draft.epoch !== epoch()) return noMessage()
    const refusal = event.type === 'message' ? answered(room, event) : alter(room, event, draft.owner === true)
    if (refusal) return refusal
    const about = event.type === 'message' ? null : Number(event.message)
    addEvent.run(keyOf(room.number, offset), at, draft.by, draft.clientId ?? null, about, JSON.stringify(change))
    rooms.note(room, event)
    return { epoch: epoch(), event }
  }

  function sentBefore(room: KnownRoom, by: string, clientId: string): EventRow | null {
    const offset = rooms.repeated(room, by, clientId)
    if (offset === null) return null
    const key = keyOf(room.number, offset)
    return messageAt.get(key) ?? otherAt.get(key)
  }

  /** What somebody answers to has to be there. */
  function answered({ number }: KnownRoom, { replyTo }: RoomEvent & { type: 'message' }): FrameRefusal | null {
    return replyTo !== undefined && !messageAt.get(keyOf(number, Number(replyTo))) ? noMessage() : null
  }

  function alter(room: KnownRoom, event: Exclude<RoomEvent, { type: 'message' }>, owner: boolean): FrameRefusal | null {
    const row = messageAt.get(keyOf(room.number, Number(event.message)))
    if (!row) return noMessage()
    const { message: before, edits } = keptIn(row)
    if (before.deleted) return noMessage()
    if (!mayChange(before, event, owner)) return notYours()
    if (isOneEmojiTooMany(before, event)) return tooManyReactions()

    const message = changed(before, event)
    const kept = { message, edits: event.type === 'edited' ? [...edits, event.offset] : edits }
    setState.run(JSON.stringify(kept), row.seq)
    if (event.type === 'pinned' || event.type === 'deleted') pins.follow(room.number, message, row.seq)
    if (event.type === 'edited' || event.type === 'deleted') search.replace(row, message.text)
    // Deleted means gone: whoever catches up later is told that there was a message, not what it said.
    if (event.type === 'deleted') {
      const said = [row, ...edits.map((offset) => otherAt.get(keyOf(room.number, offset)))]
      for (const one of said) if (one) forgetText.run(one.seq)
    }
    return null
  }

  function pageOf(room: number, { before = BEYOND, after: from, limit }: Range): EventRow[] {
    const end = keyOf(room, before)
    return from === undefined ? older.all(keyOf(room, 0), end, limit + 1) : newer.all(keyOf(room, from), end, limit + 1)
  }

  function endOf(room: number | null) {
    return { epoch: epoch(), offset: room === null ? 0 : rooms.endOf(room) }
  }

  /** Read each time: the file may have been replaced by a backup of it. */
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
  if (event.type !== 'reacted' || !event.on || Object.hasOwn(reactions, event.emoji)) return false
  return Object.keys(reactions).length >= MOST_EMOJI
}
