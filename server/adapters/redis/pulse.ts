// Says something to itself over and over: a subscriber can look healthy and be deaf, and only this shows it.
import { Refusal } from '../../../protocol/refusal.ts'

/** Runs `work` later; gives back what calls it off. */
export type After = (milliseconds: number, work: () => void) => () => void

export interface PulseParts {
  /** Says it where it will be heard; rejects when it could not be said. */
  readonly say: (turn: number) => Promise<void>
  /** What was said has not been heard. Called again and again until it is. */
  readonly deaf: () => void
  readonly everyMilliseconds: number
  readonly hearingMilliseconds: number
  readonly now: () => number
  readonly after: After
}

export class Pulse {
  readonly #parts: PulseParts
  #turn = 0
  #heard = 0
  #said = 0
  #saidAt = 0
  #saying = false
  #again = false
  #stopped = false
  #callOffNext: (() => void) | undefined
  #callOffListening: (() => void) | undefined
  readonly #asking = new Set<(milliseconds: number) => void>()

  constructor(parts: PulseParts) {
    this.#parts = parts
  }

  /** Beats for the first time after `milliseconds`, which had better differ from one pulse to the next. */
  start(milliseconds: number): void {
    if (this.#stopped) return
    this.#callOffNext?.()
    this.#callOffNext = this.#parts.after(milliseconds, () => this.beat())
  }

  /** Beats now, or as soon as the beat before has been said: never two at a time, and never one for each who asks. */
  beat(): void {
    if (this.#stopped) return
    this.#again = this.#saying
    if (this.#saying) return
    this.start(this.#parts.everyMilliseconds)
    this.#saying = true
    this.#saidAt = this.#parts.now()
    this.#say(++this.#turn)
  }

  /** The number of the next beat, for whoever has something to say without one. */
  passOver(): number {
    return ++this.#turn
  }

  heard(turn: number): void {
    if (turn > this.#turn) return // Nobody has said that yet.
    this.#heard = Math.max(turn, this.#heard)
    if (turn < this.#turn) return
    this.#callOffListening?.()
    this.#callOffListening = undefined
    for (const answer of this.#asking) answer(this.#parts.now() - this.#saidAt)
    this.#asking.clear()
  }

  /** What was said until now was said to a line that is no more: it proves nothing about the new one. */
  forgive(): void {
    this.#heard = this.#turn
    this.#callOffListening?.()
    this.#callOffListening = undefined
  }

  /** How many milliseconds it takes to hear oneself, measured now. Rejects when it is not heard. */
  roundTrip(): Promise<number> {
    const { after, hearingMilliseconds } = this.#parts
    return new Promise((resolve, reject) => {
      const callOff = after(2 * hearingMilliseconds, () => {
        this.#asking.delete(answer)
        reject(new Refusal('store_unavailable', 'Cannot hear the other processes: Redis does not pass on what is said'))
      })
      const answer = (milliseconds: number) => {
        callOff()
        resolve(milliseconds)
      }
      this.#asking.add(answer)
      this.beat()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#callOffNext?.()
    this.#callOffListening?.()
  }

  async #say(turn: number): Promise<void> {
    try {
      await this.#parts.say(turn)
      this.#listenFor(turn)
    } catch {
      // It was not said, so nothing is wrong with the hearing. Whoever spoke for it has noticed; it beats again in a while.
    }
    this.#saying = false
    if (this.#again) this.beat()
  }

  #listenFor(turn: number): void {
    this.#said = turn
    if (this.#stopped || this.#heard >= turn || this.#callOffListening) return
    const { after, hearingMilliseconds } = this.#parts
    // Looked at once more a little later: were this process busy all the while, what it has to hear would be here already.
    this.#callOffListening = after(hearingMilliseconds, () => {
      this.#callOffListening = after(hearingMilliseconds / 10, () => this.#listened(turn))
    })
  }

  #listened(turn: number): void {
    this.#callOffListening = undefined
    if (this.#heard < turn) this.#parts.deaf()
    else this.#listenFor(this.#said)
  }
}
