// How far each member of a room has read: kept in the log, and at hand for whoever comes in.
import type { RoomId } from '../../protocol/chat.ts'
import type { Log } from '../ports/log.ts'

export class ReadMarks {
  readonly #room: RoomId
  readonly #log: Log
  readonly #marks: Map<string, number>

  static async open(room: RoomId, log: Log): Promise<ReadMarks> {
    return new ReadMarks(room, log, await log.readMarks(room))
  }

  private constructor(room: RoomId, log: Log, marks: ReadonlyMap<string, number>) {
    this.#room = room
    this.#log = log
    this.#marks = new Map(marks)
  }

  of(email: string): number {
    return this.#marks.get(email) ?? 0
  }

  /** Moves the mark forward, never back; resolves to where it is kept now, or to `null` when that is no news (rule V8). */
  async move(email: string, upto: number): Promise<number | null> {
    if (upto <= this.of(email)) return null
    const kept = await this.#log.markRead(this.#room, email, upto)
    return this.note(email, kept) ? kept : null // Another session of theirs may have been quicker.
  }

  kept(): Promise<ReadonlyMap<string, number>> {
    return this.#log.readMarks(this.#room)
  }

  /** The log was replaced: its marks take the place of the former one's, also where they lie further back. */
  async startAfresh(): Promise<void> {
    const kept = await this.kept()
    this.#marks.clear()
    for (const [email, upto] of kept) this.#marks.set(email, upto)
  }

  /** Takes note of where a mark is kept; whether that is news. */
  note(email: string, kept: number): boolean {
    if (kept <= this.of(email)) return false
    this.#marks.set(email, kept)
    return true
  }
}
