// The open lines, one to each Redis process that is in use.
import type { Place } from './address.ts'
import { afterWhatHasArrived } from './arrived.ts'
import type { Access } from './client.ts'
import { StoreFault } from './fault.ts'
import { Line, type LineEvents } from './line.ts'
import type { Route } from './route.ts'

export class Lines {
  readonly #access: Access
  readonly #events: LineEvents
  readonly #open = new Map<string, Line>()
  readonly #opening = new Map<string, Promise<Line>>()
  #closed = false

  constructor(access: Access, events: Partial<LineEvents> = {}) {
    this.#access = access
    this.#events = {
      broken: (line, fault) => {
        if (this.#open.get(nameOf(line.place)) === line) this.#open.delete(nameOf(line.place))
        events.broken?.(line, fault)
      },
      moved: (line, channel) => events.moved?.(line, channel),
      alone: async (line) => events.alone?.(line),
    }
  }

  /** The line to the process there, if it is open. */
  at(place: Place): Line | undefined {
    return this.#open.get(nameOf(place))
  }

  /** The line to the process there, opened if need be. Throws `StoreFault`. */
  async to(place: Place): Promise<Line> {
    return this.at(place) ?? (await this.#openTo(place))
  }

  /** The line to the process that keeps the key. Throws `StoreFault`, by `giveUpAt` whatever happens. */
  async keeping(key: string, route: Route, giveUpAt: number): Promise<Line> {
    const known = route.known(key)
    const open = known && this.at(known)
    return open ?? sooner(this.#find(key, route), giveUpAt)
  }

  [Symbol.iterator](): Iterator<Line> {
    return this.#open.values()
  }

  close(): void {
    this.#closed = true
    for (const line of this.#open.values()) line.close()
    this.#open.clear()
  }

  async #find(key: string, route: Route): Promise<Line> {
    return this.to(await route.placeOf(key))
  }

  /** Whoever else wants the line meanwhile waits for the same opening. */
  #openTo(place: Place): Promise<Line> {
    const name = nameOf(place)
    const opening = this.#opening.get(name) ?? Line.open(place, this.#access, this.#events)
    if (this.#opening.has(name)) return opening
    this.#opening.set(name, opening)
    opening
      .then((line) => {
        if (this.#closed) line.close()
        else if (!line.broken) this.#open.set(name, line)
      })
      .catch(() => {}) // Told to whoever wanted it.
      .finally(() => this.#opening.delete(name))
    return opening
  }
}

/** To ask around and to open a line takes its own time; nobody waits longer for it than they would for an answer. */
function sooner(line: Promise<Line>, giveUpAt: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const wait = Math.max(0, giveUpAt - performance.now())
    const refuse = () => reject(new StoreFault('away', 'it does not answer'))
    const timer = setTimeout(() => afterWhatHasArrived(refuse), wait)
    line.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export function nameOf({ host, port }: Place): string {
  return `${host}:${port}`
}
