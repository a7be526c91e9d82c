// What stands in Redis and makes no sense is refused: nobody is told what it may have meant, and nothing of it sticks.
import { afterAll, beforeAll, beforeEach, expect, spyOn, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { Refusal } from '../../../protocol/refusal.ts'
import { RedisServer } from '../../../test/support/redis.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Log } from '../../ports/log.ts'
import { keysOf, markKeyOf, RETENTION_GONE_KEY, RETENTION_KEY, recordKeyOf, tallyKeyOf } from './keys.ts'
import { redisLedger } from './ledger.ts'
import { parseAddress } from './lines/address.ts'
import { type Connection, connect } from './lines/connection.ts'
import { redisLog } from './log.ts'
import { redisRetention } from './retention.ts'

const ROOM = 'w32tgse'
const NOW = Date.UTC(2026, 4, 4)
const BY = 'customer@example.com'
const GARBAGE = [
  '',
  '{}\nx',
  '[]\nx',
  'null\nx',
  '{"offset":1}\nx',
  '{"at":"1","by":1}\nx',
  '{"at":1,"by":',
  '\u0001',
  '1',
]

let redis: RedisServer
let connection: Connection
let log: Log
let ledger: Ledger

beforeAll(async () => {
  spyOn(console, 'error').mockImplementation(() => undefined)
  redis = await RedisServer.start({ appendonly: false })
  connection = await connect(parseAddress(redis.url))
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')
  log = redisLog(connection, () => NOW, random)
  ledger = redisLedger(connection, () => NOW, random)
})
afterAll(async () => {
  connection.close()
  await redis.remove()
})
beforeEach(() => redis.flush())

const refused = async (answer: Promise<unknown>) =>
  expect(answer).rejects.toMatchObject({ code: 'store_unavailable' } as never)

test('[R1] an event that is none is refused, and those after it are never told in its place', async () => {
  for (const text of ['one', 'two', 'three']) await log.append(ROOM, { type: 'message', text, by: BY })
  const { epoch } = await log.end(ROOM)
  for (const garbage of GARBAGE) {
    await redis.cli('HSET', keysOf(ROOM).events, '2', garbage)
    await refused(log.since(ROOM, { epoch, offset: 0 }, 10))
  }
})

test('a message that is none is refused, wherever it would be shown', async () => {
  await log.append(ROOM, { type: 'message', text: 'one', by: BY })
  await log.append(ROOM, { type: 'pinned', message: '1', on: true, by: BY })
  for (const garbage of [...GARBAGE, `{"at":1,"by":"${BY}","reactions":[["a"]]}\nx`]) {
    await redis.cli('HSET', keysOf(ROOM).messages, '1', garbage)
    await refused(log.page(ROOM, { limit: 10 }))
    await refused(log.pins(ROOM, { limit: 10 }))
  }
})

test('a prototype in what is stored is a field that nobody asked for, and an emoji like any other', async () => {
  await log.append(ROOM, { type: 'message', text: 'one', by: BY })
  const facts = `"by":"${BY}","__proto__":{"deleted":true,"pinned":true,"replyTo":"9"},"constructor":{"prototype":{"pinned":true}}`
  await redis.cli('HSET', keysOf(ROOM).messages, '1', `{"at":1,${facts},"reactions":[["__proto__",["${BY}"]]]}\none`)
  const { messages } = await log.page(ROOM, { limit: 10 })
  expect(JSON.stringify(messages)).toBe(
    `[{"id":"1","by":"${BY}","at":1,"text":"one","reactions":{"__proto__":["${BY}"]}}]`,
  )
  await redis.cli('HSET', keysOf(ROOM).events, '1', `{"offset":1,"at":1,"type":"message",${facts}}\none`)
  const events = await log.since(ROOM, { ...(await log.end(ROOM)), offset: 0 }, 10)
  expect(JSON.stringify(events)).toBe(`[{"type":"message","text":"one","offset":1,"at":1,"by":"${BY}"}]`)
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('a read mark that is no number is refused', async () => {
  await redis.cli('HSET', keysOf(ROOM).marks, BY, 'far')
  await refused(log.readMarks(ROOM))
})

test('[R8] how long a room keeps its messages is not guessed at', async () => {
  const retention = redisRetention(connection, () => NOW)
  for (const garbage of ['', 'soon', '1e400', '0.5']) {
    await redis.cli('HSET', RETENTION_KEY, ROOM, garbage)
    await refused(retention.own())
  }
})

test('[R8] how far a room is done is not guessed at either: told is what is wrong, and how to begin anew', async () => {
  const retention = redisRetention(connection, () => NOW)
  const record = { epoch: 'one', offset: 3, upto: 5, many: 2 }
  const wrong: readonly [string, string][] = [
    ...GARBAGE.map((garbage) => ['epoch', garbage] as [string, string]),
    ...[null, 7, '', 'a b', '{"'].map((epoch) => ['epoch', JSON.stringify({ ...record, epoch })] as [string, string]),
    ...[null, '3', -1, 0.5, 2 ** 53].map(
      (offset) => ['offset', JSON.stringify({ ...record, offset })] as [string, string],
    ),
    ...[undefined, '5', 2, 1e300].map((upto) => ['upto', JSON.stringify({ ...record, upto })] as [string, string]),
    ...[undefined, true, -2].map((many) => ['many', JSON.stringify({ ...record, many })] as [string, string]),
  ]
  for (const [field, garbage] of wrong) {
    await redis.cli('HSET', RETENTION_GONE_KEY, ROOM, garbage)
    const read = retention.gone(ROOM)
    await expect(read).rejects.toThrow(`"${ROOM}" in ${RETENTION_GONE_KEY} has no ${field} that makes sense: delete it`)
    await expect(read).rejects.not.toBeInstanceOf(Refusal)
  }
  await retention.reach(ROOM, record)
  expect(await retention.gone(ROOM)).toEqual(record)
})

test('[L9] a sign-in that makes no sense has neither ended nor stands', async () => {
  const expiresAt = NOW + 60_000
  await ledger.startSignIn({ id: 'id', secretHash: 'hash', account: '2', passwordMark: 'mark', expiresAt })
  await redis.cli('SET', markKeyOf('id'), 'for ever')
  await refused(ledger.signedIn('id'))
  await redis.cli('DEL', recordKeyOf('hash'))
  await redis.cli('SET', recordKeyOf('hash'), 'a text')
  await refused(ledger.renewSignIn('hash', expiresAt))
  await refused(ledger.endSignIn('hash'))
})

test('[L6] failures that cannot be read are not taken for none', async () => {
  await redis.cli('HSET', tallyKeyOf('somebody'), 'count', 'many', 'until', 'soon')
  await refused(ledger.tallies(['somebody']))
  await redis.cli('DEL', tallyKeyOf('somebody'))
  await redis.cli('SET', tallyKeyOf('somebody'), 'a text')
  await refused(ledger.count('somebody', 1_000))
})
