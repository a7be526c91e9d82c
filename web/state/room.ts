// One room as the page knows it: the SDK's room, what was kept of it, and what follows from both.
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import {
  type Entry,
  echoesIn,
  openRoom,
  type Room,
  type RoomState,
  savedTimeline,
  type Timeline,
  type Unread,
  unreadIn,
  unreadMessages,
} from '../../client/index.ts'
import type { Chat, RoomId } from '../../protocol/chat.ts'
import type { Message } from '../../protocol/event.ts'
import { isCalled } from '../text/mentions.ts'
import { Deletions } from './deletions.ts'
import { holdOutbox, type KeptOutbox } from './outboxes.ts'
import { forgetTimeline, keepTimeline, keptTimeline } from './timelines.ts'

/** What was read is kept when it changes, but no more often than this; and when the page is left. */
const KEEP_MILLISECONDS = 2_000

const RESTING = {
  status: 'waiting',
  until: Number.POSITIVE_INFINITY,
  why: { code: 'too_many', message: 'Others come first: there are too many connections' },
} as const

/** Where the room is, and how to get in. */
export interface RoomDoor {
  readonly url: string
  /** A fresh ticket for this room, asked for before every attempt. */
  readonly ticket: () => Promise<string>
}

/** What one is about to say: something new, an answer, or other words for what one has said. */
export type Composing =
  | { readonly type: 'new' }
  | { readonly type: 'reply'; readonly message: Message }
  | { readonly type: 'edit'; readonly message: Message }

export class RoomStore {
  readonly id: RoomId
  readonly chat
  /** `null` until the room is opened. */
  readonly state = signal<RoomState | null>(null)
  readonly last: ReadonlySignal<Message | null>
  readonly unread: ReadonlySignal<Unread>
  /** How many of the unread messages call this person. */
  readonly mentions: ReadonlySignal<number>
  /** When something was said last, or the room was made; milliseconds since 1970. */
  readonly activeAt: ReadonlySignal<number>
  /** Since when this room is not live, after it was; `null` while it is, or before it ever was. Milliseconds since 1970. */
  readonly offlineSince = signal<number | null>(null)
  /** The message that somebody wants to see, wherever it is; a new object each time. The timeline goes there. */
  readonly target = signal<{ readonly id: string } | null>(null)
  readonly composing = signal<Composing>({ type: 'new' })
  readonly deletions = new Deletions(() => this.room)
  readonly #email: string
  readonly #door: RoomDoor
  #room: Room | undefined
  #outbox: KeptOutbox | undefined
  /** What a room that rests has not sent, where this browser keeps nothing. */
  #unkept: unknown
  #unsubscribe: () => void = () => undefined
  #wasLive = false
  #isClosed = false
  #keeping: ReturnType<typeof setTimeout> | undefined
  #keptTimeline: Timeline | undefined

