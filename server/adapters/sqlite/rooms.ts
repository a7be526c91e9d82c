// What a writer has to know of a room: where its log ends, and which client ids came lately. Read once, then kept in mind.
import type { RoomId } from '../../../protocol/chat.ts'
import { CLIENT_ID_MILLISECONDS } from '../../ports/log.ts'
import { keyOf, offsetOf } from './keys.ts'
import { COLUMNS, type EventRow } from './rows.ts'
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
  /** When the event of each client id was, and at which offset; oldest first. */
  readonly recent: Map<string, { readonly offset: number; readonly at: number }>
}

export class Rooms {
  readonly #now: () => number
  readonly #known = new Map<RoomId, KnownRoom>()
  readonly #number
  readonly #add
  readonly #latest

  constructor(store: Store, now: () => number) {
    this.#now = now
    this.#number = store.prepare<{ number: number }, [string]>('SELECT number FROM room WHERE id = ?')
    this.#add = store.prepare<{ number: number }, [string]>('INSERT INTO room (id) VALUES (?) RETURNING number')
    this.#latest = ['about IS NULL', 'about IS NOT NULL'].map((kind) =>
      store.prepare<EventRow, [number, number, number]>(
        `SELECT ${COLUMNS} FROM event WHERE ${kind} AND key > ? AND key < ? ORDER BY key DESC LIMIT ?`,
      ),
    )
    // What was not committed did not happen, and what others wrote is not known here.
    store.onForget(() => this.#known.clear())
  }

  /** The room's number, or `null` when nothing has been written in it. */
  find(id: RoomId): number | null {
    return this.#known.get(id)?.number ?? this.#number.get(id)?.number ?? null
  }

  /** Where the room ends, as committed. */
  endOf(number: number): number {
    return offsetOf(this.#before(number, BEYOND, 1)[0]?.key ?? 0)
  }

  /** To be called inside a write only. */
  know(id: RoomId): KnownRoom {
    return this.#known.get(id) ?? this.#read(id)
  }

  /** The offset of the event that this client id has made in the last ten minutes. */
  repeated({ recent }: KnownRoom, by: string, clientId: string): number | null {
    const since = this.#now() - CLIENT_ID_MILLISECONDS
    for (const [name, { at }] of recent) {
      if (at > since) break
      recent.delete(name)
    }
    return recent.get(nameOf(by, clientId))?.offset ?? null
  }

  /** Takes note of an event that is written now. */
  note(room: KnownRoom, event: { offset: number; at: number; by: string; clientId?: string }): void {
    const { offset, at, by, clientId } = event
    room.offset = offset
    room.at = at
    if (clientId !== undefined) room.recent.set(nameOf(by, clientId), { offset, at })
  }

  #read(id: RoomId): KnownRoom {
    const { number } = this.#number.get(id) ?? this.#add.get(id) ?? {}
    if (number === undefined) throw new Error('a room could not be added')
    const recent = this.#lastMinutes(number)
    const [last] = recent.length > 0 ? recent : this.#before(number, BEYOND, 1)
    const room: KnownRoom = { number, offset: 0, at: 0, recent: new Map() }
    if (last) [room.offset, room.at] = [offsetOf(last.key), last.at]
    for (const { key, at, by, client_id } of recent.toReversed()) {
      if (client_id !== null) room.recent.set(nameOf(by, client_id), { offset: offsetOf(key), at })
    }
    if (this.#known.size >= MOST_ROOMS) this.#known.clear()
    this.#known.set(id, room)
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
    const rows = this.#latest.flatMap((latest) => latest.all(keyOf(number, 0), keyOf(number, before), most))
    return rows.sort((one, other) => other.key - one.key).slice(0, most)
  }
}

/** The length keeps apart what would otherwise read the same. */
function nameOf(by: string, clientId: string): string {
  return `${by.length}:${by}${clientId}`
}
