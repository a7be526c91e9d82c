// One room as an application uses it: the connection, the timeline and the outbox, joined.
import type { Cursor } from '../protocol/event.ts'
import type { AnswerFrame, ServerFrame } from '../protocol/v1-server-frames.ts'
import type { Why } from './coming-back.ts'
import { Connection, type ConnectionState } from './connection.ts'
import { Delivery, type Sending } from './delivery.ts'
import type { Door } from './door.ts'
import { Listeners, type Unsubscribe } from './listeners.ts'
import type { Outbox } from './outbox.ts'
import { type Page, Requests } from './requests.ts'
import { type SavedOutbox, savedOutbox } from './saved-outbox.ts'
import { restoredTimeline } from './saved-timeline.ts'
import { type Arrived, emptyTimeline, gapsOf, type HistoryRange, merge, type Range, type Timeline } from './timeline.ts'
import { readMarkIn } from './unread.ts'
import { Whispers } from './whispers.ts'
import { thisWorld, type World } from './world.ts'

export interface RoomOptions extends Door {
  /** Where to go on from, as an earlier `state.timeline.cursor` was; without it, with the latest 50 messages (rule V2). */
  readonly cursor?: Cursor
  /**
   * What `savedTimeline` gave before, as JSON or parsed: it is in `state` at once, also without a network, and the first welcome
   * adds what came since then. Anything else counts as nothing, and `cursor` stands.
   */
  readonly timeline?: unknown
  /** What `save()` gave before, as JSON or parsed: it is sent as soon as there is a connection. */
  readonly outbox?: unknown
  /**
   * How many frames of the outbox may wait for their answers at once; 1 unless told otherwise. More is faster where answers
   * take long, but what is refused for a while (`rate_limited`) is then overtaken by what was written after it.
   */
  readonly atOnce?: number
  /** Told of frames that made no sense and were passed over, for a log: nothing has to be done. */
  readonly onFault?: (sentence: string) => void
  /** Another clock, another kind of socket, other wake-ups; what is left out is as it is here. */
  readonly world?: Partial<World>
}

/** A value: it does not change, the next state is another one. Parts that are equal by reference have not changed. */
export interface RoomState {
  readonly connection: ConnectionState
  readonly timeline: Timeline
  readonly outbox: Outbox
}

/** Opens a room and keeps it open until `close()`. Nothing has to be awaited: what is sent before the welcome waits for it. */
export function openRoom(options: RoomOptions): Room {
  return new Room(options)
}

const OUT_OF_STEP: Why = { code: 'out_of_step', message: 'Events were missing: coming back for them' }
const FRAME_TOO_LARGE = 1009

export class Room {
  readonly #id: RoomOptions['room']
  readonly #world: World
  readonly #connection: Connection
  readonly #delivery: Delivery
  readonly #requests: Requests
  readonly #whispers: Whispers
  readonly #listeners: Listeners<RoomState>
  #timeline: Timeline
  #state: RoomState
  #live = false

  constructor(options: RoomOptions) {
    const { cursor, outbox, atOnce = 1, onFault = () => undefined } = options
    this.#id = options.room
    this.#world = { ...thisWorld(), ...options.world }
    this.#listeners = new Listeners(this.#world)
    this.#timeline = restoredTimeline(options.timeline, options.room) ?? emptyTimeline(cursor)
    const listener = {
      cursor: () => this.#timeline.cursor,
      hear: (frame: ServerFrame) => this.#hear(frame),
      change: () => this.#changed(),
      fault: onFault,
    }
    this.#connection = new Connection(options, listener, this.#world)
    this.#delivery = new Delivery(this.#connection, this.#world, outbox, atOnce, () => this.#tell())
    this.#requests = new Requests(this.#world)
    this.#whispers = new Whispers(this.#connection, this.#world, this.#timeline.cursor?.epoch)
    this.#whispers.read(readMarkIn(this.#timeline))
    this.#state = this.#present()
    this.#connection.open()
  }

  /** The present state: the same object until something changes. */
  get state(): RoomState {
    return this.#state
  }

