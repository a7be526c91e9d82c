// One room's delivery, on a log in memory and a clock that moves only when it is told to.
import type { Cursor, RoomEvent } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { Delivery } from '../../server/chat/delivery.ts'
import { Tail } from '../../server/chat/tail.ts'
import type { Log, Stored } from '../../server/ports/log.ts'

/** Whoever stored an event, and confirms it when `done`. */
export interface Waiting {
  readonly offset: number
  readonly done: boolean
}

export class RoomUnderTest {
  readonly log = new LogInMemory()
  readonly told: number[] = []
  readonly texts: string[] = []
  readonly delivery: Delivery
  sentAway = 0
  failsToStartAfresh = false
  readonly #later: { readonly due: number; readonly work: () => void }[] = []
  #now = 0
  #readyToStartAfresh = Promise.resolve()

  constructor() {
    this.delivery = new Delivery({
      room: 'w32tgse',
      log: this.log.asLog(),
      after: (milliseconds, work) => this.#after(milliseconds, work),
      tail: tailAt({ epoch: 'first', offset: 0 }),
      tell: (event) => {
        this.told.push(event.offset)
        if (event.type === 'message') this.texts.push(event.text)
      },
      startAfresh: () => this.#startAfresh(),
      sendAway: () => {
        this.sentAway += 1
      },
    })
  }

  /** As a broadcast: nobody waits. */
  deliver(stored: Stored | undefined): void {
    if (!stored) throw new Error('there is no such event')
    void this.delivery.deliver(stored)
  }

  /** As whoever stored it: they confirm it when `done`. */
  confirmed(stored: Stored | undefined): Waiting {
    if (!stored) throw new Error('there is no such event')
    const waiting = { offset: stored.event.offset, done: false }
    Promise.resolve(this.delivery.deliver(stored)).then(() => {
      waiting.done = true
    })
    return waiting
  }

  /** Lets this much time pass, and what is due in it be done in its turn. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    for (;;) {
      await this.settle()
      const next = this.#later.toSorted((a, b) => a.due - b.due)[0]
      if (!next || next.due > until) break
      this.#later.splice(this.#later.indexOf(next), 1)
      this.#now = Math.max(this.#now, next.due)
      next.work()
    }
    this.#now = until
  }

  /** Lets everything that can go on without any time go on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }

  /** What has been read when starting afresh is handed over only when the result is called. */
  holdUpStartingAfresh(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#readyToStartAfresh = promise
    return resolve
  }

  async #startAfresh(): Promise<Tail> {
    if (this.failsToStartAfresh) throw unavailable()
    const tail = tailAt(await this.log.end())
    await this.#readyToStartAfresh
    return tail
  }

  #after(milliseconds: number, work: () => void): () => void {
    const one = { due: this.#now + milliseconds, work }
    this.#later.push(one)
    return () => void (this.#later.includes(one) && this.#later.splice(this.#later.indexOf(one), 1))
  }
}

export class LogInMemory {
  /** How often events were asked for. */
  asked = 0
  down = false
  #epoch = 'first'
  #events: RoomEvent[] = []
  #ready = Promise.resolve()

  get stored(): number {
    return this.#events.length
  }

  store(count: number): readonly Stored[] {
    return Array.from({ length: count }, () => {
      const event = message(this.#events.length + 1, this.#epoch)
      this.#events.push(event)
      return { epoch: this.#epoch, event }
    })
  }

  /** It was lost, and another has been begun. */
  replace(epoch: string): void {
    this.#epoch = epoch
    this.#events = []
  }

  /** Its end was lost. */
  cutBack(offset: number): void {
    this.#events.length = offset
  }

  /** The next answers are given when the result is called, as they were when they were asked for. */
  holdUp(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ready = promise
    return resolve
  }

  async end(): Promise<Cursor> {
    if (this.down) throw unavailable()
    return { epoch: this.#epoch, offset: this.#events.length }
  }

  async since(cursor: Cursor, most: number): Promise<readonly RoomEvent[] | 'gap'> {
    this.asked += 1
    if (this.down) throw unavailable()
    const missed = this.#events.length - cursor.offset
    const events = this.#events.slice(cursor.offset)
    const isGap = cursor.epoch !== this.#epoch || missed < 0 || missed > most
    await this.#ready
    return isGap ? 'gap' : events
  }

  asLog(): Log {
    const unasked = () => Promise.reject(new Error('a delivery asks the log for events and for its end, nothing else'))
    return {
      since: (_room, cursor, most) => this.since(cursor, most),
      end: () => this.end(),
      append: unasked,
      page: unasked,
      search: unasked,
      pins: unasked,
      lastBefore: unasked,
      markRead: unasked,
      readMarks: unasked,
      forgetReadMark: unasked,
      rooms: unasked,
    }
  }
}

function tailAt(end: Cursor): Tail {
  return new Tail({ messages: [], more: false, end }, 50)
}

export function message(offset: number, epoch = 'first'): RoomEvent {
  return { type: 'message', offset, at: offset, by: 'ann@example.com', text: `${epoch} ${offset}` }
}

function unavailable(): Refusal {
  return new Refusal('store_unavailable', 'Cannot reach the messages: the store does not answer')
}
