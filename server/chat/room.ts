// A room alive in this process: it keeps what happens, tells everyone in order, and lets people in without a gap.
import type { Chat, RoomId } from '../../protocol/chat.ts'
import { CLOSE } from '../../protocol/close.ts'
import { type Cursor, type Draft, messageOf, type RoomEvent } from '../../protocol/event.ts'
import { plainMessage } from '../../protocol/plain.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { eventFrame, type WireLimits } from '../../protocol/v1.ts'
import type { Broker } from '../ports/broker.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Backwards, Found, Log, Page, Range, Stored } from '../ports/log.ts'
import { Audience, type Broadcast } from './audience.ts'
import { Delivery } from './delivery.ts'
import { greetingOf, readTail } from './greeting.ts'
import type { Deleted } from './moderation.ts'
import { People } from './people.ts'
import type { After } from './presence.ts'
import type { Session } from './session.ts'
import { type Missed, MOST_MISSED, MOST_MISSED_CHARACTERS, type Tail } from './tail.ts'
import type { Watch } from './watch.ts'

export interface RoomParts {
  readonly log: Log
  readonly ledger: Ledger
  readonly broker: Broker
  readonly broadcast: Broadcast
  /** Messages that a plain session gets on joining. */
  readonly plainHistory: number
  readonly limits: WireLimits
  readonly after: After
  readonly watch: Watch
  /** Called when the room's owner has deleted a message, of whomever it was; again when they are answered again (rule R4). */
  readonly deletedByOwner?: (room: RoomId, deletion: Deleted) => void
}

export class Room {
  readonly id: RoomId
  readonly audience: Audience
  readonly people: People
  readonly #parts: RoomParts
  readonly #delivery: Delivery
  #stopListening = () => {}

  /** Opens the room where its log ends now, and listens until it is closed. What was stored in between, the next look finds. */
  static async open(id: RoomId, parts: RoomParts): Promise<Room> {
    const audience = new Audience(id, parts.broadcast)
    const opening = [People.open(id, audience, parts), readTail(id, parts.log, parts.plainHistory)] as const
    const room = new Room(id, parts, audience, ...(await Promise.all(opening)))
    await room.#follow()
    return room
  }

