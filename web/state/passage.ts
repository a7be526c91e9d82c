// The part of a room that is being read: the newest messages, or those around one that somebody went to; and its rows.
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { type Block, echoesIn, type MemberState, messageWith, type Outbox, type Timeline } from '../../client/index.ts'
import { neutral } from '../text/controls.ts'
import { Deletions } from './deletions.ts'
import { firstSince } from './first-since.ts'
import { Originals } from './originals.ts'
import { patiently } from './patiently.ts'
import type { RoomStore } from './room.ts'
import { type Run, runAt } from './runs.ts'
import { type Row, rowsOf } from './timeline-rows.ts'

/** Where the view is to go, once; a new object each time. */
export type Aim =
  | { readonly to: 'end' }
  | { readonly to: 'unread' }
  | { readonly to: 'message'; readonly id: string; readonly why: 'asked' | 'day' }

export type Direction = 'older' | 'newer' | 'jump'

const PAGE = 100
/** Offsets after a message that somebody goes to, and messages around it. */
const AHEAD = 30
const AROUND = 60

export class Passage {
  readonly store: RoomStore
  readonly deletions: Deletions
  readonly originals: Originals
  readonly run: ReadonlySignal<Run | null>
  readonly rows: ReadonlySignal<readonly Row[]>
  /** The id of what one has said last, if that is near the end. */
  readonly lastOwn: ReadonlySignal<string | null>
  readonly members: ReadonlySignal<readonly MemberState[]>
  readonly outbox: ReadonlySignal<Outbox | null>
  readonly aim = signal<Aim | null>(null)
  /** Pages on their way, and what could not be loaded. */
  readonly loading = signal<ReadonlySet<Direction>>(new Set())
  readonly failed = signal<Direction | null>(null)
  /** Nothing was said in this room, and nothing is about to be. */
  readonly isEmpty: ReadonlySignal<boolean>
  /** Somebody wanted to see a message that is not there. */
  readonly missing = signal(false)
  /** The id of the first message that was unread when the room was opened, or when one last looked away. */
  readonly unread: ReadonlySignal<string | null>
  readonly #anchor = signal<number | null>(null)
  readonly #mark = signal<number | null>(null)
  #retry: () => void = () => undefined
  #jumps = 0
  #opened = false

