// What has had its time is deleted, little by little, as if its authors had deleted it: by one process at a time, going on where it stopped.
import type { RoomId } from '../../protocol/chat.ts'
import type { Draft } from '../../protocol/event.ts'
import { DAY_MILLISECONDS } from '../../protocol/instant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Log } from '../ports/log.ts'
import type { Gone, Retention } from '../ports/retention.ts'
import { deletionOf, wasThere } from './deletion.ts'

export interface ExpiryParts {
  readonly log: Log
  readonly retention: Retention
  /** Days; Infinity is for ever. */
  readonly usualDays: number
  /** Another name for each process. */
  readonly holder: string
  readonly now: () => number
  /** Stores it and tells whoever is there. */
  readonly keep: (room: RoomId, draft: Draft) => Promise<unknown>
  /** Notes for the audit what is gone. */
  readonly note: (gone: { readonly room: RoomId; readonly many: number; readonly cutoff: number }) => Promise<void>
  /** Makes sure that what was deleted is gone from the disk too, and gives that up when it `isOff`. */
  readonly scrub: (isOff: () => boolean) => Promise<void>
  /** Whoever talks gets their turn meanwhile, also with 0. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/** Asking costs little, so that another process goes on soon where one has died. */
export const LOOK_MILLISECONDS = 60_000
/** Whoever is at it says so again and again within this time. */
const LEASE_MILLISECONDS = 180_000
/** After a run nobody begins another for so long. */
const REST_MILLISECONDS = 60 * 60 * 1000
/** Messages that are looked at, and at most deleted, at once: with the pause after it no client gets more than it can read. */
const BATCH = 25
const PAUSE_MILLISECONDS = 100

export class Expiry {
  readonly #parts: ExpiryParts
  #running: Promise<void> | undefined
  #stopped = false
  /** When it said last that it is at it. */
  #saidAt = 0
  /** Whoever was at it before may have died between deleting and scrubbing. */
  #isScrubbed = false

  constructor(parts: ExpiryParts) {
    this.#parts = parts
  }

  /** Does what is due, if it is time and nobody else is at it. Resolves when that is done. */
  look(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#running ??= this.#run()
      .catch(unlessAway)
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** Resolves when what was under way is finished: a batch or a step, no more. The rest is done after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running?.catch(() => undefined) // Whoever asked for it is told.
  }

  async #run(): Promise<void> {
    const { retention, holder, scrub, pause, now } = this.#parts
    if (!(await retention.take(holder, LEASE_MILLISECONDS))) return
    this.#saidAt = now()
    const rooms = await roomsWithATime(this.#parts)
    for (const [room, days] of rooms) {
      await pause(0)
      if (!(await this.#mayGoOn())) return
      try {
        await this.#expireIn(room, days)
      } catch (error) {
        if (error instanceof Refusal) throw error
        console.error(`deleting what has had its time in room ${JSON.stringify(room)} failed: ${error}`)
      }
    }
    if (rooms.size > 0 && !this.#isScrubbed) {
      await scrub(() => this.#stopped)
      this.#isScrubbed = !this.#stopped
    }
    if (!this.#stopped) await retention.extend(holder, REST_MILLISECONDS)
  }

  async #expireIn(room: RoomId, days: number): Promise<void> {
    const { log, retention, now, note, pause } = this.#parts
    const cutoff = now() - days * DAY_MILLISECONDS
    const begun = await goneIn(this.#parts, room)
    const last = await log.lastBefore(room, cutoff)
    let gone = begun
    while (gone.offset < last) {
      if (!(await this.#mayGoOn())) return
      const { messages, end } = await log.page(room, { after: gone.offset, before: last + 1, limit: BATCH })
      if (end.epoch !== gone.epoch) return // It is another log by now, and for the next time.
      const standing = messages.filter(({ deleted }) => !deleted)
      const upto = messages.length < BATCH ? last : Number(messages.at(-1)?.id ?? last)
      if (standing.length > 0) {
        // Counted before they go, and counted again by whoever comes after a crash: what is noted is what was deleted.
        await retention.reach(room, { ...gone, upto, many: gone.many + standing.length })
        this.#isScrubbed = false
        const kept = standing.map((message) => this.#parts.keep(room, { ...deletionOf(message), epoch: gone.epoch }))
        const went = await Promise.all(kept.map(wasThere))
        gone = { ...gone, many: gone.many + went.filter(Boolean).length }
      }
      await pause(standing.length > 0 ? PAUSE_MILLISECONDS : 0)
      gone = { ...gone, offset: upto, upto }
    }
    if (gone === begun && gone.many === 0) return
    if (gone.many > 0) await note({ room, many: gone.many, cutoff })
    await retention.reach(room, { ...gone, many: 0 })
  }

  async #mayGoOn(): Promise<boolean> {
    const { retention, holder, now } = this.#parts
    if (this.#stopped) return false
    if (now() - this.#saidAt < LEASE_MILLISECONDS / 4) return true
    this.#saidAt = now()
    return retention.extend(holder, LEASE_MILLISECONDS)
  }
}

/** While the store does not answer nothing is done; the next look is soon enough. */
function unlessAway(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}

type Keeping = Pick<ExpiryParts, 'log' | 'retention' | 'usualDays'>

/** The rooms where something has its time, and how many days that is. */
export async function roomsWithATime({ log, retention, usualDays }: Keeping): Promise<ReadonlyMap<RoomId, number>> {
  const own = await retention.own()
  const usual = Number.isFinite(usualDays) ? await log.rooms() : []
  const all = new Map([...usual.map((room) => [room, usualDays] as const), ...own])
  return new Map([...all].filter(([, days]) => Number.isFinite(days)))
}

/** How many messages have had their time in the room and are still there. */
export async function dueIn(parts: Keeping, room: RoomId, cutoff: number): Promise<number> {
  const last = await parts.log.lastBefore(room, cutoff)
  let due = 0
  for (let { offset } = await goneIn(parts, room); offset < last; ) {
    const { messages } = await parts.log.page(room, { after: offset, before: last + 1, limit: 500 })
    due += messages.filter(({ deleted }) => !deleted).length
    offset = Number(messages.at(-1)?.id ?? last)
  }
  return due
}

/** How far the room is done in this lifetime of its log, and how many of those who went are not noted yet. */
async function goneIn({ log, retention }: Pick<Keeping, 'log' | 'retention'>, room: RoomId): Promise<Gone> {
  const [known, { epoch }] = [await retention.gone(room), await log.end(room)]
  if (known === null || known.epoch !== epoch) return { epoch, offset: 0, upto: 0, many: known?.many ?? 0 }
  if (known.upto === known.offset) return known
  const { offset, upto, many } = known
  const { messages } = await log.page(room, { after: offset, before: upto + 1, limit: BATCH })
  const standing = messages.filter(({ deleted }) => !deleted).length
  return { epoch, offset, upto: offset, many: Math.max(0, many - standing) }
}
