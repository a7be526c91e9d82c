// Carries the outbox to the server: in order, again after every break, until each entry is settled.
import type { Change, Cursor } from '../protocol/event.ts'
import type { NumberedEvent } from '../protocol/v1-contents.ts'
import type { AnswerFrame } from '../protocol/v1-server-frames.ts'
import type { Why } from './coming-back.ts'
import * as box from './outbox.ts'
import { frameFor } from './requests.ts'
import { restoredOutbox } from './saved-outbox.ts'
import type { World } from './world.ts'

/** Something that was written. It stands in `state.outbox` until it is confirmed and stands in `state.timeline`. */
export interface Sending {
  /** Its client id, by which the outbox names it. */
  readonly id: string
  /** Never rejects. */
  readonly settled: Promise<Settled>
}

/**
 * `stored` with its place in the room and the time in milliseconds since 1970; `failed` with the reason (see `Failure`); or `left`:
 * the connection ended for good before there was an answer, and it is still in the outbox.
 */
export type Settled =
  | { readonly status: 'stored'; readonly offset: number; readonly at: number }
  | { readonly status: 'failed'; readonly failure: box.Failure }
  | { readonly status: 'left' }

/** What the delivery needs of a connection. */
export interface Line {
  send(frame: string): boolean
  comeBack(why: Why): void
}

export interface Comeback {
  readonly you: string
  readonly cursor: Cursor
  readonly resumed: boolean
  readonly events: readonly NumberedEvent[]
  /** The most that a frame may hold; 0 where there is no limit (rule V12). */
  readonly frameBytes: number
}

const UNANSWERED_MILLISECONDS = 20_000
const UNANSWERED: Why = { code: 'unanswered', message: 'The chat did not confirm what was sent' }
const TOO_LONG: box.Failure = {
  code: 'text_too_long',
  message: 'Cannot send the text: it is longer than the chat takes',
}
/** How long ago what a welcome tells of was sent, nobody knows. */
const LONG_AGO = 0
const DISCARDED: box.Failure = { code: 'discarded', message: 'It was given up before it was sent' }

export class Delivery {
  readonly #line: Line
  readonly #world: World
  readonly #atOnce: number
  readonly #changed: () => void
  readonly #unsettled = new Map<string, (settled: Settled) => void>()
  #outbox: box.Outbox
  #state: 'apart' | 'live' | 'ended' = 'apart'
  #you = ''
  #frameBytes = 0
  #stopWaiting: () => void = () => undefined
  #stopWondering: () => void = () => undefined
  /** What is on its way and has its time for an answer. */
  #unanswered: string | undefined

  /** `changed` is called when the outbox changes by itself, with time. */
  constructor(line: Line, world: World, saved: unknown, atOnce: number, changed: () => void) {
    this.#changed = changed
    this.#line = line
    this.#world = world
    this.#atOnce = atOnce
    this.#outbox = restoredOutbox(saved)
  }

  get outbox(): box.Outbox {
    return this.#outbox
  }

  write(change: Change): Sending {
    const id = this.#world.newId()
    this.#outbox = box.written(this.#outbox, id, change, this.#world.now())
    return this.#sending(id)
  }

  tryAgain(id: string): Sending {
    this.#outbox = box.again(this.#outbox, id)
    return this.#sending(id)
  }

