// Every channel is subscribed at the process that keeps it, and again when that changes or its line breaks.

import type { Access } from './client.ts'
import { StoreFault } from './fault.ts'
import type { Line } from './line.ts'
import { Lines, nameOf } from './lines.ts'
import type { Route } from './route.ts'

export interface Listener {
  hear(text: string): void
  /** Hearing was interrupted and goes on now: what was said in between is lost. */
  missed(): void
}

export interface Subscription {
  /** Stops hearing. Twice is harmless. */
  stop(): void
  /** For whoever has reason to believe that it is deaf: subscribes anew over another line; `missed` tells when that is done. */
  doubt(): void
}

interface Subscribed {
  readonly channel: string
  readonly listener: Listener
  line: Line | undefined
  /** What the line was given: it may hear the same channel for somebody else already. */
  hear: ((text: string) => void) | undefined
  stopped: boolean
  underWay: boolean
}

const FIRST_PAUSE_MILLISECONDS = 50
const LONGEST_PAUSE_MILLISECONDS = 1_000
const SUBSCRIBE_MILLISECONDS = 2_000

export class Subscriptions {
  readonly #route: Route
  /** Lines of their own: a subscriber that is slow to read is cut off, and must not take the commands with it. */
  readonly #lines: Lines
  readonly #all = new Map<string, Subscribed>()
  #closed = false

  constructor(route: Route, access: Access) {
    this.#route = route
    this.#lines = new Lines(access, {
      broken: (line, fault) => {
        route.doubt(fault)
        for (const one of this.#all.values()) if (one.line === line) this.#again(one)
      },
      moved: (line, channel) => {
        route.doubt(new StoreFault('READONLY', 'a channel has moved'))
        const one = this.#all.get(channel)
        if (one?.line === line) this.#again(one)
      },
    })
  }

  /** Throws `StoreFault` by `giveUpAt`. */
  async subscribe(channel: string, listener: Listener, giveUpAt: number): Promise<Subscription> {
    if (this.#all.has(channel)) throw new Error('a channel has one listener at most')
    const one: Subscribed = {
      channel,
      listener,
      line: undefined,
      hear: undefined,
      stopped: false,
      underWay: true,
    }
    this.#all.set(channel, one)
    try {
      await this.#patiently(one, giveUpAt)
    } catch (error) {
      this.#stop(one)
      throw error
    } finally {
      one.underWay = false
    }
    return {
      stop: () => this.#stop(one),
      doubt: () => one.line?.giveUp(new StoreFault('lost', 'a subscription to it was deaf')),
    }
  }

  /** Subscribes anew what is kept elsewhere by now. */
  async follow(): Promise<void> {
    for (const one of [...this.#all.values()]) {
      const place = await this.#route.placeOf(one.channel)
      const { line } = one
      if (line && !line.broken && nameOf(line.place) === nameOf(place)) continue
      hush(one)
      this.#again(one)
    }
  }

  close(): void {
    this.#closed = true
    for (const one of this.#all.values()) one.stopped = true
    this.#all.clear()
    this.#lines.close()
  }

  async #patiently(one: Subscribed, giveUpAt: number): Promise<void> {
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS)) {
      try {
        return await this.#once(one, giveUpAt)
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error
        this.#route.doubt(error)
        const patient = performance.now() + pause < giveUpAt && !one.stopped && !this.#closed
        if (!patient || !error.mayPass) throw error
        await Bun.sleep(pause)
      }
    }
  }

  async #once(one: Subscribed, giveUpAt: number): Promise<void> {
    const line = await this.#lines.keeping(one.channel, this.#route, giveUpAt)
    const hear = (text: string) => {
      if (!one.stopped && one.line === line) one.listener.hear(text)
    }
    one.line = line // What is published right after the answer is heard already.
    one.hear = hear
    await line.subscribe(one.channel, hear, giveUpAt)
    if (one.stopped) hush(one)
    if (line.broken) throw new StoreFault('lost', 'the connection was closed')
  }

  #again(one: Subscribed): void {
    one.line = undefined
    if (one.underWay || one.stopped || this.#closed) return
    one.underWay = true
    this.#untilHeard(one).finally(() => {
      one.underWay = false
    })
  }

  /** Goes on until it is heard again or nobody listens any more. */
  async #untilHeard(one: Subscribed): Promise<void> {
    while (!one.stopped && !this.#closed) {
      try {
        await this.#patiently(one, performance.now() + SUBSCRIBE_MILLISECONDS)
        if (!one.stopped) one.listener.missed()
        return
      } catch (error) {
        if (!(error instanceof StoreFault)) console.error(`subscribing anew failed: ${error}`)
        await Bun.sleep(FIRST_PAUSE_MILLISECONDS)
      }
    }
  }

  #stop(one: Subscribed): void {
    if (one.stopped) return
    one.stopped = true
    if (this.#all.get(one.channel) === one) this.#all.delete(one.channel)
    hush(one)
  }
}

function hush({ line, channel, hear }: Subscribed): void {
  if (line && hear) line.unsubscribe(channel, hear)
}
