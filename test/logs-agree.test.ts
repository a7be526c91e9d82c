// The same random operations on a log in SQLite and on one in Redis: both say the same, at every step.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Change } from '../protocol/event.ts'
import { FrameRefusal } from '../protocol/refusal.ts'
import { parseAddress } from '../server/adapters/redis/lines/address.ts'
import { type Connection, connect } from '../server/adapters/redis/lines/connection.ts'
import { redisLog } from '../server/adapters/redis/log.ts'
import { sqliteLog } from '../server/adapters/sqlite/log.ts'
import { Store } from '../server/adapters/sqlite/store.ts'
import { CLIENT_ID_MILLISECONDS, type Log } from '../server/ports/log.ts'
import { RedisServer } from './support/redis.ts'

const RUNS = 60
const MOST_STEPS = 60
const START = Date.parse('2026-05-04T09:30:00Z')

const folder = mkdtempSync(join(tmpdir(), 'propromo-agree-'))
let redis: RedisServer
let connection: Connection
let rooms = 0

beforeAll(async () => {
  redis = await RedisServer.start()
  connection = await connect(parseAddress(redis.url))
})
afterAll(async () => {
  connection?.close()
  await redis?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** A step takes the log, and the clock that both go by. */
interface Step {
  readonly take: (log: Log, room: string) => Promise<unknown>
  readonly milliseconds: number
}

const who = fc.constantFrom('customer@example.com', 'scrum.master@example.com', 'guest@example.com')
const offset = fc.integer({ min: 0, max: 40 })
const id = fc.oneof(
  { weight: 9, arbitrary: offset.map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0', '999999', '9007199254740993') },
)
const words = fc.constantFrom(
  'bread',
  'Brot',
  'brötchen',
  'BROTCHEN',
  'crème',
  'creme',
  'rolls',
  'ro',
  'l’été',
  '日本',
  '𝒷',
  '',
)
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(words, { maxLength: 6 }).map((all) => all.join(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
)
const emoji = fc.constantFrom('👍', '❤️', '🎉', '__proto__', '1️⃣')
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ text, replyTo: fc.option(id, { nil: undefined, freq: 5 }) })
      .map(({ text, replyTo }): Change => ({ type: 'message', text, ...(replyTo === undefined ? {} : { replyTo }) })),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('edited' as const), message: id, text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deleted' as const), message: id }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('reacted' as const), message: id, emoji, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pinned' as const), message: id, on: fc.boolean() }) },
)
const append = fc
  .record({
    change,
    by: who,
    clientId: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    owner: fc.boolean(),
  })
  .map(({ change, by, clientId, owner }) => (log: Log, room: string) => {
    const named = clientId === undefined ? {} : { clientId }
    return log.append(room, { ...change, by, owner, ...named })
  })
const range = fc.record(
  { before: offset, after: offset, limit: fc.integer({ min: 0, max: 12 }) },
  { requiredKeys: ['limit'] },
)
const look = fc.oneof(
  range.map((range) => (log: Log, room: string) => log.page(room, range)),
  fc
    .record({ offset, most: fc.integer({ min: 1, max: 50 }) })
    .map(({ offset, most }) => async (log: Log, room: string) => {
      const { epoch } = await log.end(room)
      return log.since(room, { epoch, offset }, most)
    }),
  fc
    .record({
      query: fc.oneof(words, text),
      before: fc.option(offset, { nil: undefined }),
      limit: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ query, before, limit }) => (log: Log, room: string) => {
      return log.search(room, query, { limit, ...(before === undefined ? {} : { before }) })
    }),
  fc
    .record({ before: offset, limit: fc.integer({ min: 0, max: 4 }) }, { requiredKeys: ['limit'] })
    .map((range) => (log: Log, room: string) => log.pins(room, range)),
  fc.integer({ min: -1, max: 60_000 }).map((after) => (log: Log, room: string) => log.lastBefore(room, START + after)),
  fc.constant((log: Log, room: string) => log.end(room)),
  fc.record({ by: who, upto: offset }).map(
    ({ by, upto }) =>
      (log: Log, room: string) =>
        log.markRead(room, by, upto),
  ),
  fc.constant(async (log: Log, room: string) => [...(await log.readMarks(room))].toSorted()),
)
const step: fc.Arbitrary<Step> = fc.record({
  take: fc.oneof({ weight: 3, arbitrary: append }, { weight: 1, arbitrary: look }),
  milliseconds: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -5, max: 1_000 }) },
    { weight: 1, arbitrary: fc.constant(CLIENT_ID_MILLISECONDS + 1) },
  ),
})

/** How many events SQLite finds through memory before it places them in its table. */
const unplaced = fc.constantFrom(1, 2, 7, 1_000)

test('[R1] [R2] [R4] [V5] [V8] [V9] [V17] [V18] whatever happens in a room, both stores tell it in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: MOST_STEPS }), unplaced, async (steps, mostUnplaced) => {
      let now = START
      const room = `room ${rooms++}`
      const store = new Store(join(folder, `${rooms}.sqlite`))
      const [inSqlite, inRedis] = [sqliteLog(store, () => now, mostUnplaced), redisLog(connection, () => now, random)]
      try {
        for (const { take, milliseconds } of steps) {
          now += milliseconds
          expect(await outcome(take, inRedis, room)).toEqual(await outcome(take, inSqlite, room))
        }
        const everything = (log: Log) => log.page(room, { limit: 1_000 })
        expect(await outcome(everything, inRedis, room)).toEqual(await outcome(everything, inSqlite, room))
      } finally {
        store.close()
      }
    }),
    { numRuns: RUNS },
  )
})

function random(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')
}

/** What a step led to: its answer, without the epoch, which is each log's own; or the refusal. */
async function outcome(take: Step['take'], log: Log, room: string): Promise<unknown> {
  try {
    const { epoch } = await log.end(room)
    const answer = await take(log, room)
    return JSON.parse(JSON.stringify(answer ?? null).replaceAll(JSON.stringify(epoch), '"epoch"'))
  } catch (error) {
    if (error instanceof FrameRefusal) return { refused: error.code }
    throw error
  }
}
