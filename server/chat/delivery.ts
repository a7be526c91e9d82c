// Brings a room's events into order: told one by one, however early, late, twice or never their broadcasts come.
import type { RoomId } from '../../protocol/chat.ts'
import type { RoomEvent } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Log, Stored } from '../ports/log.ts'
import type { After } from './presence.ts'
import { MOST_MISSED, type Tail } from './tail.ts'

/** How long an event may keep the later ones waiting before the log is asked for it: it is usually on its way. */
const GRACE_MILLISECONDS = 50
/** While the log does not answer, it is asked again this often. */
const RETRY_MILLISECONDS = 500
/** Events that may wait for an earlier one. What comes beyond them is fetched from the log. */
const MOST_EARLY = 1_000

export interface DeliveryParts {
  readonly room: RoomId
  readonly log: Log
  readonly after: After
  readonly tail: Tail
  /** Called with every event, in the order of offsets, each once. */
  readonly tell: (event: RoomEvent) => void
  /** Reads the end of a log that has been replaced. */
  readonly startAfresh: () => Promise<Tail>
  /** Called when what was read is the tail, so that nobody comes in to the former log any more: sends away whoever followed it. */
  readonly sendAway: () => void
}

export class Delivery {
  readonly #parts: DeliveryParts
  #tail: Tail
  readonly #early = new Map<number, RoomEvent>()
  /** The newest offset that is known to be stored. */
  #newest: number
  /** Under way while something is missing; resolves when nothing is, or when everyone has been sent away. */
  #mending: PromiseWithResolvers<void> | undefined

  constructor(parts: DeliveryParts) {
    this.#parts = parts
    this.#tail = parts.tail
    this.#newest = parts.tail.end.offset
  }

  /** What has been told. */
  get tail(): Tail {
    return this.#tail
  }

  /** Resolves when the event has been told, and everything before it. */
  deliver({ epoch, event }: Stored): Promise<void> | void {
    const { end } = this.#tail
    if (epoch !== end.epoch) return this.#mend() // Of a log that is no more, or of the one that took its place.
    if (event.offset <= end.offset) return
    this.#newest = Math.max(this.#newest, event.offset)
    if (event.offset === end.offset + 1) return this.#tellFrom(event)
    if (this.#early.size < MOST_EARLY) this.#early.set(event.offset, event)
    return this.#mend()
  }

  /** Compares with the log, and makes up for what never came (rule R5). */
  async look(): Promise<void> {
    const before = this.#tail.end
    const end = await this.#parts.log.end(this.#parts.room)
    if (end.epoch !== before.epoch || end.offset < before.offset) return this.#mend()
    this.#newest = Math.max(this.#newest, end.offset)
    if (this.#isBehind()) await this.#mend()
  }

  /** Gives up what is still missing. */
  stop(): void {
    this.#mended()
  }

  #tellFrom(event: RoomEvent): void {
    this.#tell(event)
    this.#tellEarly()
    if (!this.#isBehind()) this.#mended()
  }

  #tellEarly(): void {
    for (let next = this.#takeNext(); next; next = this.#takeNext()) this.#tell(next)
  }

  #tell(event: RoomEvent): void {
    this.#tail.add(event)
    this.#parts.tell(event)
  }

  #takeNext(): RoomEvent | undefined {
    if (this.#early.size === 0) return undefined
    const offset = this.#tail.end.offset + 1
    const next = this.#early.get(offset)
    this.#early.delete(offset)
    return next
  }

  #isBehind(): boolean {
    return this.#tail.end.offset < this.#newest
  }

  /** One at a time: whoever else finds something missing waits for the same one. */
  #mend(): Promise<void> {
    if (!this.#mending) {
      this.#mending = Promise.withResolvers()
      this.#fetchAfter(GRACE_MILLISECONDS, this.#mending)
    }
    return this.#mending.promise
  }

  #fetchAfter(milliseconds: number, mending: PromiseWithResolvers<void>): void {
    this.#parts.after(milliseconds, async () => {
      if (mending !== this.#mending) return // What was missing has come by itself.
      try {
        await this.#fetch()
        if (!this.#isBehind()) return this.#mended()
      } catch (error) {
        if (!(error instanceof Refusal)) console.error(`mending room ${JSON.stringify(this.#parts.room)}: ${error}`)
      }
      this.#fetchAfter(RETRY_MILLISECONDS, mending)
    })
  }

  async #fetch(): Promise<void> {
    const { log, room } = this.#parts
    const [tail, newest, early] = [this.#tail, this.#newest, [...this.#early.keys()]]
    const missed = await log.since(room, tail.end, MOST_MISSED)
    if (tail !== this.#tail) return // It was asked of a log that nobody here follows any more.
    if (missed === 'gap') {
      await this.#beginAnew()
      return this.#fetch() // What was stored while its end was read.
    }
    for (const event of missed) if (event.offset === this.#tail.end.offset + 1) this.#tell(event)
    this.#tellEarly()
    // The log has been asked since they came: what it did not have then was never stored, whoever said so.
    for (const offset of early) this.#early.delete(offset)
    for (const offset of this.#early.keys()) if (offset <= this.#tail.end.offset) this.#early.delete(offset)
    if (this.#newest === newest) this.#newest = Math.max(this.#tail.end.offset, ...this.#early.keys())
  }

  async #beginAnew(): Promise<void> {
    const former = this.#tail
    const tail = await this.#parts.startAfresh()
    if (former !== this.#tail) return // Another question has found it out meanwhile.
    this.#tail = tail
    this.#newest = tail.end.offset
    this.#early.clear()
    this.#parts.sendAway()
  }

  #mended(): void {
    this.#mending?.resolve()
    this.#mending = undefined
  }
}
