// How often something may be done in a stretch of time by everyone together, and how much of that by one of them.
import { Pace } from './pace.ts'

/** No one gets more than a quarter: a crowd from one place leaves room for the others. */
const SHARE = 1 / 4

export class Shares {
  readonly #together: Pace
  readonly #most: number
  readonly #milliseconds: number
  readonly #clock: () => number
  /** One stretch for all of them: with it everything of the last one is forgotten, however many came. */
  readonly #taken = new Map<string, number>()
  #until = Number.NEGATIVE_INFINITY

  /** `most` in every `milliseconds`; Infinity lifts it. */
  constructor(most: number, milliseconds: number, clock: () => number) {
    this.#together = new Pace(most, milliseconds, clock)
    this.#most = Math.ceil(most * SHARE)
    this.#milliseconds = milliseconds
    this.#clock = clock
  }

  /** Takes one: 0 if it was there to take, or else the seconds until there may be one again. What is refused takes nothing of the others’. */
  take(who: string): number {
    if (this.#most === Number.POSITIVE_INFINITY) return 0
    const now = this.#clock()
    if (now >= this.#until) {
      this.#taken.clear()
      this.#until = now + this.#milliseconds
    }
    const taken = this.#taken.get(who) ?? 0
    if (taken >= this.#most) return Math.max(1, Math.ceil((this.#until - now) / 1000))
    this.#taken.set(who, taken + 1)
    return this.#together.take('everyone')
  }
}