  /** Calls the listener after every change, not now; gives back what stops that. */
  subscribe(listener: (state: RoomState) => void): Unsubscribe {
    return this.#listeners.add(listener)
  }

  /** Says something. `replyTo` is the id of a message. */
  send(text: string, { replyTo }: { readonly replyTo?: string } = {}): Sending {
    this.#whispers.said()
    return this.#after(this.#delivery.write({ type: 'message', text, ...(replyTo !== undefined && { replyTo }) }))
  }

  /** Changes what one has said oneself. */
  edit(message: string, text: string): Sending {
    return this.#after(this.#delivery.write({ type: 'edited', message, text }))
  }

  /** Takes back what one has said; the room's owner may take back anything (rule R7). */
  delete(message: string): Sending {
    return this.#after(this.#delivery.write({ type: 'deleted', message }))
  }

  /** Puts one emoji on a message, or takes it off. */
  react(message: string, emoji: string, on = true): Sending {
    return this.#after(this.#delivery.write({ type: 'reacted', message, emoji, on }))
  }

  pin(message: string, on = true): Sending {
    return this.#after(this.#delivery.write({ type: 'pinned', message, on }))
  }

  /** Sends once more what has failed. After `unsure` it may be said twice: ask the person first. */
  tryAgain(id: string): Sending {
    return this.#after(this.#delivery.tryAgain(id))
  }

  /** Gives up what waits or has failed. What is on its way stays. */
  discard(id: string): void {
    this.#after(this.#delivery.discard(id))
  }

  /** Sends what `save()` gave in another page that is gone, as `openRoom({ outbox })` would have; what is here already stays as it is. */
  takeOver(saved: unknown): void {
    this.#after(this.#delivery.takeOver(saved))
  }

  /** Begins with what `savedTimeline` gave, as `openRoom({ timeline })` would have, where that is found late. What is known already stays. */
  recall(saved: unknown): void {
    const timeline = this.#timeline.cursor ? null : restoredTimeline(saved, this.#id)
    if (!timeline?.cursor) return
    this.#timeline = timeline
    this.#whispers.recalled(timeline.cursor.epoch)
    this.#whispers.read(readMarkIn(timeline))
    this.#tell()
  }

  /** What is not known to be stored, for `JSON.stringify`: `openRoom({ outbox })` goes on with it. */
  save(): SavedOutbox {
    return savedOutbox(this.#delivery.outbox)
  }

  /**
   * A page of messages around an offset, oldest first (rule V9); it fills the timeline too. Without a range: the messages before
   * the oldest of the latest, or an empty page when there are none. With `from`, a date or milliseconds since 1970: the first
   * messages said then or later; `after` of the page is where it begins, and `{ before: after + 1 }` asks for what is older
   * (rule V18). Rejects with `RequestFailed`.
   */
  async history(range: HistoryRange = this.#newestGap()): Promise<Page> {
    const { limit, from, ...offsets } = range
    const id = this.#world.newId()
    if (offsets.before !== undefined && offsets.before <= 1) return { type: 'history', id, messages: [], more: false }
    const moment = from === undefined ? undefined : new Date(from).toISOString()
    const frame = JSON.stringify({ type: 'history', id, ...offsets, from: moment, limit })
    this.#after(this.#merge({ type: 'asked', id, range: offsets }))
    try {
      return await this.#requests.ask(id, () => this.#connection.send(frame))
    } catch (error) {
      this.#after(this.#merge({ type: 'unanswered', id }))
      throw error
    }
  }

  /**
   * The pinned messages, newest first and at most 100; the offset of the oldest as `before` goes on (rule V17). The timeline stays
   * as it is. Rejects with `RequestFailed`.
   */
  pins(range: { readonly before?: number } = {}): Promise<Page> {
    const id = this.#world.newId()
    const frame = JSON.stringify({ type: 'pins', id, ...range })
    return this.#requests.ask(id, () => this.#connection.send(frame))
  }

  /** Newest first; `before` of the answer goes on (rule V9). The timeline stays as it is. Rejects with `RequestFailed`. */
  search(query: string, range: { readonly before?: number; readonly limit?: number } = {}): Promise<Page> {
    const id = this.#world.newId()
    const frame = JSON.stringify({ type: 'search', id, query, ...range })
    return this.#requests.ask(id, () => this.#connection.send(frame))
  }

  /**
   * Everything up to this offset has been seen; to the end, unless told otherwise. Never moves back (rule V8). One's own mark in
   * `state.timeline` moves at once.
   */
  read(upto = Number.POSITIVE_INFINITY): void {
    this.#whispers.read(Math.min(upto, this.#timeline.cursor?.offset ?? 0))
    this.#after(this.#showRead())
  }

  /** To be called with `true` on every key stroke; it is told seldom enough. */
  typing(on: boolean): void {
    this.#whispers.typing(on)
  }

  /** Somebody does not want to wait for the next attempt, or doubts the connection. */
  tryNow(): void {
    this.#connection.tryNow()
  }

  /** For good. Closing twice is harmless; `save()` still gives what was not sent. */
  close(): void {
    this.#connection.close()
  }

  #hear(frame: ServerFrame): void {
    if (this.#merge(frame)) this.#obey(frame)
    else this.#fallOut(frame)
    this.#tell()
  }

  #obey(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#live = true
        this.#welcomed(frame)
        break
      case 'event':
        this.#delivery.told(frame.event)
        break
      case 'sent':
      case 'refused':
      case 'history':
      case 'search':
      case 'pins':
        this.#answered(frame)
        break
      case 'read':
        if (frame.email === this.#timeline.you?.email) this.#whispers.confirmed(frame.upto)
        break
      case 'presence':
      case 'typing':
      case 'pong':
        break
    }
  }

