// What time it is at a Redis, for a deadline that it can keep: never later than it is.

/** Clocks drift, so no answer is believed for long. */
const BELIEVED_MILLISECONDS = 5_000

export class Clock {
  /** Its clock is ahead of `performance.now()` by so many milliseconds, at the least; and when that was found out. */
  #ahead = Number.NEGATIVE_INFINITY
  #learnedAt = 0

  /** Takes in the answer to TIME, just arrived. The quickest of the latest answers knows best. */
  learn(seconds: number, microseconds: number): void {
    const now = performance.now()
    const ahead = seconds * 1_000 + microseconds / 1_000 - now
    if (ahead <= this.#ahead && now - this.#learnedAt <= BELIEVED_MILLISECONDS) return
    this.#ahead = ahead
    this.#learnedAt = now
  }

  /** It was set anew, or this process was slow to read. */
  forget(): void {
    this.#ahead = Number.NEGATIVE_INFINITY
  }

  /** A moment of `performance.now()` in milliseconds of that clock. */
  there(moment: number): string {
    return String(Math.floor(moment + this.#ahead))
  }
}