  private constructor(id: RoomId, parts: RoomParts, audience: Audience, people: People, tail: Tail) {
    this.id = id
    this.audience = audience
    this.people = people
    this.#parts = parts
    this.#delivery = new Delivery({
      room: id,
      log: parts.log,
      after: parts.after,
      tail,
      tell: (event) => this.#tell(event),
      startAfresh: () => this.#startAfresh(),
      sendAway: () => audience.close(CLOSE.outOfStep),
    })
  }

  /** What a session that comes back has missed, or `null` when it has to start afresh (rule V3). */
  async missed(cursor: Cursor): Promise<Missed | null> {
    // Another process may have told them what has not come here yet.
    if (cursor.offset > this.#tail.end.offset) await this.look()
    const { end } = this.#tail
    if (cursor.epoch !== end.epoch || cursor.offset > end.offset) return null
    const kept = this.#tail.since(cursor.offset)
    if (kept) return { epoch: end.epoch, events: kept, upto: end.offset }
    const stored = await this.#parts.log.since(this.id, cursor, MOST_MISSED, MOST_MISSED_CHARACTERS)
    if (stored === 'gap') return null
    // What is stored but not told yet is left for the telling.
    const events = stored.filter(({ offset }) => offset <= this.#tail.end.offset)
    return { epoch: cursor.epoch, events, upto: events.at(-1)?.offset ?? cursor.offset }
  }

  /**
   * From here on the session misses nothing: it is greeted with what there is, and gets every event after that.
   * `missed` is what `missed()` gave for its cursor; what came since then is added.
   */
  join(session: Session, chat: Chat, missed: Missed | null): void {
    this.people.enter(session)
    session.greet(greetingOf(session, { ...this.#parts, chat, missed, tail: this.#tail, people: this.people }))
    this.audience.add(session)
  }

  leave(session: Session): void {
    if (this.audience.remove(session)) this.people.leave(session)
  }

  /** The lifetime of the log that everyone here knows. */
  get epoch(): string {
    return this.#tail.end.epoch
  }

  /** Keep, then tell, then confirm: nobody hears of an event that is not stored (rule R3). */
  async receive(draft: Draft, confirm: (event: RoomEvent) => void): Promise<void> {
    const { log, watch } = this.#parts
    const since = watch.arrived()
    const stored = await log.append(this.id, draft)
    const storedAt = since && watch.clock()
    const telling = this.#delivery.deliver(stored)
    if (telling) await telling // Something before it is still on its way.
    confirm(stored.event)
    watch.received(draft.type, since, storedAt)
    if (draft.type !== 'deleted' || !draft.owner) return
    // A client id that was used before stands for what happened then, whatever is asked for now (rule R4).
    if (stored.event.type === 'deleted') this.#parts.deletedByOwner?.(this.id, stored.event)
  }

  /** What was stored elsewhere, or by nobody who is here. */
  hear(stored: Stored): void {
    void this.#delivery.deliver(stored)
  }

  /** Makes up for events that never came, and notices when the log has been replaced (rule R5). */
  look(): Promise<void> {
    return this.#delivery.look()
  }

  history(range: Range): Promise<Page> {
    return this.#parts.log.page(this.id, range)
  }

  /** The offset after which a moment begins: that of the last message said before it (rule V18). */
  lastBefore(at: number): Promise<number> {
    return this.#parts.log.lastBefore(this.id, at)
  }

  search(query: string, range: Backwards): Promise<Found> {
    return this.#parts.log.search(this.id, query, range)
  }

  pins(range: Backwards): Promise<Omit<Found, 'before'>> {
    return this.#parts.log.pins(this.id, range)
  }

  typing({ member }: Session, on: boolean): void {
    this.people.typing(member.email, on)
  }

  /** A mark beyond the end is taken as the end, and it never moves back (rule V8). */
  read({ member }: Session, upto: number): Promise<void> {
    return this.people.read(member.email, Math.min(upto, this.#tail.end.offset))
  }

  /** Stops following what happens at other processes. */
  close(): void {
    this.#stopListening()
    this.#delivery.stop()
  }

  get #tail(): Tail {
    return this.#delivery.tail
  }

  async #follow(): Promise<void> {
    const others = await this.#parts.broker.listen(this.id, {
      event: (stored) => this.hear(stored),
      whisper: (whisper) => this.people.overhear(whisper),
      elsewhere: (emails) => this.people.elsewhere(emails),
      missed: () => void this.#lookAgain(),
    })
    this.#stopListening = () => others.stop()
    this.people.tellOthers(others)
  }

  #tell(event: RoomEvent): void {
    let told = this.audience.tell('v1', () => eventFrame(event))
    if (event.type === 'message') told += this.audience.tell('plain', () => plainMessage(messageOf(event)))
    this.#parts.watch.told(told)
  }

  /** For a while nothing could be heard: events and read marks are in the log, and sign-ins in the ledger. */
  async #lookAgain(): Promise<void> {
    try {
      await Promise.all([this.look(), this.people.readAgain(), this.#closeSignedOut()])
    } catch (error) {
      // While the store does not answer nothing is missed either; the next look is soon enough.
      if (!(error instanceof Refusal)) console.error(`looking into room ${JSON.stringify(this.id)} failed: ${error}`)
    }
  }

  async #closeSignedOut(): Promise<void> {
    for (const session of this.audience.sessions) {
      const { signIn } = session
      if (signIn !== null && !(await this.#parts.ledger.signedIn(signIn))) session.close(CLOSE.signedOut)
    }
  }

  /** The log was replaced under our feet: its end, and its read marks. */
  async #startAfresh(): Promise<Tail> {
    const { log, plainHistory } = this.#parts
    const [tail] = await Promise.all([readTail(this.id, log, plainHistory), this.people.startAfresh()])
    return tail
  }
}
