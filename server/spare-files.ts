// Sees to it that a process that can hardly open a file takes nobody new: to try again and again would keep its processor busy for nothing.

/** For the store, the accounts and whatever else has to be reached again meanwhile. */
const SPARE = 16
/** A place that has just become free is soon taken again. */
const PAUSE_MILLISECONDS = 3_000
const QUIET_MILLISECONDS = 60_000
export const LOOK_MILLISECONDS = 1_000

export interface SpareFilesParts {
  readonly couldOpen: (many: number) => boolean
  readonly listeners: { pause(): void; resume(): void }
  /** What is said when it begins: what to do. */
  readonly remedy: string
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
}

export class SpareFiles {
  readonly #parts: SpareFilesParts
  #pausedAt: number | null = null
  #saidAt = Number.NEGATIVE_INFINITY
  /** Whether what was said last is that nobody comes in. */
  #isSaid = false

  constructor(parts: SpareFilesParts) {
    this.#parts = parts
  }

  /** To be called every `LOOK_MILLISECONDS`. */
  look(): void {
    if (this.#pausedAt === null) this.#pause()
    else this.#resume(this.#pausedAt)
  }

  #pause(): void {
    const { couldOpen, listeners, clock } = this.#parts
    if (couldOpen(SPARE)) return
    listeners.pause()
    this.#pausedAt = clock()
    this.#say(`no more files can be opened, so nobody new comes in, and those who are in go on: ${this.#parts.remedy}`)
  }

  #resume(pausedAt: number): void {
    const { couldOpen, listeners, clock } = this.#parts
    if (clock() - pausedAt < PAUSE_MILLISECONDS || !couldOpen(2 * SPARE)) return
    try {
      listeners.resume()
    } catch (error) {
      this.#say(`nobody new can come in yet: ${error}`)
      return
    }
    this.#pausedAt = null
    if (this.#isSaid) console.warn('files can be opened again, and whoever is new comes in')
    this.#isSaid = false
  }

  #say(sentence: string): void {
    const now = this.#parts.clock()
    if (now - this.#saidAt < QUIET_MILLISECONDS) return
    this.#saidAt = now
    this.#isSaid = true
    console.error(sentence)
  }
}
