// A room alive in this process: it keeps what happens, tells everyone in order, and lets people in without a gap.
import type { Chat, RoomId } from '../../protocol/chat.ts'
import { CLOSE, type Close } from '../../protocol/close.ts'
import { type Cursor, type Draft, messageOf, type RoomEvent } from '../../protocol/event.ts'
import { plainMessage } from '../../protocol/plain.ts'
import { eventFrame, frames, type Member, type MemberState, type WireLimits, welcomeFrame } from '../../protocol/v1.ts'
import type { Account } from '../ports/accounts.ts'
import type { Found, Log, Page, Range } from '../ports/log.ts'
import { type After, Presence } from './presence.ts'
import { ReadMarks } from './read-marks.ts'
import type { Session } from './session.ts'
import { type Missed, MOST_MISSED, Tail } from './tail.ts'

/** How many messages a fresh v1 session is welcomed with (rule V2). */
const WELCOME_MESSAGES = 50

export interface RoomParts {
  readonly log: Log
  /** Messages that a plain session gets on joining. */
  readonly plainHistory: number
  readonly limits: WireLimits
  readonly after: After
}

export type RoomMember = Pick<Account, 'id' | 'email' | 'name'>

export class Room {
  readonly id: RoomId
  readonly sessions = new Set<Session>()
  readonly #log: Log
  readonly #plainHistory: number
  readonly #limits: WireLimits
  readonly #presence: Presence
  readonly #readMarks: ReadMarks
  #tail: Tail
  /** As Propromo has them now; the first is the room's owner (rule R7). */
  members: readonly RoomMember[] = []
  #repair: Promise<void> | undefined

  /** Opens the room where its log ends now. */
  static async open(id: RoomId, parts: RoomParts): Promise<Room> {
    const opening = [readTail(id, parts.log, parts.plainHistory), ReadMarks.open(id, parts.log)] as const
    return new Room(id, parts, ...(await Promise.all(opening)))
  }

  private constructor(id: RoomId, parts: RoomParts, tail: Tail, readMarks: ReadMarks) {
    this.id = id
    this.#log = parts.log
    this.#plainHistory = parts.plainHistory
    this.#limits = parts.limits
    this.#presence = new Presence(parts.after)
    this.#readMarks = readMarks
    this.#tail = tail
  }

  isOwner({ email }: Member): boolean {
    return this.members[0]?.email === email
  }

