// Whether this process can do its work now: every part that it depends on is asked, each within a bound.

/** Somebody waits for the answer, and gives up not much later. */
const PATIENCE_MILLISECONDS = 2_000
/** Whoever asks within this time of the last answer gets that: asking is no way to keep the parts busy. */
const FRESH_MILLISECONDS = 1_000

export interface PartReport {
  readonly status: 'ok' | 'failed'
  readonly milliseconds: number
}

export interface ReadinessReport {
  readonly draining: boolean
  readonly parts: Readonly<Record<string, PartReport>>
}

/** Resolves when the part works; rejects when it does not. */
export type Probe = () => Promise<unknown>

export class Readiness {
  readonly #probes: readonly (readonly [name: string, probe: Probe])[]
  readonly #clock: () => number
  readonly #after: (milliseconds: number, work: () => void) => () => void
  /** Probes that have not come back, though nobody waits for them any more. */
  readonly #underWay = new Map<string, Promise<unknown>>()
  #asking: Promise<ReadinessReport['parts']> | undefined
  #last: { readonly parts: ReadinessReport['parts']; readonly at: number } | undefined
  #draining = false

  constructor(
    probes: Readonly<Record<string, Probe>>,
    clock: () => number,
    after: (milliseconds: number, work: () => void) => () => void,
  ) {
    this.#probes = Object.entries(probes)
    this.#clock = clock
    this.#after = after
  }

  /** From now on it is not ready, whatever its parts say. */
  drain(): void {
    this.#draining = true
  }

  /** What the parts said last: 1 for each that works, 0 for each that does not. */
  get last(): Readonly<Record<string, number>> {
    const parts = Object.entries(this.#last?.parts ?? {})
    return Object.fromEntries(parts.map(([name, { status }]) => [name, status === 'ok' ? 1 : 0]))
  }

  async report(): Promise<ReadinessReport> {
    if (this.#draining) return { draining: true, parts: {} }
    const parts = await this.#parts()
    return { draining: this.#draining, parts }
  }

  #parts(): ReadinessReport['parts'] | Promise<ReadinessReport['parts']> {
    if (this.#last && this.#clock() - this.#last.at < FRESH_MILLISECONDS) return this.#last.parts
    this.#asking ??= this.#ask()
    return this.#asking
  }

  async #ask(): Promise<ReadinessReport['parts']> {
    const reports = await Promise.all(this.#probes.map(async ([name, probe]) => [name, await this.#try(name, probe)]))
    const parts: ReadinessReport['parts'] = Object.fromEntries(reports)
    this.#last = { parts, at: this.#clock() }
    this.#asking = undefined
    return parts
  }

  #try(name: string, probe: Probe): Promise<PartReport> {
    const began = this.#clock()
    return new Promise((resolve) => {
      const tell = (status: PartReport['status']) => {
        callOff()
        resolve({ status, milliseconds: Math.round((this.#clock() - began) * 10) / 10 })
      }
      const callOff = this.#after(PATIENCE_MILLISECONDS, () => tell('failed'))
      this.#begun(name, probe).then(
        () => tell('ok'),
        () => tell('failed'),
      )
    })
  }

  /** Of a part that does not come back is asked once, and not once a second for as long as that lasts. */
  #begun(name: string, probe: Probe): Promise<unknown> {
    const known = this.#underWay.get(name)
    if (known) return known
    const begun = probe()
    this.#underWay.set(name, begun)
    const over = () => void this.#underWay.delete(name)
    begun.then(over, over)
    return begun
  }
}
