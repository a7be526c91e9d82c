// Pages of history that are on their way, and what could not be loaded.
import { signal } from '@preact/signals'
import { patiently } from './patiently.ts'

export type Direction = 'older' | 'newer' | 'jump'

export class Paging {
  readonly failed = signal<Direction | null>(null)
  readonly #onTheWay = new Set<Direction>()
  #retry: () => unknown = () => undefined

  /** Whether it came. Of the pages at either end, one is asked for at a time, and none again before somebody wants that. */
  async load(direction: Direction, ask: () => Promise<unknown>, retry?: () => unknown): Promise<boolean> {
    if (direction !== 'jump' && (this.#onTheWay.has(direction) || this.failed.peek() === direction)) return false
    this.#onTheWay.add(direction)
    try {
      await patiently(ask)
      return true
    } catch {
      this.failed.value = direction
      this.#retry = retry ?? (() => this.load(direction, ask))
      return false
    } finally {
      this.#onTheWay.delete(direction)
    }
  }

  tryAgain(): void {
    if (this.failed.peek() === null) return
    this.failed.value = null
    this.#retry()
  }
}
