// When what was said was heard, how often everything happened, and who was apart from the chat for how long.

/** Seconds since the run began, as all times here. */
export interface Delivery {
  readonly at: number
  /** From when its author wrote it, so with whatever it waited in an outbox. */
  readonly milliseconds: number
  readonly by: string
}

export interface Absence {
  readonly who: string
  readonly from: number
  readonly to: number
}

export class Tally {
  readonly deliveries: Delivery[] = []
  readonly absences: Absence[] = []
  readonly counts = new Map<string, number>()
  readonly #begun = performance.now()
  readonly #said = new Map<string, { readonly by: string; readonly at: number }>()
  readonly #apart = new Map<string, number>()

  get seconds(): number {
    return (performance.now() - this.#begun) / 1_000
  }

  count(what: string, more = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + more)
  }

  said(hash: string, by: string): void {
    this.#said.set(hash, { by, at: performance.now() })
  }

  /** Texts that nobody has said here are not timed. */
  heard(hash: string): void {
    const said = this.#said.get(hash)
    this.count('deliveries to watchers')
    if (said) this.deliveries.push({ at: this.seconds, milliseconds: performance.now() - said.at, by: said.by })
  }

  /** Whether somebody who wants to be here is; from the first time that they were. */
  isHere(who: string, here: boolean): void {
    const from = this.#apart.get(who)
    if (!here) {
      if (from === undefined) this.#apart.set(who, this.seconds)
      return
    }
    this.#apart.delete(who)
    if (from !== undefined) this.absences.push({ who, from, to: this.seconds })
  }

  /** They left because they wanted to. */
  left(who: string): void {
    this.#apart.delete(who)
  }

  get apart(): readonly string[] {
    return [...this.#apart.keys()]
  }
}
