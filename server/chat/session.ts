// A session: one open socket of one member in one room.
import { CLOSE, type Close } from '../../protocol/close.ts'

/** What the chat knows of a socket. */
export interface Socket {
  send(text: string): void
  /** Sends what still waits, then closes. Closing twice is harmless. */
  close(close: Close): void
  /** Bytes that wait to be taken by the other side. */
  backlog(): number
}

export interface Member {
  readonly email: string
  readonly name: string
}

export class Session {
  readonly member: Member
  /** The id of the sign-in that opened it, if one did. */
  readonly signIn: string | null
  readonly #socket: Socket
  readonly #mostBacklogBytes: number
  /** What the greeting left waiting: it may be large, and is no fault of the client's. */
  #greetingBytes = 0
  #open = true

  constructor(member: Member, signIn: string | null, socket: Socket, mostBacklogBytes: number) {
    this.member = member
    this.signIn = signIn
    this.#socket = socket
    this.#mostBacklogBytes = mostBacklogBytes
  }

  /** What a session gets on joining, however much it is. */
  greet(frames: readonly string[]): void {
    for (const frame of frames) this.#socket.send(frame)
    this.#greetingBytes = this.#socket.backlog()
  }

  /** A client that does not take what it is sent is closed, before it costs everybody the memory. */
  send(text: string): void {
    if (!this.#open) return
    this.#socket.send(text)
    const waiting = this.#socket.backlog()
    if (waiting === 0) this.#greetingBytes = 0
    if (waiting > this.#mostBacklogBytes + this.#greetingBytes) this.close(CLOSE.tooSlow)
  }

  close(close: Close): void {
    if (!this.#open) return
    this.#open = false
    this.#socket.close(close)
  }
}
