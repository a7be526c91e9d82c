// The rooms alive in this process.
import type { RoomId } from '../../protocol/chat.ts'
import { CLOSE } from '../../protocol/close.ts'
import type { Log } from '../ports/log.ts'
import { Room } from './room.ts'

/** An empty room is kept this long, for whoever is on the way in and for those who come right back. */
export const EMPTY_ROOM_MILLISECONDS = 60_000

interface Entry {
  readonly opening: Promise<Room>
  room?: Room
  wantedAt: number
}

export class Hub {
  readonly #log: Log
  readonly #mostRecent: number
  readonly #now: () => number
  readonly #entries = new Map<RoomId, Entry>()

  constructor(log: Log, mostRecent: number, now: () => number) {
    this.#log = log
    this.#mostRecent = mostRecent
    this.#now = now
  }

  /** The one room of this id in this process, opened if need be. */
  open(id: RoomId): Promise<Room> {
    const entry = this.#entries.get(id) ?? this.#begin(id)
    entry.wantedAt = this.#now()
    return entry.opening
  }

  /** Closes every session that the sign-in opened (rule L9). */
  signOut(signIn: string): void {
    for (const room of this.#alive()) room.close(CLOSE.signedOut, (session) => session.signIn === signIn)
  }

  /** Sends everyone away, to come back after the restart. */
  drain(): void {
    for (const room of this.#alive()) room.close(CLOSE.restarting)
  }

  /** Lets go of rooms where nobody has been for a while. */
  sweep(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.room && entry.room.sessions.size > 0) entry.wantedAt = this.#now()
      else if (this.#now() - entry.wantedAt > EMPTY_ROOM_MILLISECONDS) this.#entries.delete(id)
    }
  }

  #begin(id: RoomId): Entry {
    const entry: Entry = { opening: Room.open(id, this.#log, this.#mostRecent), wantedAt: this.#now() }
    this.#entries.set(id, entry)
    entry.opening.then(
      (room) => {
        entry.room = room
      },
      () => this.#entries.delete(id), // Whoever waits for it is told why; the next who comes tries anew.
    )
    return entry
  }

  *#alive(): Iterable<Room> {
    for (const { room } of this.#entries.values()) if (room) yield room
  }
}
