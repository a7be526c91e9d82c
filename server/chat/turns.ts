// Costly work, a few at a time, with the same share for everyone who waits.

export class Turns {
  readonly #concurrent: number
  readonly #mostWaiting: number
  /** Who waits, by whom they come from; the first key is the next to get a turn. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** How many of those who wait are about the same thing. */
  readonly #about = new Map<string, number>()
  #running = 0
  #waitingCount = 0

  constructor(concurrent: number, mostWaiting: number) {
    this.#concurrent = concurrent
    this.#mostWaiting = mostWaiting
  }

  /** Runs `work`, which is `about` something, when it is `from`'s turn, or gives back `'busy'` at once when too many wait already. */
  async run<Result>(from: string, about: string, work: () => Promise<Result>): Promise<Result | 'busy'> {
    if (this.#running >= this.#concurrent) {
      if (!this.#hasPlace(from, about)) return 'busy'
      this.#about.set(about, (this.#about.get(about) ?? 0) + 1)
      await this.#turn(from)
      this.#forget(about)
    } else this.#running += 1
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  /**
   * No one may take more than a quarter of the places, so that a crowd from one address leaves room for the others; and nothing more
   * than half, so that a crowd from everywhere does too.
   */
  #hasPlace(from: string, about: string): boolean {
    const own = this.#waiting.get(from)?.length ?? 0
    const same = this.#about.get(about) ?? 0
    return this.#waitingCount < this.#mostWaiting && own < this.#mostWaiting / 4 && same < this.#mostWaiting / 2
  }

  #forget(about: string): void {
    const same = (this.#about.get(about) ?? 0) - 1
    if (same > 0) this.#about.set(about, same)
    else this.#about.delete(about)
  }

  #turn(from: string): Promise<void> {
    this.#waitingCount += 1
    return new Promise((resolve) => {
      const line = this.#waiting.get(from)
      if (line) line.push(resolve)
      else this.#waiting.set(from, [resolve])
    })
  }

  /** Hands the turn on to the one who has waited longest since their last, and puts them last. */
  #next(): void {
    const [first] = this.#waiting
    if (!first) {
      this.#running -= 1
      return
    }
    const [from, line] = first
    this.#waiting.delete(from)
    const start = line.shift()
    if (line.length > 0) this.#waiting.set(from, line)
    this.#waitingCount -= 1
    start?.()
  }
}
