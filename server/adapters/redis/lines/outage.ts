// Tells the log when Redis fails and when it answers again: once each, not once a command.
import type { StoreFault } from './fault.ts'

/** So long without a fault before an outage counts as over: half of a store may fail while the other half answers. */
const CALM_MILLISECONDS = 1_000

export class Outage {
  readonly #where: string
  readonly #recovered = new Set<() => void>()
  #since: number | undefined
  #lastFaultAt = 0

  constructor(where: string) {
    this.#where = where
  }

  failed(fault: StoreFault): void {
    this.#lastFaultAt = performance.now()
    if (this.#since !== undefined) return
    this.#since = performance.now()
    console.error(`the message store fails (${this.#where}): ${fault.message}`)
  }

  answered(): void {
    if (this.#since === undefined || performance.now() - this.#lastFaultAt < CALM_MILLISECONDS) return
    const seconds = ((performance.now() - this.#since) / 1_000).toFixed(1)
    this.#since = undefined
    console.error(`the message store answers again after ${seconds} s (${this.#where})`)
    for (const hear of [...this.#recovered]) hear()
  }

  onRecovered(hear: () => void): () => void {
    this.#recovered.add(hear)
    return () => void this.#recovered.delete(hear)
  }
}