  constructor(chat: Chat, email: string, door: RoomDoor) {
    this.id = chat.monitor_hash
    this.#email = email
    this.#door = door
    this.chat = signal(chat)
    this.last = computed(() => this.timeline?.blocks.at(-1)?.messages.at(-1) ?? null)
    this.unread = computed(() => this.unreadBy(this.#email))
    this.mentions = computed(() => this.#unreadMentions())
    this.activeAt = computed(() => this.last.value?.at ?? (Date.parse(this.chat.value.created_at ?? '') || 0))
  }

  get email(): string {
    return this.#email
  }

  get timeline() {
    return this.state.value?.timeline ?? null
  }

  /** Opens the room with what was read last, if it is not open yet. */
  async open(): Promise<void> {
    if (this.#room) return
    const recall = (timeline: unknown) => {
      if (!this.#isClosed) this.#room?.recall(timeline)
    }
    const timeline = this.#known() ?? (await keptTimeline(this.#email, this.id, recall))
    if (this.#room) recall(timeline)
    else if (!this.#isClosed) this.#room = this.#open(timeline)
  }

  /** The SDK's room, opened now if it was not: for what cannot wait until `open` is done. Once closed, it stays closed. */
  get room(): Room {
    if (!this.#room && this.#isClosed) throw new Error('the room was closed before anybody opened it')
    this.#room ??= this.#open(this.#known())
    return this.#room
  }

  /** What a room that rests goes on with. */
  #known(): unknown {
    return this.timeline ? savedTimeline(this.timeline) : undefined
  }

  /** A member's name; whoever is no member any more goes by their email. */
  nameOf(email: string): string {
    return this.timeline?.members.find((member) => member.email === email)?.name ?? email
  }

  get isOpen(): boolean {
    return this.#room !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Goes to a message, however old it is. */
  show(id: string): void {
    this.target.value = { id }
  }

  /** One's own read mark. */
  get readUpto(): number {
    return this.timeline?.members.find(({ email }) => email === this.#email)?.read ?? 0
  }

  /** Keeps what was read, now. */
  async keep(): Promise<void> {
    const timeline = this.timeline
    if (this.#isClosed || this.#isOut || !timeline || timeline === this.#keptTimeline) return
    this.#keptTimeline = timeline
    const saved = savedTimeline(timeline)
    if (saved) await keepTimeline(this.#email, this.id, JSON.stringify(saved))
  }

  /**
   * Lets go of the connection until somebody opens the room again: what is known of it stays, and what waits is sent then. A room
   * that is about to send something has its turn first. Gives back whether it let go.
   */
  rest(): boolean {
    const room = this.#room
    if (!room || room.state.connection.status === 'ended' || isSending(room.state)) return false
    this.keep()
    this.#unsubscribe()
    room.close()
    // What is kept may be sent by another tab meanwhile, and by this one too only if nobody has done it.
    this.#unkept = this.#outbox?.unkept
    this.#outbox?.leave()
    this.#room = undefined
    this.state.value = { ...room.state, connection: RESTING }
    this.#noteConnection(RESTING.status)
    return true
  }

  /** For good. What was about to be deleted is deleted first, or waits in the outbox. */
  close(): void {
    if (this.#isClosed) return
    this.deletions.carryOutAll()
    this.#isClosed = true
    clearTimeout(this.#keeping)
    this.#room?.close()
    this.#outbox?.leave()
  }

  #open(timeline: unknown): Room {
    const room = openRoom({ ...this.#door, room: this.id, timeline, outbox: this.#unkept })
    let before = room.state
    this.state.value = before
    const keepOutbox = () => {
      // What is kept after the end belongs to whoever comes next, or was removed with the account.
      if (!this.#isClosed) this.#outbox?.keep(room.state.outbox.entries.length > 0 ? room.save() : undefined)
    }
    this.#unsubscribe = room.subscribe((state) => {
      this.state.value = state
      this.#noteConnection(state.connection.status)
      if (state.timeline.room) this.chat.value = state.timeline.room
      if (state.outbox !== before.outbox) keepOutbox()
      if (state.timeline.blocks !== before.timeline.blocks || state.timeline.cursor !== before.timeline.cursor)
        this.#keepSoon()
      before = state
    })
    this.#outbox = holdOutbox(this.#email, this.id, (saved) => {
      room.takeOver(saved)
      return room.save()
    })
    keepOutbox()
    return room
  }

  /** Whoever is no member any more keeps nothing of what was said. */
  get #isOut(): boolean {
    const connection = this.state.peek()?.connection
    return connection?.status === 'ended' && connection.why.code === 'no_access'
  }

  /** The first change at once, because nobody knows how long the page will be there; those after it together. */
  #keepSoon(): void {
    if (this.#keeping !== undefined) return
    this.keep()
    this.#keeping = setTimeout(() => {
      this.#keeping = undefined
      this.keep()
    }, KEEP_MILLISECONDS)
  }

  #noteConnection(status: RoomState['connection']['status']): void {
    if (this.#isOut) forgetTimeline(this.#email, this.id)
    if (status === 'live') {
      this.offlineSince.value = null
      this.#wasLive = true
    } else if (this.#wasLive || status === 'waiting' || status === 'offline') this.offlineSince.value ??= Date.now()
  }

  /** What a member has not read, as far as it is loaded. */
  unreadBy(email: string): Unread {
    const { timeline } = this
    return timeline ? unreadIn(timeline, email) : { count: 0, more: false }
  }

  #unreadMentions(): number {
    const unread = this.timeline ? unreadMessages(this.timeline, this.#email) : []
    return unread.filter(({ text }) => this.mentionsMe(text)).length
  }

  /** Whether a text calls this person, as it is shown. */
  mentionsMe(text: string): boolean {
    return isCalled(this.#email, text, this.timeline?.members ?? [])
  }

  /** Messages that wait to be sent. */
  get waiting(): number {
    const outbox = this.state.value?.outbox
    return outbox ? echoesIn(outbox).filter(isUnsent).length : 0
  }
}

/** Whether something is on its way, or goes as soon as what is before it has arrived. */
function isSending({ connection, outbox }: RoomState): boolean {
  return connection.status === 'live' && outbox.entries.some(isUnsent)
}

function isUnsent({ status }: { readonly status: Entry['status'] }): boolean {
  return status === 'waiting' || status === 'on_its_way'
}
