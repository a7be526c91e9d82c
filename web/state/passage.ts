// The part of a room that is being read: the newest messages, or those around one that somebody went to; and its rows.
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { echoesIn, type MemberState, messageWith, type Outbox, type Timeline } from '../../client/index.ts'
import { neutral } from '../text/controls.ts'
import { countIn, firstUnread, lastBy } from './bearings.ts'
import type { Deletions } from './deletions.ts'
import { firstSince } from './first-since.ts'
import { Originals } from './originals.ts'
import { Paging } from './paging.ts'
import type { RoomStore } from './room.ts'
import { type Run, runAt } from './runs.ts'
import { type Row, rowsOf } from './timeline-rows.ts'

/** Where the view is to go, once; a new object each time. */
export type Aim =
  | { readonly to: 'end' }
  | { readonly to: 'unread' }
  | { readonly to: 'message'; readonly id: string; readonly why: 'asked' | 'day' }

const PAGE = 100
/** Offsets after a message that somebody goes to, and messages around it. */
const AHEAD = 30
const AROUND = 60

export class Passage {
  readonly store: RoomStore
  readonly deletions: Deletions
  readonly originals: Originals
  readonly paging = new Paging()
  readonly members: ReadonlySignal<readonly MemberState[]>
  readonly outbox: ReadonlySignal<Outbox | null>
  readonly run: ReadonlySignal<Run | null>
  readonly rows: ReadonlySignal<readonly Row[]>
  /** Nothing was said in this room, and nothing is about to be. */
  readonly isEmpty: ReadonlySignal<boolean>
  /** The id of what one has said last, if that is near the end. */
  readonly lastOwn: ReadonlySignal<string | null>
  readonly aim = signal<Aim | null>(null)
  /** Somebody wanted to see a message that is not there. */
  readonly missing = signal(false)
  readonly #anchor = signal<number | null>(null)
  /** Up to where one had read when the room was opened, or when one last looked away; `null` until it is known where to begin. */
  readonly #mark = signal<number | null>(null)
  readonly #unread: ReadonlySignal<string | null>
  #isOpened = false