  discard(id: string): void {
    this.#outbox = box.discarded(this.#outbox, id)
    if (!this.#outbox.entries.some((entry) => entry.id === id)) this.#settle(id, failure(DISCARDED))
  }

  /** What another page has kept and sends no more: it is sent here, under its own ids. */
  takeOver(saved: unknown): void {
    this.#outbox = box.joined(this.#outbox, restoredOutbox(saved))
    this.#sendDue()
  }

  cameBack({ you, cursor, resumed, events, frameBytes }: Comeback): void {
    this.#state = 'live'
    this.#you = you
    this.#frameBytes = frameBytes
    this.#outbox = box.inEpoch(this.#outbox, cursor.epoch)
    for (const event of events) this.#hearEvent(event, LONG_AGO)
    this.#outbox = box.cameBack(this.#outbox, resumed, this.#world.now())
    this.#letGoUpTo(cursor.offset)
    this.#sendDue()
  }

  told(event: NumberedEvent): void {
    this.#hearEvent(event, this.#world.now())
    this.#letGoUpTo(event.offset)
    this.#sendDue()
  }

  /** `end` is the last offset that was told. */
  answered(answer: AnswerFrame, end: number): void {
    if (answer.type === 'sent') {
      const { id, offset, at } = answer
      this.#outbox = box.stored(this.#outbox, id, offset, at)
      this.#letGoUpTo(end)
    } else if (answer.type === 'refused' && answer.id !== undefined) {
      this.#outbox = box.refused(this.#outbox, answer.id, answer, this.#world.now(), this.#world.random)
    }
    this.#sendDue()
  }

  /** With the close code 1009 the server has said that what was on its way is too large for any frame. */
  disconnected(frameTooLarge: boolean): void {
    this.#state = 'apart'
    this.#stopWaiting()
    this.#wonder([])
    if (frameTooLarge) {
      const culprits = this.#outbox.entries.filter((entry) => entry.status === 'on_its_way' && !box.isTold(entry))
      for (const { id } of culprits) this.#fail(id, TOO_LONG)
    }
    this.#outbox = box.disconnected(this.#outbox)
  }

  ended(): void {
    this.#state = 'ended'
    for (const id of [...this.#unsettled.keys()]) this.#settle(id, { status: 'left' })
  }

  #sending(id: string): Sending {
    const settled = new Promise<Settled>((resolve) => this.#unsettled.set(id, resolve))
    if (this.#state === 'ended') this.#settle(id, { status: 'left' })
    this.#sendDue()
    return { id, settled }
  }

  #hearEvent(event: NumberedEvent, sentAt: number): void {
    if (event.type !== 'unknown') this.#outbox = box.told(this.#outbox, event, this.#you, sentAt)
  }

  /** Of what is stored and has been told. */
  #letGoUpTo(offset: number): void {
    this.#settleDone()
    this.#outbox = box.toldUpTo(this.#outbox, offset)
  }

  #sendDue(): void {
    if (this.#state !== 'live') return
    const { outbox, due } = box.taken(this.#outbox, this.#world.now(), this.#atOnce)
    this.#outbox = outbox
    for (const { id, change } of due) this.#sendOne(id, frameFor(id, change))
    this.#settleDone()
    this.#waitForMore()
    // One that was too large for a frame has made room for the next.
    if (due.length > 0 && !this.#outbox.entries.some(({ status }) => status === 'on_its_way')) this.#sendDue()
  }

  #sendOne(id: string, frame: string): void {
    const fits = this.#frameBytes === 0 || bytesOf(frame) <= this.#frameBytes
    if (fits) this.#line.send(frame)
    else this.#fail(id, TOO_LONG)
  }

  /** For the end of what the server has asked for, and not for ever for what it does not answer. */
  #waitForMore(): void {
    const { entries, notBefore } = this.#outbox
    const rest = notBefore - this.#world.now()
    this.#stopWaiting()
    if (rest > 0 && entries.some(({ status }) => status === 'waiting'))
      this.#stopWaiting = this.#world.after(rest, () => this.#goOn())
    this.#wonder(entries.filter(({ status }) => status === 'on_its_way'))
  }

  /** About one at a time: whatever else is heard meanwhile, only its own answer ends the time that it has. */
  #wonder(onItsWay: readonly box.Entry[]): void {
    if (onItsWay.some(({ id }) => id === this.#unanswered)) return
    this.#stopWondering()
    this.#unanswered = onItsWay[0]?.id
    if (this.#unanswered === undefined) return
    this.#stopWondering = this.#world.after(UNANSWERED_MILLISECONDS, () => this.#line.comeBack(UNANSWERED))
  }

  #goOn(): void {
    this.#sendDue()
    this.#changed()
  }

  #fail(id: string, reason: box.Failure): void {
    this.#outbox = box.failed(this.#outbox, id, reason)
    this.#settleDone()
  }

  #settleDone(): void {
    if (this.#unsettled.size === 0) return
    for (const entry of this.#outbox.entries) {
      if (entry.status === 'failed') this.#settle(entry.id, failure(entry.failure))
      if (entry.status === 'stored') this.#settle(entry.id, { status: 'stored', offset: entry.offset, at: entry.at })
    }
  }

  #settle(id: string, settled: Settled): void {
    this.#unsettled.get(id)?.(settled)
    this.#unsettled.delete(id)
  }
}

declare const TextEncoder: new () => { encode(text: string): { readonly length: number } }

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

function failure(reason: box.Failure): Settled {
  return { status: 'failed', failure: reason }
}
