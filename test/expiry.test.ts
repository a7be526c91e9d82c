// What has had its time is deleted: by whichever process is at it, whatever becomes of that, in either kind of store.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { AUTHOR, DAY, ExpiryPlace, HOUR, OTHER, ROOM } from './support/expiry-place.ts'
import { RedisServer } from './support/redis.ts'
import { offsetsBetween } from './support/v1-place.ts'

const FOREVER = Number.POSITIVE_INFINITY
/** So long somebody is taken to be at it who says nothing. */
const LEASE = 181

for (const kind of ['SQLite', 'Redis'] as const) {
  describe(`in ${kind}`, () => {
    let redis: RedisServer | undefined
    let place: ExpiryPlace

    beforeAll(async () => {
      redis = kind === 'Redis' ? await RedisServer.start({ appendonly: false }) : undefined
    })
    afterAll(async () => redis?.remove())
    beforeEach(async () => {
      await redis?.flush()
      place = await ExpiryPlace.open(redis?.url)
    })
    afterEach(() => place.remove())

    const change = async (draft: { type: 'edited'; text: string } | { type: 'pinned'; on: boolean }, message: string) =>
      place.storage.log.append(ROOM, { ...draft, by: AUTHOR, message })

    test('[R8] [V14] what is older goes as if its author had deleted it, with its edits, though it is pinned or answered', async () => {
      const old = await place.say('the old plan')
      await change({ type: 'pinned', on: true }, old)
      place.pass(DAY)
      await change({ type: 'edited', text: 'the old plan, corrected' }, old)
      const answer = await place.say('agreed', { replyTo: old })
      place.pass(2.5 * DAY)
      await place.process(3).look()

      const { log } = place.storage
      const { messages } = await log.page(ROOM, { limit: 10 })
      expect(messages).toMatchObject([
        { id: old, by: AUTHOR, text: '', deleted: true, reactions: {} },
        { id: answer, text: 'agreed', replyTo: old },
      ])
      const events = await place.events()
      expect(events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 5))
      expect(events.at(-1)).toMatchObject({ type: 'deleted', by: AUTHOR, message: old })
      expect(JSON.stringify(events)).not.toContain('plan')
      expect(await log.pins(ROOM, { limit: 9 })).toEqual({ messages: [], more: false })
      expect((await log.search(ROOM, 'plan', { limit: 9 })).messages).toEqual([])
      expect(place.noted).toEqual([{ room: ROOM, many: 1, cutoff: place.now - 3 * DAY * 1000 }])
      expect(place.scrubbed).toBe(1)
    })

    test('a message goes when it is older than that to the millisecond, and not before', async () => {
      await place.say('one')
      place.pass(10 * DAY)
      await place.process(10).look()
      expect(await place.texts()).toEqual(['one'])
      place.pass(HOUR)
      await place.process(10).look()
      expect(await place.texts()).toEqual([''])
    })

    test('a room may have a time of its own: shorter, longer, or none at all', async () => {
      const { retention } = place.storage
      await retention.keep('short', 1)
      await retention.keep('long', 30)
      await retention.keep('ever', FOREVER)
      for (const room of ['short', 'long', 'ever', ROOM]) await place.say(room, { room })
      place.pass(2 * DAY)
      await place.process(FOREVER).look()
      expect([await place.texts('short'), await place.texts(ROOM)]).toEqual([[''], [ROOM]])
      place.pass(20 * DAY)
      await place.process(10).look()
      expect([await place.texts('long'), await place.texts('ever'), await place.texts(ROOM)]).toEqual([
        ['long'],
        ['ever'],
        [''],
      ])
      place.pass(20 * DAY)
      await place.process(FOREVER).look()
      expect([await place.texts('long'), await place.texts('ever')]).toEqual([[''], ['ever']])
      expect(place.noted.map(({ room, many }) => `${room} ${many}`)).toEqual(['short 1', `${ROOM} 1`, 'long 1'])
    })

    test('whoever dies in the middle is followed by another, who goes on there; each goes once, and all are counted', async () => {
      await place.sayMany(210)
      place.pass(4 * DAY)
      for (const deaths of [30, 0, 25, 51]) {
        await place.dying(3, deaths)
        await place.process(3).look() // It is still taken to be at it.
        place.pass(LEASE)
      }
      expect(new Set(await place.texts()).size).toBeGreaterThan(1)
      expect(place.noted).toEqual([])
      await place.process(3).look()
      expect(await place.texts()).toEqual(Array.from({ length: 210 }, () => ''))
      const events = await place.events()
      expect(events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 420))
      const deleted = events.flatMap((event) => (event.type === 'deleted' ? event.message : []))
      expect(deleted.toSorted()).toEqual(offsetsBetween(0, 210).map(String).toSorted())
      expect(place.noted.map(({ many }) => many)).toEqual([210])
      expect(place.scrubbed).toBe(1)
    })

    test('two at it at once, which clocks that differ may bring about, do no harm', async () => {
      await place.sayMany(120)
      place.pass(4 * DAY)
      const free = { ...place.storage.retention, take: async () => true, extend: async () => true }
      await Promise.all([1, 2].map(() => place.process(3, { retention: free }).look()))
      const events = await place.events()
      expect(events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 240))
      expect(await place.texts()).toEqual(Array.from({ length: 120 }, () => ''))
    })

    test('what has been gone through is not read again, and nobody begins again within the hour', async () => {
      await place.sayMany(60)
      place.pass(11 * DAY)
      await place.process(10).look()
      await place.say('younger')
      let pages = 0
      const { log } = place.storage
      const page = (...asked: Parameters<typeof log.page>) => log.page(...asked).finally(() => pages++)
      const counted = { ...log, page }
      place.pass(11 * DAY)
      await place.process(10, { log: counted }).look()
      expect(pages).toBe(1)
      expect(await place.texts()).toEqual(Array.from({ length: 61 }, () => ''))
      await place.say('another')
      place.pass(11 * DAY)
      await place.process(FOREVER, { log: counted }).look() // Nothing to do, and that for an hour.
      place.pass(HOUR - 60)
      await place.process(10, { log: counted }).look()
      expect(pages).toBe(1)
      place.pass(61)
      await place.process(10, { log: counted }).look()
      expect(pages).toBe(2)
    })

    test('[R2] how far another lifetime of the log was done counts for nothing', async () => {
      await place.sayMany(3)
      await place.storage.retention.reach(ROOM, { epoch: 'former', offset: 1_000, upto: 1_000, many: 0 })
      place.pass(11 * DAY)
      await place.process(10).look()
      expect(await place.texts()).toEqual(['', '', ''])
      expect(place.noted).toMatchObject([{ many: 3 }])
    })

    test('what others deleted is not counted, and stopping waits for a batch and no more', async () => {
      await place.sayMany(200)
      await place.storage.log.append(ROOM, { type: 'deleted', by: OTHER, owner: true, message: '7' })
      place.pass(11 * DAY)
      let batches = 0
      const stopped = place.process(10, {
        pause: async (milliseconds) => {
          if (milliseconds > 0 && ++batches === 2) void stopped.stop()
        },
      })
      await stopped.look()
      await stopped.stop()
      await stopped.look()
      expect((await place.texts()).filter((text) => text === '')).toHaveLength(50)
      expect(place.noted).toEqual([])
      place.pass(LEASE)
      await place.process(10).look()
      expect(place.noted.map(({ many }) => many)).toEqual([199])
    })
  })
}
