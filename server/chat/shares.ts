// How often something may be done in a stretch of time by everyone together, and how much of that by one of them.

/** No one gets more than a quarter: a crowd from one place leaves room for the others. */
const SHARE = 1 / 4

export class Shares {
  readonly #most: number
  readonly #mostOfOne: number
  readonly #milliseconds: number
  readonly #clock: () => number
  /** One stretch for all of them: with it everything of the last one is forgotten, however many came. */
  readonly #taken = new Map<string, number>()
  #together = 0
  #until = Number.NEGATIVE_INFINITY

  /** `most` in every `milliseconds`; Infinity lifts it. */
  constructor(most: number, milliseconds: number, clock: () => number) {
    this.#most = most
    this.#mostOfOne = Math.ceil(most * SHARE)
    this.#milliseconds = milliseconds
    this.#clock = clock
  }

  /** Takes one: 0 if it was there to take, or else the seconds until there may be one again. What is refused takes nothing. */
  take(who: string): number {
    if (this.#most === Number.POSITIVE_INFINITY) return 0
    const now = this.#clock()
    if (now >= this.#until) this.#begin(now)
    const taken = this.#taken.get(who) ?? 0
    if (taken >= this.#mostOfOne || this.#together >= this.#most)
      return Math.max(1, Math.ceil((this.#until - now) / 1000))
    this.#taken.set(who, taken + 1)
    this.#together += 1
    return 0
  }

  #begin(now: number): void {
    this.#taken.clear()
    this.#together = 0
    this.#until = now + this.#milliseconds
  }
}
