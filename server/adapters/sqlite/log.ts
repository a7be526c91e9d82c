// The log in SQLite: offset, event and what the message has become are one step of one transaction.
import type { RoomId } from '../../../protocol/chat.ts'
import {
  changed,
  changeOf,
  charactersIn,
  type Draft,
  happened,
  type Message,
  type RoomEvent,
} from '../../../protocol/event.ts'
import type { FrameRefusal } from '../../../protocol/refusal.ts'
import { type Log, MOST_EMOJI, type Page, type Range, type Stored } from '../../ports/log.ts'
import { noMessage, notYours, tooManyReactions } from '../../ports/log-refusals.ts'
import { sqliteEdits } from './edits.ts'
import { Events } from './events.ts'
import { lastBefore } from './moment.ts'
import { sqlitePins } from './pins.ts'
import { sqliteReadMarks } from './read-marks.ts'
import { type KnownRoom, nameOf, Rooms } from './rooms.ts'
import { type EventRow, eventOf, type Kept, keptIn, messageIn } from './rows.ts'
import { Search } from './search.ts'
import type { Store } from './store.ts'
import type { Stretch } from './unplaced.ts'

const BEYOND = Number.MAX_SAFE_INTEGER
/** So many that each page of places takes up a good number of them, and so few that placing them, or reading them at the start, takes milliseconds. */
const MOST_UNPLACED = 16_384

export function sqliteLog(store: Store, now: () => number, mostUnplaced = MOST_UNPLACED): Log {
  const lifetime = store.prepare<{ epoch: string }, []>('SELECT epoch FROM lifetime')
  const epoch = store.remember(() => lifetime.get()?.epoch ?? '')
  const setState = store.prepare<null, [string, number]>('UPDATE event SET state = ? WHERE seq = ?')
  const events = new Events(store, mostUnplaced)
  const rooms = new Rooms(store, events, now)
  const search = new Search(store, events)
  const edits = sqliteEdits(store, events)
  const readMarks = sqliteReadMarks(store)
  const pins = sqlitePins(store)

  return {
    append: (id, draft) => store.write(() => appendNow(id, draft)),

    since: (id, cursor, most, mostCharacters) =>
      store.read(() => {
        const room = rooms.find(id)
        const end = room === null ? 0 : rooms.endOf(room)
        if (cursor.epoch !== epoch() || cursor.offset > end || end - cursor.offset > most) return 'gap'
        return room === null ? [] : missedIn(room, { after: cursor.offset, before: BEYOND, most }, mostCharacters)
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

    forgetReadMark: (id, email) =>
      store.write(() => {
        const room = rooms.find(id)
        if (room !== null) readMarks.forget(room, email)
      }),

    rooms: () => store.read(() => rooms.all()),
  }

  function appendNow(id: RoomId, draft: Draft): Stored | FrameRefusal {
    const room = rooms.know(id)
    const { by, clientId } = draft
    const name = clientId === undefined ? null : nameOf(by, clientId)
    const again = name && rooms.repeated(room, name)
    if (again) return { epoch: epoch(), event: eventOf(again) }

    const offset = room.offset + 1
    // Strictly later than the one before: existing clients sort by the timestamp alone.
    const at = Math.max(now(), room.at + 1)
    const change = changeOf(draft)
    const event: RoomEvent = happened(change, { offset, at, by, clientId })

    const named = event.type === 'message' ? event.replyTo : event.message
    if (named !== undefined && draft.epoch !== undefined && draft.epoch !== epoch()) return noMessage()
    const refusal = event.type === 'message' ? answered(room, event) : alter(room, event, draft.owner === true)
    if (refusal) return refusal
    const kind = event.type === 'message' ? 'said' : 'other'
    events.add({ room: room.number, kind, offset, at, by, clientId, change: JSON.stringify(change) })
    rooms.note(room, event, name)
    if (kind === 'said') search.soon()
    return { epoch: epoch(), event }
  }

  /** What somebody answers to has to be there. */
  function answered({ number }: KnownRoom, { replyTo }: RoomEvent & { type: 'message' }): FrameRefusal | null {
    return replyTo !== undefined && !events.said(number, Number(replyTo)) ? noMessage() : null
  }

  function alter(room: KnownRoom, event: Exclude<RoomEvent, { type: 'message' }>, owner: boolean): FrameRefusal | null {
    const row = events.said(room.number, Number(event.message))
    if (!row) return noMessage()
    const { message: before, edits: former } = keptIn(row)
    if (before.deleted) return noMessage()
    if (!mayChange(before, event, owner)) return notYours()
    if (isOneEmojiTooMany(before, event)) return tooManyReactions()

    const message = changed(before, event)
    setState.run(JSON.stringify({ message, edits: [] } satisfies Kept), row.seq)
    edits.takeOver(row, former)
    if (event.type === 'edited') edits.note(room, row, event.offset)
    if (event.type === 'pinned' || event.type === 'deleted') pins.follow(room.number, message, row.seq)
    if (event.type === 'edited' || event.type === 'deleted') search.replace(row, message.text)
    // Deleted means gone: whoever catches up later is told that there was a message, not what it said.
    if (event.type === 'deleted') edits.forgetAll(room, row)
    return null
  }

  function missedIn(room: number, stretch: Stretch, mostCharacters = Number.POSITIVE_INFINITY): RoomEvent[] | 'gap' {
    const missed: RoomEvent[] = []
    let characters = 0
    for (const row of events.each(room, stretch)) {
      const event = eventOf(row)
      characters += charactersIn(event)
      if (characters > mostCharacters) return 'gap'
      missed.push(event)
    }
    return missed
  }

  function pageOf(room: number, { before = BEYOND, after, limit }: Range): readonly EventRow[] {
    const most = limit + 1
    if (after === undefined) return events.newest(room, { after: 0, before, most }, ['said'])
    return events.oldest(room, { after, before, most }, ['said'])
  }

  function endOf(room: number | null) {
    return { epoch: epoch(), offset: room === null ? 0 : rooms.endOf(room) }
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
