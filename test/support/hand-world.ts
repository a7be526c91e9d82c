// Time, chance and wake-ups in the hand of a test: minutes pass when it says so. The sockets stay real.
import type { WakeUp, World } from '../../client/index.ts'

interface Due {
  readonly at: number
  readonly work: () => void
}

export class HandWorld {
  online = true
  /** What chance gives from now on: 0 to 1. */
  chance = 0.5
  #now = Date.UTC(2026, 4, 4, 9, 30)
  readonly #due = new Set<Due>()
  readonly #woken = new Set<(by: WakeUp) => void>()

  readonly world: Omit<World, 'WebSocket' | 'newId'> = {
    now: () => this.#now,
    random: () => this.chance,
    after: (milliseconds, work) => {
      const due = { at: this.#now + milliseconds, work }
      this.#due.add(due)
      return () => void this.#due.delete(due)
    },
    wake: {
      online: () => this.online,
      listen: (woken) => {
        this.#woken.add(woken)
        return () => void this.#woken.delete(woken)
      },
    },
  }

  get now(): number {
    return this.#now
  }

  /** How many timers are set, and how many listen. Both are none when everything is closed. */
  get pending(): number {
    return this.#due.size + this.#woken.size
  }

  /** What is due in that time is done, in its order. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#due.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.work()
    }
    this.#now = end
  }

  wake(by: WakeUp): void {
    if (by !== 'visible') this.online = by === 'online'
    for (const woken of [...this.#woken]) woken(by)
  }

  #next(end: number): Due | undefined {
    const due = [...this.#due].filter(({ at }) => at <= end)
    return due.sort((one, other) => one.at - other.at)[0]
  }
}
