// The one channel that every process hears for as long as it runs: which sign-ins have ended.

import { SIGN_OUT_CHANNEL } from './keys.ts'
import type { Connection, Subscription } from './lines/connection.ts'
import { noteOf } from './notes.ts'
import { type After, Pulse } from './pulse.ts'

export interface SignOutsParts {
  readonly connection: Connection
  readonly speaker: string
  readonly isOurs: (speaker: string) => boolean
  readonly everyMilliseconds: number
  readonly hearingMilliseconds: number
  readonly now: () => number
  readonly after: After
  readonly doubt: (subscription: Subscription | undefined) => void
}

/** A script that logs in for every connection leaves thousands of sign-ins behind; no note is so long that it holds up the others. */
const MOST_AT_ONCE = 1_000

export class SignOuts {
  readonly #parts: SignOutsParts
  readonly #hearers: ((signIns: readonly string[]) => void)[] = []
  readonly #pulse: Pulse
  #subscription: Subscription | undefined
  #callOffOpening: (() => void) | undefined
  #closed = false

  constructor(parts: SignOutsParts) {
    this.#parts = parts
    this.#pulse = new Pulse({ ...parts, say: (turn) => this.#beat(turn), deaf: () => parts.doubt(this.#subscription) })
    this.#open()
  }

  /** Tells the others. Nobody waits for it, so it is tried once more when it fails. */
  say(signIns: readonly string[]): void {
    for (let from = 0; from < signIns.length; from += MOST_AT_ONCE) {
      const some = signIns.slice(from, from + MOST_AT_ONCE)
      const note = JSON.stringify({ type: 'signed-out', from: this.#parts.speaker, signIns: some })
      const publish = () => this.#parts.connection.publish(SIGN_OUT_CHANNEL, note)
      publish().catch(() => publish().catch(() => {}))
    }
  }

  onHeard(hear: (signIns: readonly string[]) => void): void {
    this.#hearers.push(hear)
  }

  roundTrip(): Promise<number> {
    return this.#pulse.roundTrip()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#pulse.stop()
    this.#callOffOpening?.()
    this.#subscription?.stop()
  }

  /** Tries for as long as it takes: a process may well start before Redis does. */
  #open(): void {
    const { connection, everyMilliseconds, after } = this.#parts
    const missed = () => this.#pulse.forgive()
    connection.subscribe(SIGN_OUT_CHANNEL, { hear: (text) => this.#hear(text), missed }).then(
      (subscription) => {
        if (this.#closed) return subscription.stop()
        this.#subscription = subscription
        this.#pulse.start(everyMilliseconds)
      },
      () => {
        if (!this.#closed) this.#callOffOpening = after(everyMilliseconds, () => this.#open())
      },
    )
  }

  #hear(text: string): void {
    const note = noteOf(text)
    if (note?.type === 'state' && note.from === this.#parts.speaker) this.#pulse.heard(note.turn)
    if (note?.type !== 'signed-out' || this.#parts.isOurs(note.from)) return
    for (const hear of this.#hearers) hear(note.signIns)
  }

  #beat(turn: number): Promise<void> {
    const note = JSON.stringify({ type: 'state', from: this.#parts.speaker, turn, emails: [] })
    return this.#parts.connection.publish(SIGN_OUT_CHANNEL, note)
  }
}
