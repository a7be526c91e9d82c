// How often somebody may do something in a stretch of time.
import { FrameRefusal } from '../../protocol/refusal.ts'

export class Pace {
  readonly #most: number
  readonly #milliseconds: number
  readonly #clock: () => number
  readonly #taken = new Map<string, { count: number; readonly until: number }>()

  /** `most` in every `milliseconds`; Infinity lifts it. */
  constructor(most: number, milliseconds: number, clock: () => number) {
    this.#most = most
    this.#milliseconds = milliseconds
    this.#clock = clock
  }

  /** Takes one: 0 if it was there to take, or else the seconds until there is one again. */
  take(who: string): number {
    const now = this.#clock()
    const taken = this.#taken.get(who)
    if (!taken || taken.until <= now) {
      this.#taken.set(who, { count: 1, until: now + this.#milliseconds })
      return 0
    }
    if (taken.count >= this.#most) return Math.max(1, Math.ceil((taken.until - now) / 1000))
    taken.count += 1
    return 0
  }

  /** As `take`, but throws the refusal of rule V11 when there is none. */
  keep(who: string): void {
    const seconds = this.take(who)
    if (seconds === 0) return
    throw new FrameRefusal('rate_limited', `Cannot keep up with you: try again in ${seconds} seconds`, seconds)
  }

  /** Forgets whoever has not taken anything for a while. */
  sweep(): void {
    const now = this.#clock()
    for (const [who, { until }] of this.#taken) if (until <= now) this.#taken.delete(who)
  }
}
