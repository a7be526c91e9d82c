// What has had its time, in a store of either kind, with a clock in the hand of the test and processes that may die.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Draft } from '../../protocol/event.ts'
import { parseAddress } from '../../server/adapters/redis/lines/address.ts'
import { Expiry, type ExpiryParts } from '../../server/chat/expiry.ts'
import { openStorage, type Storage } from '../../server/storage.ts'
import { world } from '../../server/world.ts'

export const ROOM = 'w32tgse'
export const AUTHOR = 'customer@example.com'
export const OTHER = 'scrum.master@example.com'
export const DAY = 24 * 60 * 60
export const HOUR = 60 * 60

export interface Noted {
  readonly room: string
  readonly many: number
  readonly cutoff: number
}

export class ExpiryPlace {
  readonly storage: Storage
  readonly noted: Noted[] = []
  scrubbed = 0
  readonly #clock: { now: number }
  readonly #folder: string
  #processes = 0

  /** An empty store: in the Redis at the URL, which has to be empty, or in a file. */
  static async open(redis: string | undefined): Promise<ExpiryPlace> {
    const clock = { now: Date.UTC(2026, 4, 4) }
    const folder = mkdtempSync(join(tmpdir(), 'propromo-expiry-'))
    const kept =
      redis === undefined
        ? ({ kind: 'sqlite', path: join(folder, 'chat.sqlite') } as const)
        : ({ kind: 'redis', address: parseAddress(redis) } as const)
    const storage = await openStorage(kept, { ...world, now: () => clock.now })
    return new ExpiryPlace(storage, clock, folder)
  }

  private constructor(storage: Storage, clock: { now: number }, folder: string) {
    this.storage = storage
    this.#clock = clock
    this.#folder = folder
  }

  get now(): number {
    return this.#clock.now
  }

  pass(seconds: number): void {
    this.#clock.now += seconds * 1_000
  }

  /** One more process that keeps messages for so many days. */
  process(usualDays: number, changes: Partial<ExpiryParts> = {}): Expiry {
    const { log, retention } = this.storage
    return new Expiry({
      ...{ log, retention, usualDays, holder: `process ${++this.#processes}`, now: () => this.now },
      keep: (room, draft) => log.append(room, draft),
      note: async (gone) => void this.noted.push(gone),
      scrub: async () => void this.scrubbed++,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      ...changes,
    })
  }

  /** One that is killed when it has deleted so many messages: nothing that it waits for is ever answered. */
  async dying(usualDays: number, afterMessages: number): Promise<void> {
    const death = Promise.withResolvers<void>()
    let deleted = 0
    const keep = async (room: string, draft: Draft) => {
      if (deleted < afterMessages) {
        deleted += 1
        return this.storage.log.append(room, draft)
      }
      death.resolve()
      return new Promise(() => undefined)
    }
    void this.process(usualDays, { keep }).look()
    await death.promise
    await this.storage.settled()
  }

  async say(text: string, more: { readonly room?: string; readonly replyTo?: string } = {}): Promise<string> {
    const { room = ROOM, replyTo } = more
    const answer = replyTo === undefined ? {} : { replyTo }
    const { event } = await this.storage.log.append(room, { type: 'message', by: AUTHOR, text, ...answer })
    return String(event.offset)
  }

  async sayMany(many: number, room = ROOM): Promise<void> {
    await Promise.all(Array.from({ length: many }, (_, turn) => this.say(`message ${turn}`, { room })))
  }

  /** What stands there, in order; of a deleted message an empty text. */
  async texts(room = ROOM): Promise<readonly string[]> {
    const { messages } = await this.storage.log.page(room, { limit: 10_000 })
    return messages.map(({ text }) => text)
  }

  /** Every event, as somebody gets it who resumes from the beginning. */
  async events(room = ROOM) {
    const { epoch } = await this.storage.log.end(room)
    const events = await this.storage.log.since(room, { epoch, offset: 0 }, 1_000_000)
    if (events === 'gap') throw new Error('the log could not give every event')
    return events
  }

  async remove(): Promise<void> {
    await this.storage.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
