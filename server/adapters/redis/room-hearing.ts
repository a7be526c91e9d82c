// One room, as this process hears it and is heard in it.
import type { RoomId } from '../../../protocol/chat.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Ear, Listening, Whisper } from '../../ports/broker.ts'
import type { Stored } from '../../ports/log.ts'
import { channelOf, presenceKeyOf } from './keys.ts'
import type { Connection, Subscription } from './lines/connection.ts'
import { type Note, noteOf } from './notes.ts'
import { Elsewhere, STATE } from './presence.ts'
import { type After, Pulse } from './pulse.ts'
import type { Storing } from './storing.ts'
import { storedIn } from './told.ts'

export interface RoomHearingParts {
  readonly connection: Connection
  /** What is stored elsewhere waits for what is being stored here. */
  readonly storing: Storing
  /** The name of this process, and one of this hearing: `process.hearing`. */
  readonly speaker: string
  readonly isOurs: (speaker: string) => boolean
  readonly everyMilliseconds: number
  readonly hearingMilliseconds: number
  readonly leaseMilliseconds: number
  /** Between 0 and 1, different from one hearing to the next, so that they do not all beat at once. */
  readonly phase: number
  readonly now: () => number
  readonly after: After
  /** Has the subscription made anew, unless that is going on anyway. */
  readonly doubt: (subscription: Subscription | undefined) => void
  /** Nobody listens any more, or it could not be begun. */
  readonly over: () => void
}

/** One of those in this process who listen to the room, and the members that they say are here. */
interface Seat {
  readonly ear: Ear
  readonly emails: Set<string>
  /** It is told of nothing before it listens. */
  listens: boolean
}

export class RoomHearing {
  readonly #room: RoomId
  readonly #parts: RoomHearingParts
  readonly #seats = new Set<Seat>()
  readonly #pulse: Pulse
  readonly #elsewhere: Elsewhere
  readonly #opened: Promise<void>
  #subscription: Subscription | undefined
  #told: ReadonlySet<string> = new Set()
  #lastWord = false
  #over = false

  constructor(room: RoomId, parts: RoomHearingParts) {
    this.#room = room
    this.#parts = parts
    this.#elsewhere = new Elsewhere(parts.isOurs, parts.now())
    this.#pulse = new Pulse({
      ...parts,
      say: (turn) => this.#state(turn, true),
      deaf: () => parts.doubt(this.#subscription),
    })
    this.#opened = this.#open()
    this.#opened.catch(() => this.#end()) // Whoever waits for it is told why.
  }

  async listen(ear: Ear): Promise<Listening> {
    const seat: Seat = { ear, emails: new Set(), listens: false }
    this.#seats.add(seat)
    await this.#opened
    seat.listens = true
    ear.elsewhere(this.#told)
    return {
      here: (email, on) => this.#here(seat, email, on),
      whisper: (whisper) => this.#whisper(seat, whisper),
      stop: () => this.#leave(seat),
    }
  }

  /** Takes leave of everyone at once. Resolves when they have been told, or cannot be. */
  async close(): Promise<void> {
    this.#seats.clear()
    await this.#end()
  }

  async #open(): Promise<void> {
    const { connection, everyMilliseconds, phase } = this.#parts
    this.#subscription = await connection.subscribe(channelOf(this.#room), {
      hear: (text) => this.#hear(text),
      missed: () => this.#missed(),
    })
    if (this.#over) {
      this.#subscription.stop()
      throw takingLeave()
    }
    await this.#state(this.#pulse.passOver(), false)
    this.#pulse.start(phase * everyMilliseconds)
  }

  #hear(text: string): void {
    this.#safely(() => this.#understand(text))
  }

  #heard(stored: Stored): void {
    this.#safely(() => {
      for (const ear of this.#ears()) ear.event(stored)
    })
  }

  #safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      // Thrown any further it would cost every room its line. What it was stands in the log.
      console.error(`something said in a room was not understood: ${error instanceof Refusal ? error.cause : error}`)
      for (const ear of this.#ears()) ear.missed()
    }
  }

  #understand(text: string): void {
    const stored = storedIn(text)
    if (stored) this.#parts.storing.afterwards(this.#room, () => this.#heard(stored))
    else this.#noted(noteOf(text))
  }

  #noted(note: Note | null): void {
    if (note?.from === this.#parts.speaker && note.type === 'state') this.#pulse.heard(note.turn)
    if (!note || this.#parts.isOurs(note.from)) return
    if (note.type === 'whisper') for (const ear of this.#ears()) ear.whisper(note.whisper)
    if (note.type === 'state') this.#stated(note)
  }

  #stated({ from, turn, emails }: Note & { type: 'state' }): void {
    this.#elsewhere.state(from, { turn, emails, holdsUntil: this.#parts.now() + this.#parts.leaseMilliseconds })
    this.#tell()
  }

  #missed(): void {
    this.#pulse.forgive()
    for (const ear of this.#ears()) ear.missed()
    // What others stated meanwhile is asked for; a little apart from the other rooms that were missed at the same time.
    this.#pulse.start((this.#parts.phase * this.#parts.everyMilliseconds) / 4)
  }

  #here(seat: Seat, email: string, on: boolean): void {
    if (!this.#seats.has(seat) || seat.emails.has(email) === on) return
    if (on) seat.emails.add(email)
    else seat.emails.delete(email)
    this.#pulse.beat()
  }

  #whisper(seat: Seat, whisper: Whisper): void {
    if (!this.#seats.has(seat)) return
    const note: Note = { type: 'whisper', from: this.#parts.speaker, whisper }
    // Whoever misses it misses nothing that lasts.
    this.#parts.connection.publish(channelOf(this.#room), JSON.stringify(note)).catch(() => {})
  }

  #leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return
    if (this.#seats.size === 0) this.#end()
    else if (seat.emails.size > 0) this.#pulse.beat()
  }

  async #end(): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#pulse.stop()
    this.#subscription?.stop()
    this.#parts.over()
    // The last word, if it can be said; if not, the lease runs out.
    if (this.#lastWord) await this.#state(this.#pulse.passOver(), true).catch(() => {})
  }

  async #state(turn: number, aloud: boolean): Promise<void> {
    const { connection, speaker, leaseMilliseconds, now, everyMilliseconds } = this.#parts
    const emails = [...new Set([...this.#seats].flatMap((seat) => [...seat.emails]))]
    this.#lastWord = emails.length > 0
    const note: Note = { type: 'state', from: speaker, turn, emails }
    const words = [speaker, turn, leaseMilliseconds, JSON.stringify(emails), aloud ? JSON.stringify(note) : '']
    const reply = await connection.run(STATE, [presenceKeyOf(this.#room), channelOf(this.#room)], words)
    this.#elsewhere.read(reply, now(), everyMilliseconds)
    this.#tell()
  }

  #ears(): readonly Ear[] {
    return [...this.#seats].filter(({ listens }) => listens).map(({ ear }) => ear)
  }

  #tell(): void {
    const emails = this.#elsewhere.emails
    if (this.#told.size === emails.size && this.#told.isSubsetOf(emails)) return
    this.#told = emails
    for (const ear of this.#ears()) ear.elsewhere(emails)
  }
}

export function takingLeave(): Refusal {
  return new Refusal('store_unavailable', 'Cannot listen to the room: this process is taking leave')
}