  /** What a session that comes back has missed, or `null` when it has to start afresh (rule V3). */
  async missed(cursor: Cursor): Promise<Missed | null> {
    if (cursor.epoch !== this.#tail.end.epoch) return null
    const kept = this.#tail.since(cursor.offset)
    if (kept) return { events: kept, upto: this.#tail.end.offset }
    const stored = await this.#log.since(this.id, cursor, MOST_MISSED)
    if (stored === 'gap') return null
    // What is stored but not told yet is left for the telling.
    const events = stored.filter(({ offset }) => offset <= this.#tail.end.offset)
    return { events, upto: events.at(-1)?.offset ?? cursor.offset }
  }

  /**
   * From here on the session misses nothing: it is greeted with what there is, and gets every event after that.
   * `missed` is what `missed()` gave for its cursor; what came since then is added.
   */
  join(session: Session, chat: Chat, missed: Missed | null): void {
    const first = this.#presence.enter(session)
    session.greet(session.protocol === 'plain' ? this.#history() : [this.#welcome(session, chat, missed)])
    this.sessions.add(session)
    if (first) this.#whisper(frames.presence(session.member.email, true), session)
  }

  leave(session: Session): void {
    if (!this.sessions.delete(session) || !this.#presence.leave(session)) return
    this.typing(session, false)
    this.#whisper(frames.presence(session.member.email, false), session)
  }

  /** Keep, then tell: nobody hears of an event that is not stored, and the caller confirms after that (rule R3). */
  async receive(draft: Draft): Promise<RoomEvent> {
    const event = await this.#log.append(this.id, draft)
    await this.deliver(event)
    return event
  }

  /** Tells everyone here of a stored event, in the order of offsets; what was missed before it is fetched from the log first. */
  async deliver(event: RoomEvent): Promise<void> {
    if (event.offset > this.#tail.end.offset + 1) await this.#catchUp()
    if (event.offset === this.#tail.end.offset + 1) this.#tell(event)
  }

  history(range: Range): Promise<Page> {
    return this.#log.page(this.id, range)
  }

  search(query: string, range: { readonly before?: number; readonly limit: number }): Promise<Found> {
    return this.#log.search(this.id, query, range)
  }

  typing({ member: { email } }: Session, on: boolean): void {
    const tell = (typing: boolean) => this.#whisperToOthers(frames.typing(email, typing), email)
    if (this.#presence.typing(email, on, () => tell(false))) tell(on)
  }

  /** A mark beyond the end is taken as the end, and it never moves back (rule V8). */
  async read({ member: { email } }: Session, upto: number): Promise<void> {
    const kept = await this.#readMarks.move(email, Math.min(upto, this.#tail.end.offset))
    if (kept !== null) this.#whisper(frames.read(email, kept))
  }

  close(close: Close, which: (session: Session) => boolean = () => true): void {
    for (const session of this.sessions) if (which(session)) session.close(close)
  }

  #tell(event: RoomEvent): void {
    this.#tail.add(event)
    const v1 = eventFrame(event)
    const plain = event.type === 'message' ? plainMessage(messageOf(event)) : null
    for (const session of this.sessions) {
      if (session.protocol === 'v1') session.send(v1)
      else if (plain !== null) session.send(plain)
    }
  }

  #whisper(frame: string, except?: Session): void {
    for (const session of this.sessions) if (session.protocol === 'v1' && session !== except) session.sendIfEasy(frame)
  }

  #whisperToOthers(frame: string, email: string): void {
    for (const session of this.sessions) {
      if (session.protocol === 'v1' && session.member.email !== email) session.sendIfEasy(frame)
    }
  }

  #history(): readonly string[] {
    const messages = this.#tail.latest(this.#plainHistory)
    return messages.filter(({ deleted }) => !deleted).map(plainMessage)
  }

  #welcome({ member }: Session, room: Chat, missed: Missed | null): string {
    const cursor = this.#tail.end
    const events = missed && this.#tail.complete(missed)
    return welcomeFrame({
      room,
      you: member,
      cursor,
      resumed: events !== null,
      messages: events ? [] : this.#tail.latest(WELCOME_MESSAGES),
      events: events ?? [],
      members: this.members.map((other) => this.#stateOf(other)),
      limits: this.#limits,
    })
  }

  #stateOf({ email, name }: Member): MemberState {
    const owner = this.isOwner({ email, name })
    return { email, name, owner, online: this.#presence.isOnline(email), read: this.#readMarks.of(email) }
  }

  /** One repair at a time: whoever else finds the gap waits for the same one. */
  #catchUp(): Promise<void> {
    this.#repair ??= this.#fetchMissed().finally(() => {
      this.#repair = undefined
    })
    return this.#repair
  }

  async #fetchMissed(): Promise<void> {
    const missed = await this.#log.since(this.id, this.#tail.end, MOST_MISSED)
    if (missed === 'gap') return this.#startAfresh()
    for (const event of missed) if (event.offset === this.#tail.end.offset + 1) this.#tell(event)
  }

  /** The log was replaced under our feet: whoever is here has to come back and see what it holds now. */
  async #startAfresh(): Promise<void> {
    const tail = await readTail(this.id, this.#log, this.#plainHistory)
    // In one step, so that nobody comes in between and is told of what is no more.
    this.#tail = tail
    this.close(CLOSE.outOfStep)
  }
}

async function readTail(id: RoomId, log: Log, plainHistory: number): Promise<Tail> {
  const limit = Math.max(plainHistory, WELCOME_MESSAGES)
  return new Tail(await log.page(id, { limit }), limit)
}
