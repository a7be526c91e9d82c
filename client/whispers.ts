// What nobody misses if it is lost: how far we have read, and that we are writing. Said seldom, and again where it matters.
import type { Cursor } from '../protocol/event.ts'
import type { World } from './world.ts'

const READ_MILLISECONDS = 1_000
/** The server takes silence for the end after 6 s (rule V7). */
const TYPING_MILLISECONDS = 3_000

/** What can be said, if there is a connection. */
export interface Line {
  send(frame: string): boolean
}

export class Whispers {
  readonly #line: Line
  readonly #world: World
  /** The lifetime of the log that the marks are of (rule R2). */
  #epoch: string | undefined
  #wanted = 0
  /** Where the server says that our mark is. */
  #confirmed = 0
  #resting = false
  #callOff: () => void = () => undefined
  #typedAt = 0

  /** `epoch` is that of what is read before the first welcome. */
  constructor(line: Line, world: World, epoch: string | undefined) {
    this.#line = line
    this.#world = world
    this.#epoch = epoch
  }

  /** What is read from now on, before the first welcome, is of this epoch. */
  recalled(epoch: string): void {
    this.#epoch = epoch
  }

  /** Our mark, whether or not the server knows of it. */
  get furthest(): number {
    return this.#wanted
  }

  /** Only the furthest is told, at most once a second; and again after a reconnect, until it is confirmed. */
  read(upto: number): void {
    if (upto <= this.#wanted) return
    this.#wanted = upto
    if (!this.#resting) this.#tell()
  }

  /** Called on every key stroke; tells when it began, every few seconds while it lasts, and when it ends. */
  typing(on: boolean): void {
    const now = this.#world.now()
    if (on ? now - this.#typedAt < TYPING_MILLISECONDS : this.#typedAt === 0) return
    this.#typedAt = this.#line.send(JSON.stringify({ type: 'typing', on })) && on ? now : 0
  }

  /** What was written is sent: the server takes that for the end by itself. */
  said(): void {
    this.#typedAt = 0
  }

  welcomed(confirmed: number, { epoch, offset }: Cursor): void {
    this.#typedAt = 0
    this.#confirmed = confirmed
    if (epoch !== this.#epoch) this.#startOver(epoch, confirmed)
    // What a page has kept may say anything.
    this.#wanted = Math.min(this.#wanted, offset)
    this.#tell()
  }

  confirmed(upto: number): void {
    this.#confirmed = Math.max(this.#confirmed, upto)
  }

  refused(retryAfterSeconds = 1): void {
    this.#rest(retryAfterSeconds * 1000)
  }

  end(): void {
    this.#callOff()
  }

  /** In another lifetime of the log the same offsets are of what nobody has seen here. */
  #startOver(epoch: string, confirmed: number): void {
    this.#epoch = epoch
    this.#wanted = confirmed
    this.#callOff()
    this.#resting = false
  }

  #tell(): void {
    if (this.#wanted <= this.#confirmed) return
    const upto = this.#wanted
    if (this.#line.send(JSON.stringify({ type: 'read', upto }))) this.#rest(READ_MILLISECONDS, upto)
  }

  /** Afterwards it tells what was wanted in the meantime, or what was refused; not again what may only be late. */
  #rest(milliseconds: number, told = 0): void {
    this.#callOff()
    this.#resting = true
    this.#callOff = this.#world.after(milliseconds, () => {
      this.#resting = false
      if (this.#wanted > told) this.#tell()
    })
  }
}