  constructor(store: RoomStore) {
    this.store = store
    this.deletions = new Deletions(() => store.room)
    this.originals = new Originals(store)
    const timeline = computed(() => store.timeline)
    const blocks = computed(() => timeline.value?.blocks)
    const cursor = computed(() => timeline.value?.cursor)
    this.outbox = computed(() => store.state.value?.outbox ?? null)
    const members = computed(() => timeline.value?.members)
    this.members = computed(() => members.value ?? [])
    this.run = computed(() => {
      blocks.value
      cursor.value
      const known = timeline.peek()
      return known && runAt(known, this.#anchor.value)
    })
    this.unread = computed(() => this.#firstUnread())
    this.rows = computed(() => {
      const run = this.run.value
      if (!run || this.#mark.value === null) return []
      const outbox = run.isNewest ? this.outbox.value : null
      const echoes = outbox ? echoesIn(outbox) : []
      return rowsOf({ blocks: run.blocks, echoes, unread: this.unread.value, you: store.email })
    })
    this.lastOwn = computed(() => lastBy(store.email, blocks.value ?? []))
    this.isEmpty = computed(() => {
      const run = this.run.value
      return !!run?.isNewest && run.after === 0 && this.rows.value.length === 0 && this.#mark.value !== null
    })
  }

  /** As it can be shown: whatever somebody calls themselves. Whoever is no member any more goes by their email. */
  nameOf(email: string): string {
    return neutral(this.members.value.find((member) => member.email === email)?.name ?? email)
  }

  /** Goes to where somebody left off, and from then on wherever `store.target` leads. Gives back what ends that. */
  follow(): () => void {
    const opening = effect(() => {
      const timeline = this.store.timeline
      if (!this.#opened && timeline?.cursor) untracked(() => this.#open(timeline))
    })
    const jumping = effect(() => {
      const target = this.store.target.value
      if (target && this.#mark.value !== null) untracked(() => this.goTo(target.id))
    })
    const again = effect(() => {
      const isLive = this.store.state.value?.connection.status === 'live'
      if (isLive && this.failed.peek()) untracked(() => this.tryAgain())
    })
    return () => {
      for (const end of [opening, jumping, again]) end()
      this.deletions.carryOutAll()
    }
  }

  async older(): Promise<void> {
    const run = this.run.peek()
    if (run && run.after > 0)
      await this.#load('older', () => this.store.room.history({ before: run.after + 1, limit: PAGE }))
  }

  async newer(): Promise<void> {
    const run = this.run.peek()
    if (run && !run.isNewest) await this.#load('newer', () => this.store.room.history({ after: run.upto, limit: PAGE }))
  }

  /** To a message, however old it is. */
  async goTo(id: string, why: 'asked' | 'day' = 'asked'): Promise<void> {
    const jump = ++this.#jumps
    const offset = Number(id)
    this.missing.value = false
    if (!this.#isInSight(offset)) {
      const range = { before: offset + AHEAD, limit: AROUND }
      const came = await this.#load(
        'jump',
        () => this.store.room.history(range),
        () => this.goTo(id, why),
      )
      if (!came || jump !== this.#jumps) return
    }
    const timeline = this.store.timeline
    if (!timeline || !messageWith(timeline, id)) {
      this.missing.value = true
      return
    }
    this.#anchor.value = offset
    this.aim.value = { to: 'message', id, why }
  }

  /** To the first message of that day, or after it. */
  async goToDay(at: number): Promise<void> {
    let id: string | null = null
    const find = async () => {
      id = await firstSince(this.store.room, at)
    }
    const came = await this.#load('jump', find, () => this.goToDay(at))
    if (!came) return
    if (id === null) this.goToNewest()
    else await this.goTo(id, 'day')
  }

  goToNewest(): void {
    this.#jumps += 1
    this.missing.value = false
    this.#anchor.value = null
    this.aim.value = { to: 'end' }
  }

  tryAgain(): void {
    this.failed.value = null
    this.#retry()
  }

  /** One looks away: what comes from now on is what is new. */
  lookAway(): void {
    if (this.#mark.peek() !== null) this.#mark.value = this.store.readUpto
  }

  async #open(timeline: Timeline): Promise<void> {
    this.#opened = true
    const mark = this.store.readUpto
    const run = runAt(timeline, null)
    if (mark > 0 && run && mark < run.after && !this.store.target.peek()) {
      // One read some of it, and not even the first of what is new is loaded.
      const came = await this.#load('jump', () => this.store.room.history({ after: mark, limit: PAGE }))
      if (came) this.#anchor.value = mark + 1
    }
    this.#mark.value = mark
    this.aim.value = this.unread.peek() === null ? { to: 'end' } : { to: 'unread' }
  }

  #firstUnread(): string | null {
    const [run, mark] = [this.run.value, this.#mark.value]
    // Who was never here before has no place where they left off.
    if (!run || mark === null || mark <= 0 || run.after > mark) return null
    for (const { upto, messages } of run.blocks) {
      if (upto <= mark) continue
      const first = messages.find(({ id, by, deleted }) => Number(id) > mark && by !== this.store.email && !deleted)
      if (first) return first.id
    }
    return null
  }

  /** Loaded already, with others around it. */
  #isInSight(offset: number): boolean {
    const timeline = this.store.timeline
    const run = timeline && messageWith(timeline, String(offset)) ? runAt(timeline, offset) : null
    if (!run) return false
    const count = run.blocks.reduce((sum, { messages }) => sum + messages.length, 0)
    return count >= AHEAD || (run.after === 0 && run.isNewest)
  }

  async #load(direction: Direction, ask: () => Promise<unknown>, retry = ask): Promise<boolean> {
    if (direction !== 'jump' && (this.loading.peek().has(direction) || this.failed.peek() === direction)) return false
    this.#isLoading(direction, true)
    try {
      await patiently(ask)
      return true
    } catch {
      this.failed.value = direction
      this.#retry = () => this.#load(direction, retry)
      return false
    } finally {
      this.#isLoading(direction, false)
    }
  }

  #isLoading(direction: Direction, on: boolean): void {
    const others = [...this.loading.peek()].filter((other) => other !== direction)
    this.loading.value = new Set(on ? [...others, direction] : others)
  }
}

/** How far one's own message may lie back for others to be shown as having seen it. */
const NEAR_MESSAGES = 200

function lastBy(email: string, blocks: readonly Block[]): string | null {
  let seen = 0
  for (const { messages } of blocks.toReversed()) {
    const own = messages.findLast(({ by, deleted }) => by === email && !deleted)
    if (own) return own.id
    seen += messages.length
    if (seen > NEAR_MESSAGES) return null
  }
  return null
}