  #answered(answer: AnswerFrame): void {
    this.#delivery.answered(answer, this.#timeline.cursor?.offset ?? 0)
    this.#requests.answered(answer)
    // Only a read mark has no id: typing is never refused (rule V16).
    if (answer.type === 'refused' && answer.id === undefined) this.#whispers.refused(answer.retryAfterSeconds)
  }

  #welcomed({ you, resumed, events, members, limits, cursor }: ServerFrame & { readonly type: 'welcome' }): void {
    this.#delivery.cameBack({ you: you.email, cursor, resumed, events, frameBytes: limits.frame_bytes })
    const read = members.find(({ email }) => email === you.email)?.read ?? 0
    this.#whispers.welcomed(read, cursor)
    this.#showRead()
  }

  /** The server may not know of it yet. */
  #showRead(): void {
    const { you } = this.#timeline
    if (you) this.#merge({ type: 'read', email: you.email, upto: this.#whispers.furthest })
  }

  /** Comes back for what is missing; if it is missing even from what was told on coming back, afresh. */
  #fallOut(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#timeline = emptyTimeline()
    this.#connection.comeBack(OUT_OF_STEP)
  }

  #changed(): void {
    const { connection } = this.#present()
    if (this.#live && connection.status !== 'live') {
      this.#live = false
      const why = 'why' in connection ? connection.why : OUT_OF_STEP
      this.#merge({ type: 'disconnected' })
      this.#delivery.disconnected(why.close === FRAME_TOO_LARGE)
      this.#requests.end(why)
    }
    if (connection.status === 'ended') {
      this.#delivery.ended()
      this.#whispers.end()
    }
    this.#tell()
  }

  /** Whether it went on without a hole. */
  #merge(arrived: Arrived): boolean {
    const next = merge(this.#timeline, arrived)
    if (next === 'hole') return false
    this.#timeline = next
    return true
  }

  #newestGap(): Range {
    const gap = gapsOf(this.#timeline).at(-1)
    if (gap) return { before: gap.upto + 1 }
    return this.#timeline.cursor ? { before: 0 } : {}
  }

  #present(): RoomState {
    return { connection: this.#connection.state, timeline: this.#timeline, outbox: this.#delivery.outbox }
  }

  #after<Result>(done: Result): Result {
    this.#tell()
    return done
  }

  #tell(): void {
    const before = this.#state
    const { connection, timeline, outbox } = this.#present()
    if (before.connection === connection && before.timeline === timeline && before.outbox === outbox) return
    this.#state = { connection, timeline, outbox }
    this.#listeners.tell(this.#state)
  }
}
