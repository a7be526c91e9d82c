// The sessions of a room in this process, and what they are told together.
import type { RoomId } from '../../protocol/chat.ts'
import type { Close } from '../../protocol/close.ts'
import type { Protocol, Session } from './session.ts'

/** Tells every socket that has subscribed to the topic: one call for all of them is several times cheaper than one each. */
export type Broadcast = (topic: string, text: string) => void

/** After this many characters somebody may have fallen behind, so each is looked at. */
const LOOK_CHARACTERS = 64 * 1024

export class Audience {
  readonly #sessions = new Set<Session>()
  readonly #topics: Readonly<Record<Protocol, string>>
  readonly #sizes: Record<Protocol, number> = { plain: 0, v1: 0 }
  readonly #broadcast: Broadcast
  #unlooked = 0

  constructor(room: RoomId, broadcast: Broadcast) {
    this.#topics = { plain: `plain ${room}`, v1: `v1 ${room}` }
    this.#broadcast = broadcast
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions
  }

  add(session: Session): void {
    this.#sessions.add(session)
    this.#sizes[session.protocol] += 1
    session.subscribe(this.#topics[session.protocol])
  }

  /** Whether the session was here. Its socket is gone, and with it what it had subscribed to. */
  remove(session: Session): boolean {
    if (!this.#sessions.delete(session)) return false
    this.#sizes[session.protocol] -= 1
    return true
  }

  /** Tells everyone who speaks the protocol, and gives back how many that are; the text is made only if there is somebody. */
  tell(protocol: Protocol, text: () => string): number {
    const size = this.#sizes[protocol]
    if (size === 0) return 0
    const told = text()
    this.#broadcast(this.#topics[protocol], told)
    this.#unlooked += told.length
    if (this.#unlooked > LOOK_CHARACTERS) this.#closeWhoIsTooSlow()
    return size
  }

  /** For what nobody misses: whoever is behind is left out, and so are those `except` names. */
  whisper(text: string, except?: (session: Session) => boolean): void {
    if (this.#sizes.v1 === 0) return
    // A hundred who come in together are told of in one write to each who is here, instead of a hundred.
    if (!except && this.#isEveryoneAtEase()) this.#broadcast(this.#topics.v1, text)
    else this.#whisperToEach(text, except)
  }

  close(close: Close, which: (session: Session) => boolean = () => true): void {
    for (const session of this.#sessions) if (which(session)) session.close(close)
  }

  #whisperToEach(text: string, except?: (session: Session) => boolean): void {
    for (const session of this.#sessions) {
      if (session.protocol === 'v1' && session.isAtEase && !except?.(session)) session.send(text)
    }
  }

  #isEveryoneAtEase(): boolean {
    for (const session of this.#sessions) if (session.protocol === 'v1' && !session.isAtEase) return false
    return true
  }

  #closeWhoIsTooSlow(): void {
    this.#unlooked = 0
    for (const session of this.#sessions) session.closeIfTooSlow()
  }
}
