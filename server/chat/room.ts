// A room alive in this process: it keeps what is said, tells everyone in order, and lets people in without a gap.
import type { RoomId } from '../../protocol/chat.ts'
import { CLOSE, type Close } from '../../protocol/close.ts'
import { plainMessage } from '../../protocol/plain.ts'
import { type Cursor, type Draft, messageOf, type RoomEvent } from '../../protocol/room-event.ts'
import type { Log, Page } from '../ports/log.ts'
import type { Session } from './session.ts'

export class Room {
  readonly id: RoomId
  readonly sessions = new Set<Session>()
  readonly #log: Log
  readonly #mostRecent: number
  /** The latest messages as plain frames, so that joining asks the log for nothing. */
  #recent: string[]
  #told: Cursor
  #repair: Promise<void> | undefined

  /** Opens the room where its log ends now. `mostRecent` is how many messages a plain session gets on joining. */
  static async open(id: RoomId, log: Log, mostRecent: number): Promise<Room> {
    return new Room(id, log, mostRecent, await log.page(id, { limit: mostRecent }))
  }

  private constructor(id: RoomId, log: Log, mostRecent: number, { messages, end }: Page) {
    this.id = id
    this.#log = log
    this.#mostRecent = mostRecent
    this.#recent = messages.map(plainMessage)
    this.#told = end
  }

  /** From here on the session misses nothing: it gets the latest messages and then every one after them. */
  join(session: Session): void {
    session.greet(this.#recent)
    this.sessions.add(session)
  }

  leave(session: Session): void {
    this.sessions.delete(session)
  }

  /** Keep, then tell: nobody hears of an event that is not stored (rule R3). */
  async receive(draft: Draft): Promise<RoomEvent> {
    const event = await this.#log.append(this.id, draft)
    await this.deliver(event)
    return event
  }

  /** Tells everyone here of a stored event, in the order of offsets; what was missed before it is fetched from the log first. */
  async deliver(event: RoomEvent): Promise<void> {
    if (event.offset > this.#told.offset + 1) await this.#catchUp()
    if (event.offset === this.#told.offset + 1) this.#tell(event)
  }

  close(close: Close, which: (session: Session) => boolean = () => true): void {
    for (const session of this.sessions) if (which(session)) session.close(close)
  }

  #tell(event: RoomEvent): void {
    this.#told = { ...this.#told, offset: event.offset }
    const frame = plainMessage(messageOf(event))
    this.#recent.push(frame)
    while (this.#recent.length > this.#mostRecent) this.#recent.shift()
    for (const session of this.sessions) session.send(frame)
  }

  /** One repair at a time: whoever else finds the gap waits for the same one. */
  #catchUp(): Promise<void> {
    this.#repair ??= this.#fetchMissed().finally(() => {
      this.#repair = undefined
    })
    return this.#repair
  }

  async #fetchMissed(): Promise<void> {
    const missed = await this.#log.since(this.id, this.#told)
    if (missed === 'gap') return this.#startAfresh()
    for (const event of missed) if (event.offset === this.#told.offset + 1) this.#tell(event)
  }

  /** The log was replaced under our feet: whoever is here has to come back and see what it holds now. */
  async #startAfresh(): Promise<void> {
    this.close(CLOSE.outOfStep)
    const { messages, end } = await this.#log.page(this.id, { limit: this.#mostRecent })
    this.#recent = messages.map(plainMessage)
    this.#told = end
  }
}