  constructor(store: RoomStore) {
    this.store = store
    this.deletions = store.deletions
    this.originals = new Originals(store)
    const timeline = computed(() => store.timeline)
    const [blocks, cursor] = [computed(() => timeline.value?.blocks), computed(() => timeline.value?.cursor)]
    const members = computed(() => timeline.value?.members)
    this.members = computed(() => members.value ?? [])
    this.outbox = computed(() => store.state.value?.outbox ?? null)
    this.run = computed(() => {
      // Who is here or types changes the timeline too, and no run.
      const isKnown = blocks.value && cursor.value
      const known = timeline.peek()
      return isKnown && known ? runAt(known, this.#anchor.value) : null
    })
    this.#unread = computed(() => {
      const [run, mark] = [this.run.value, this.#mark.value]
      return run && mark !== null ? firstUnread(run, mark, store.email) : null
    })
    this.rows = computed(() => {
      const run = this.run.value
      if (!run || this.#mark.value === null) return []
      const echoes = run.isNewest && this.outbox.value ? echoesIn(this.outbox.value) : []
      return rowsOf({ blocks: run.blocks, echoes, unread: this.#unread.value, you: store.email })
    })
    this.isEmpty = computed(() => {
      const run = this.run.value
      return !!run?.isNewest && run.after === 0 && this.rows.value.length === 0 && this.#mark.value !== null
    })
    this.lastOwn = computed(() => lastBy(store.email, blocks.value ?? []))
  }

  /** As it can be shown: whatever somebody calls themselves. Whoever is no member any more goes by their email. */
  nameOf(email: string): string {
    return neutral(this.members.value.find((member) => member.email === email)?.name ?? email)
  }

  /** Goes to where somebody left off, and from then on wherever they want. Gives back what ends that. */
  follow(): () => void {
    const known = new Set(this.#said())
    const ends = [
      effect(() => {
        const timeline = this.store.timeline
        if (!this.#isOpened && timeline?.cursor) untracked(() => this.#open(timeline))
      }),
      effect(() => {
        const target = this.store.target.value
        if (target && this.#mark.value !== null) untracked(() => this.goTo(target.id))
      }),
      effect(() => {
        if (this.store.state.value?.connection.status === 'live') untracked(() => this.paging.tryAllAgain())
      }),
      // What one says is at the end, wherever one was.
      effect(() => {
        const fresh = this.#said().filter((id) => !known.has(id))
        for (const id of fresh) known.add(id)
        if (fresh.length > 0) untracked(() => this.goToNewest())
      }),
    ]
    return () => {
      for (const end of ends) end()
      this.deletions.carryOutAll()
    }
  }

  async older(): Promise<void> {
    const run = this.run.peek()
    if (!run || run.after === 0) return
    await this.paging.load('older', () => this.store.room.history({ before: run.after + 1, limit: PAGE }))
  }

  async newer(): Promise<void> {
    const run = this.run.peek()
    if (!run || run.isNewest) return
    await this.paging.load('newer', () => this.store.room.history({ after: run.upto, limit: PAGE }))
  }

  /** To a message, however old it is. */
  async goTo(id: string, why: 'asked' | 'day' = 'asked'): Promise<void> {
    this.#depart()
    const offset = Number(id)
    if (!this.#isInSight(offset)) {
      const range = { before: offset + AHEAD, limit: AROUND }
      const came = await this.paging.load(
        'jump',
        () => this.store.room.history(range),
        () => this.goTo(id, why),
      )
      if (!came) return
    }
    const timeline = this.store.timeline
    this.missing.value = !timeline || !messageWith(timeline, id)
    if (this.missing.value) return
    this.#arrive(offset)
    this.aim.value = { to: 'message', id, why }
  }

  /** To the first message said at this moment or later. */
  async goToDay(at: number): Promise<void> {
    this.#depart()
    let id: string | null = null
    const find = async () => {
      id = await firstSince(this.store.room, at)
    }
    const came = await this.paging.load('jump', find, () => this.goToDay(at))
    if (!came) return
    if (id === null) this.goToNewest()
    else await this.goTo(id, 'day')
  }

  goToNewest(): void {
    this.#depart()
    this.#arrive(null)
    this.aim.value = { to: 'end' }
  }

  /** One looks away: what comes from now on is what is new. */
  lookAway(): void {
    if (this.#mark.peek() !== null) this.#mark.value = this.store.readUpto
  }

  async #open(timeline: Timeline): Promise<void> {
    this.#isOpened = true
    const mark = this.store.readUpto
    const run = runAt(timeline, null)
    if (mark > 0 && run && mark < run.after && !this.store.target.peek()) {
      // One has read some of it, and not even the first of what is new is loaded.
      const came = await this.paging.load('jump', () => this.store.room.history({ after: mark, limit: PAGE }))
      if (came) this.#anchor.value = mark + 1
    }
    this.#mark.value = mark
    this.aim.value ??= this.#unread.peek() === null ? { to: 'end' } : { to: 'unread' }
  }

  /** Whoever goes somewhere wants to go nowhere else any more. */
  #depart(): void {
    this.paging.forget('jump')
    this.missing.value = false
  }

  /** What could not be loaded next to one place says nothing about another. */
  #arrive(anchor: number | null): void {
    if (anchor !== this.#anchor.peek()) this.paging.forget('older', 'newer')
    this.#anchor.value = anchor
  }

  /** Ids of what one has said and is not in the timeline yet. */
  #said(): readonly string[] {
    return this.outbox.value ? echoesIn(this.outbox.value).map(({ id }) => id) : []
  }

  /** Loaded already, with others around it. */
  #isInSight(offset: number): boolean {
    const timeline = this.store.timeline
    const run = timeline && messageWith(timeline, String(offset)) ? runAt(timeline, offset) : null
    return !!run && (countIn(run) >= AHEAD || (run.after === 0 && run.isNewest))
  }
}
