// A session: one open socket of one member in one room.
import { CLOSE, type Close } from '../../protocol/close.ts'
import type { Member } from '../../protocol/v1.ts'
import type { AccountId } from '../ports/accounts.ts'

/** What the chat knows of a socket. */
export interface Socket {
  send(text: string): void
  /** From now on it gets what is broadcast on the topic. */
  subscribe(topic: string): void
  /** Sends what still waits, then closes. Closing twice is harmless. */
  close(close: Close): void
  /** Bytes that wait to be taken by the other side. */
  backlog(): number
}

export type Protocol = 'plain' | 'v1'

/** Above this share of the most that may wait, presence and typing are left out (rule V7). */
const PRESSURE = 1 / 16

export interface SessionParts {
  readonly account: AccountId
  readonly member: Member
  readonly protocol: Protocol
  readonly signIn: string | null
  readonly socket: Socket
  readonly mostBacklogBytes: number
}

export class Session {
  readonly account: AccountId
  readonly member: Member
  readonly protocol: Protocol
  /** The id of the sign-in that opened it, if one did. */
  readonly signIn: string | null
  readonly #socket: Socket
  readonly #mostBacklogBytes: number
  /** What the greeting left waiting: it may be large, and is no fault of the client's. */
  #greetingBytes = 0
  #open = true

  constructor(parts: SessionParts) {
    this.account = parts.account
    this.member = parts.member
    this.protocol = parts.protocol
    this.signIn = parts.signIn
    this.#socket = parts.socket
    this.#mostBacklogBytes = parts.mostBacklogBytes
  }

  /** What a session gets on joining, however much it is. */
  greet(frames: readonly string[]): void {
    for (const frame of frames) this.#socket.send(frame)
    this.#greetingBytes = this.#socket.backlog()
  }

  send(text: string): void {
    if (!this.#open) return
    this.#socket.send(text)
    this.closeIfTooSlow()
  }

  /** From now on it gets what is broadcast on the topic. */
  subscribe(topic: string): void {
    this.#socket.subscribe(topic)
  }

  /** A client that does not take what it is sent is closed, before it costs everybody the memory. */
  closeIfTooSlow(): void {
    const waiting = this.#socket.backlog()
    if (waiting === 0) this.#greetingBytes = 0
    if (waiting > this.#mostBacklogBytes + this.#greetingBytes) this.close(CLOSE.tooSlow)
  }

  /** Whether the client keeps up: as soon as it is behind, it is not sent what nobody misses. */
  get isAtEase(): boolean {
    return this.#socket.backlog() <= this.#mostBacklogBytes * PRESSURE
  }

  close(close: Close): void {
    if (!this.#open) return
    this.#open = false
    this.#socket.close(close)
  }
}
