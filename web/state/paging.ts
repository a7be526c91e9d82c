// Pages of history that are on their way, and what could not be loaded.
import { signal } from '@preact/signals'
import { patiently } from './patiently.ts'

export type Direction = 'older' | 'newer' | 'jump'

export class Paging {
  /** What could not be loaded, with what tries it again. */
  readonly #failed = signal<ReadonlyMap<Direction, () => unknown>>(new Map())
  readonly #onTheWay = new Map<Direction, () => Promise<unknown>>()

  hasFailed(direction: Direction): boolean {
    return this.#failed.value.has(direction)
  }

  /** Whether it came and is still wanted. Of the pages at either end, one is asked for at a time, and none again before somebody wants that. */
  async load(direction: Direction, ask: () => Promise<unknown>, retry?: () => unknown): Promise<boolean> {
    const isBusy = this.#onTheWay.has(direction) || this.#failed.peek().has(direction)
    if (direction !== 'jump' && isBusy) return false
    this.#onTheWay.set(direction, ask)
    try {
      await patiently(ask)
      return this.#isWanted(direction, ask)
    } catch {
      const again = retry ?? (() => this.load(direction, ask))
      if (this.#isWanted(direction, ask)) this.#failed.value = new Map(this.#failed.peek()).set(direction, again)
      return false
    } finally {
      if (this.#isWanted(direction, ask)) this.#onTheWay.delete(direction)
    }
  }

  /** Nobody wants these any more: what is on its way may fail, and what failed is not tried again. */
  forget(...directions: readonly Direction[]): void {
    for (const direction of directions) this.#onTheWay.delete(direction)
    const kept = [...this.#failed.peek()].filter(([direction]) => !directions.includes(direction))
    if (kept.length < this.#failed.peek().size) this.#failed.value = new Map(kept)
  }

  tryAgain(direction: Direction): void {
    const retry = this.#failed.peek().get(direction)
    this.forget(direction)
    retry?.()
  }

  tryAllAgain(): void {
    for (const direction of this.#failed.peek().keys()) this.tryAgain(direction)
  }

  #isWanted(direction: Direction, ask: () => Promise<unknown>): boolean {
    return this.#onTheWay.get(direction) === ask
  }
}
