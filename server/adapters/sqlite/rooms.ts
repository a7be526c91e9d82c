// What a writer has to know of a room: where its log ends, and which client ids came lately. Read once, then kept in mind.
import type { RoomId } from '../../../protocol/chat.ts'
import { CLIENT_ID_MILLISECONDS } from '../../ports/log.ts'
import type { Events } from './events.ts'
import { offsetOf } from './keys.ts'
import type { EventRow } from './rows.ts'
import type { Store } from './store.ts'

/** Rooms kept in mind. One that is forgotten is read again. */
const MOST_ROOMS = 10_000
/** Events that are looked at in one step on the way back through the last ten minutes. */
const STEP = 1_000
const BEYOND = Number.MAX_SAFE_INTEGER

export interface KnownRoom {
  readonly number: number
  offset: number
  at: number
  /** The offset that each client id of the last minutes has made; those of the ten minutes before that are in `older`. */
  recent: Map<string, number>
  older: Map<string, number>
  /** When the recent ones become the older ones, and these are forgotten. */
  turnAt: number
}

export class Rooms {
  readonly #now: () => number
  readonly #events: Events
  readonly #known: () => Map<RoomId, KnownRoom>
  readonly #number
  readonly #add
  readonly #all

  constructor(store: Store, events: Events, now: () => number) {
    this.#now = now
    this.#events = events
    this.#number = store.prepare<{ number: number }, [string]>('SELECT number FROM room WHERE id = ?')
    this.#add = store.prepare<{ number: number }, [string]>('INSERT INTO room (id) VALUES (?) RETURNING number')
    this.#all = store.prepare<{ id: string }, []>('SELECT id FROM room')
    this.#known = store.remember(() => new Map())
  }

  /** The room's number, or `null` when nothing has been written in it. */
  find(id: RoomId): number | null {
    return this.#known().get(id)?.number ?? this.#number.get(id)?.number ?? null
  }

  /** Of all rooms that have a number. */
  all(): readonly RoomId[] {
    return this.#all.all().map(({ id }) => id)
  }

  /** Where the room ends, as committed. */
  endOf(number: number): number {
    return offsetOf(this.#before(number, BEYOND, 1)[0]?.key ?? 0)
  }

  /** To be called inside a write only. */
  know(id: RoomId): KnownRoom {
    return this.#known().get(id) ?? this.#read(id)
  }

  /** The event that this client id (`nameOf`) has made in the last ten minutes. */
  repeated(room: KnownRoom, name: string): EventRow | null {
    const now = this.#now()
    if (now >= room.turnAt) turn(room, now)
    const offset = room.recent.get(name) ?? room.older.get(name)
    const event = offset === undefined ? null : this.#events.at(room.number, offset)
    return event && event.at > now - CLIENT_ID_MILLISECONDS ? event : null
  }

  /** Takes note of an event that is written now. */
  note(room: KnownRoom, { offset, at }: { offset: number; at: number }, name: string | null): void {
    room.offset = offset
    room.at = at
    if (name !== null) room.recent.set(name, offset)
  }

  #read(id: RoomId): KnownRoom {
    const { number } = this.#number.get(id) ?? this.#add.get(id) ?? {}
    if (number === undefined) throw new Error('a room could not be added')
    const recent = this.#lastMinutes(number)
    const [last] = recent.length > 0 ? recent : this.#before(number, BEYOND, 1)
    const turnAt = this.#now() + CLIENT_ID_MILLISECONDS
    const room: KnownRoom = { number, offset: 0, at: 0, recent: new Map(), older: new Map(), turnAt }
    if (last) [room.offset, room.at] = [offsetOf(last.key), last.at]
    for (const { key, by, client_id } of recent.toReversed()) {
      if (client_id !== null) room.recent.set(nameOf(by, client_id), offsetOf(key))
    }
    if (this.#known().size >= MOST_ROOMS) this.#known().clear()
    this.#known().set(id, room)
    return room
  }

  /** Newest first. In a room times rise with offsets. */
  #lastMinutes(number: number): readonly EventRow[] {
    const since = this.#now() - CLIENT_ID_MILLISECONDS
    const all: EventRow[] = []
    for (let before = BEYOND; ; ) {
      const step = this.#before(number, before, STEP)
      const recent = step.filter(({ at }) => at > since)
      all.push(...recent)
      if (recent.length < STEP) return all
      before = offsetOf(recent.at(-1)?.key ?? 0)
    }
  }

  #before(number: number, before: number, most: number): readonly EventRow[] {
    return this.#events.newest(number, { after: 0, before, most })
  }
}

/** Ten minutes at a time: looking for what is old at every message would cost more than keeping it a while longer. */
function turn(room: KnownRoom, now: number): void {
  room.older = room.recent
  room.recent = new Map()
  room.turnAt = now + CLIENT_ID_MILLISECONDS
}

/** A member's client id. The length keeps apart what would otherwise read the same. */
export function nameOf(by: string, clientId: string): string {
  return `${by.length}:${by}${clientId}`
}
