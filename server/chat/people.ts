// The people of a room: who belongs to it, who is here, who is typing, and how far each has read.
import type { RoomId } from '../../protocol/chat.ts'
import { frames, type Member, type MemberState } from '../../protocol/v1.ts'
import type { Account } from '../ports/accounts.ts'
import type { Broker, Listening, Whisper } from '../ports/broker.ts'
import type { Log } from '../ports/log.ts'
import type { Audience } from './audience.ts'
import { type After, Presence } from './presence.ts'
import { ReadMarks } from './read-marks.ts'
import type { Session } from './session.ts'

export type RoomMember = Pick<Account, 'id' | 'email' | 'name'>

export interface PeopleParts {
  readonly log: Log
  readonly broker: Broker
  readonly after: After
}

export class People {
  /** As Propromo has them now; the first is the room's owner (rule R7). */
  members: readonly RoomMember[] = []
  readonly #audience: Audience
  readonly #presence: Presence
  readonly #readMarks: ReadMarks
  readonly #lagMilliseconds: number
  readonly #after: After
  /** Who is online as far as everyone here has been told. */
  readonly #shown = new Set<string>()
  /** Who seems to have left, and what calls off telling so. */
  readonly #leaving = new Map<string, () => void>()
  #others: Listening | undefined

  static async open(room: RoomId, audience: Audience, { log, broker, after }: PeopleParts): Promise<People> {
    return new People(audience, await ReadMarks.open(room, log), broker.lagMilliseconds, after)
  }

  private constructor(audience: Audience, readMarks: ReadMarks, lagMilliseconds: number, after: After) {
    this.#audience = audience
    this.#presence = new Presence(after)
    this.#readMarks = readMarks
    this.#lagMilliseconds = lagMilliseconds
    this.#after = after
  }

  /** From now on what happens here is told to other processes. */
  tellOthers(others: Listening): void {
    this.#others = others
  }

  isOwner({ email }: Member): boolean {
    return this.members[0]?.email === email
  }

  states(): readonly MemberState[] {
    return this.members.map(({ email, name }) => ({
      email,
      name,
      owner: this.isOwner({ email, name }),
      online: this.#shown.has(email),
      read: this.#readMarks.of(email),
    }))
  }

  enter(session: Session): void {
    const { email } = session.member
    if (this.#presence.enter(session)) this.#others?.here(email, true)
    this.#show(email)
  }

  leave(session: Session): void {
    const { email } = session.member
    if (!this.#presence.leave(session)) return
    this.#others?.here(email, false)
    this.typing(email, false)
    this.#show(email)
  }

  typing(email: string, on: boolean): void {
    // Said again and again while it lasts: other processes too stop believing it after a while (rule V7).
    if (this.#noteTyping(email, on) || on) this.#others?.whisper({ type: 'typing', email, on })
  }

  async read(email: string, upto: number): Promise<void> {
    const kept = await this.#readMarks.move(email, upto)
    if (kept === null) return
    this.#audience.whisper(frames.read(email, kept))
    this.#others?.whisper({ type: 'read', email, upto: kept })
  }

  /** What another process says. */
  overhear(whisper: Whisper): void {
    switch (whisper.type) {
      case 'typing':
        this.#noteTyping(whisper.email, whisper.on)
        return
      case 'read':
        this.#noteRead(whisper.email, whisper.upto)
    }
  }

  /** Who is at other processes. */
  elsewhere(emails: ReadonlySet<string>): void {
    for (const email of this.#presence.elsewhere(emails)) this.#show(email)
  }

  /** What was said of read marks while nothing could be heard is kept, so nothing of it is lost. */
  async readAgain(): Promise<void> {
    for (const [email, upto] of await this.#readMarks.kept()) this.#noteRead(email, upto)
  }

  /** The log was replaced; whoever is here comes back, and is told then how far everyone has read. */
  startAfresh(): Promise<void> {
    return this.#readMarks.startAfresh()
  }

  /** Whether this is news. */
  #noteTyping(email: string, on: boolean): boolean {
    const tell = (typing: boolean) =>
      this.#audience.whisper(frames.typing(email, typing), ({ member }) => member.email === email)
    const isNews = this.#presence.typing(email, on, () => tell(false))
    if (isNews) tell(on)
    return isNews
  }

  #noteRead(email: string, upto: number): void {
    if (this.#readMarks.note(email, upto)) this.#audience.whisper(frames.read(email, upto))
  }

  #show(email: string): void {
    this.#leaving.get(email)?.()
    this.#leaving.delete(email)
    const online = this.#presence.isOnline(email)
    if (online === this.#shown.has(email)) return
    if (online || this.#lagMilliseconds === 0) this.#tellPresence(email, online)
    else
      this.#leaving.set(
        email,
        this.#after(this.#lagMilliseconds, () => this.#showAway(email)),
      )
  }

  /** Whoever moves to another process has not been away, though that may not be known here at once. */
  #showAway(email: string): void {
    this.#leaving.delete(email)
    this.#tellPresence(email, false)
  }

  #tellPresence(email: string, online: boolean): void {
    if (online) this.#shown.add(email)
    else this.#shown.delete(email)
    this.#audience.whisper(frames.presence(email, online))
  }
}
