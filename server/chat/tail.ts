// The end of a room's log, kept at hand: whoever joins or comes back right away costs the log nothing.
import { type Cursor, changed, charactersIn, type Message, messageOf, type RoomEvent } from '../../protocol/event.ts'
import type { Page } from '../ports/log.ts'

/** Who has missed more events than this starts afresh (rule V15). */
export const MOST_MISSED = 1_000
/** So does who has missed more text: it would be a burden to the client and to everyone beside it. */
export const MOST_MISSED_CHARACTERS = 512 * 1024

/** What somebody who comes back has missed: every event after their cursor and up to `upto`. */
export interface Missed {
  /** The lifetime of the log that it was read in. */
  readonly epoch: string
  readonly events: readonly RoomEvent[]
  readonly upto: number
}

export class Tail {
  readonly #mostMessages: number
  /** Oldest first, by id. */
  readonly #messages: Map<string, Message>
  #events: RoomEvent[] = []
  #characters = 0
  #end: Cursor
  /** The last event that the messages show. The others wait until somebody asks: mostly nobody does before many have come. */
  #shown: number

  constructor(page: Page, mostMessages: number) {
    this.#mostMessages = mostMessages
    this.#messages = new Map(page.messages.map((message) => [message.id, message]))
    this.#end = page.end
    this.#shown = page.end.offset
  }

  /** The last event that has been told. */
  get end(): Cursor {
    return this.#end
  }

  /** Takes in the next event; whoever calls has made sure that it is the next. */
  add(event: RoomEvent): void {
    this.#end = { epoch: this.#end.epoch, offset: event.offset }
    this.#events.push(event)
    this.#characters += charactersIn(event)
    // Deleted means gone: nobody who catches up from here is told any more what it said.
    if (event.type === 'deleted') this.#events = [...withoutDeleted(this.#events)]
    // Cut in lumps: shifting one by one would move the whole array for every event.
    if (this.#events.length > 2 * MOST_MISSED || this.#characters > 2 * MOST_MISSED_CHARACTERS) this.#cut()
  }

  /** The latest messages, oldest first, in present state. */
  latest(most: number): readonly Message[] {
    this.#show()
    const all = [...this.#messages.values()]
    return all.slice(Math.max(0, all.length - most))
  }

  /** Every event after the offset, or `null` when they reach further back than this. */
  since(offset: number): readonly RoomEvent[] | null {
    const missed = this.#end.offset - offset
    if (missed < 0 || missed > Math.min(this.#events.length, MOST_MISSED)) return null
    return missed === 0 ? [] : this.#events.slice(-missed)
  }

  /** What was missed, with what was told between looking and now; `null` when that is more than anyone should be sent. */
  complete({ epoch, events, upto }: Missed): readonly RoomEvent[] | null {
    const since = epoch === this.#end.epoch ? this.since(upto) : null
    if (!since) return null
    const all = [...events, ...since]
    const characters = all.reduce((sum, event) => sum + charactersIn(event), 0)
    return characters > MOST_MISSED_CHARACTERS ? null : withoutDeleted(all)
  }

  /** Keeps what somebody who comes back may be sent, and no more. */
  #cut(): void {
    this.#show()
    let kept = 0
    let first = this.#events.length
    for (const event of this.#events.toReversed()) {
      if (this.#events.length - first >= MOST_MISSED || kept > MOST_MISSED_CHARACTERS) break
      first -= 1
      kept += charactersIn(event)
    }
    this.#events = this.#events.slice(first)
    this.#characters = kept
  }

  /** Brings the messages up to the last event. */
  #show(): void {
    const fresh = this.#end.offset - this.#shown
    if (fresh === 0) return
    for (const event of this.#events.slice(-fresh)) this.#showOne(event)
    this.#shown = this.#end.offset
    const tooMany = this.#messages.size - this.#mostMessages
    for (const id of [...this.#messages.keys()].slice(0, Math.max(0, tooMany))) this.#messages.delete(id)
  }

  #showOne(event: RoomEvent): void {
    if (event.type === 'message') {
      const message = messageOf(event)
      this.#messages.set(message.id, message)
      return
    }
    const before = this.#messages.get(event.message)
    if (before) this.#messages.set(event.message, changed(before, event))
  }
}

/** Deleted means gone, also for whoever was on the way in when it happened. */
function withoutDeleted(events: readonly RoomEvent[]): readonly RoomEvent[] {
  const deleted = new Set(events.flatMap((event) => (event.type === 'deleted' ? [event.message] : [])))
  return deleted.size === 0 ? events : events.map((event) => forgetText(event, deleted))
}

function forgetText(event: RoomEvent, deleted: ReadonlySet<string>): RoomEvent {
  if (event.type === 'message') return deleted.has(String(event.offset)) ? { ...event, text: '' } : event
  if (event.type === 'edited') return deleted.has(event.message) ? { ...event, text: '' } : event
  return event
}
