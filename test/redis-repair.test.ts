// Broadcasts that never came: noticed by offset, filled from the log, and where they cannot be, the client is sent to resume.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { channelOf } from '../server/adapters/redis/keys.ts'
import { CUSTOMER, OUTSIDER, Person } from './support/people.ts'
import { newsOf } from './support/processes.ts'
import { RedisServer, until } from './support/redis.ts'
import { RedisPlace } from './support/redis-place.ts'
import type { Server } from './support/server.ts'
import type { V1Socket } from './support/v1.ts'
import { come, comeBack, offsetsBetween } from './support/v1-place.ts'
import { WireTap } from './support/wire-tap.ts'

let place: RedisPlace
let redis: RedisServer
let wire: WireTap
/** The one hears Redis over the wire that loses things, the other hears it directly. */
let wired: Server
let direct: Server
let room: string
let customer: Person
let speaker: V1Socket
let listener: V1Socket

beforeAll(async () => {
  place = await RedisPlace.open()
})
afterAll(() => place.remove())

beforeEach(async () => {
  redis = await RedisServer.start()
  wire = await WireTap.start(redis.port)
  // Nobody here is too slow: what the listener is told in one go is what the test is about.
  const unbounded = { LIMIT_BACKLOG_BYTES: '0' }
  const servers = [
    place.server(redis.url, unbounded),
    place.server(`redis://127.0.0.1:${wire.port}`, unbounded),
  ] as const
  direct = await servers[0]
  wired = await servers[1]
  room = await place.room()
  customer = await Person.logIn(wired, CUSTOMER)
  speaker = await come(await Person.logIn(direct, OUTSIDER), room)
  listener = await come(customer, room)
  await speaker.say('everyone hears this')
  await listener.event(1)
})
afterEach(async () => {
  await Promise.all([direct.remove(), wired.remove()])
  await wire.remove()
  await redis.remove()
})

test('[R5] one broadcast is lost: what was lost is told with the next event, before it', async () => {
  expect(wire.lose(`${speaker.welcome.epoch}\n{"offset":2,`)).toBeGreaterThan(0)
  await speaker.say('nobody elsewhere hears this')
  await until('it is lost', async () => wire.lost > 0)
  await speaker.say('and now this')
  await listener.event(3)
  expect(listener.events).toEqual([...speaker.events])
})

test('[R5] one broadcast is lost, and nobody says anything more: it is told all the same', async () => {
  expect(wire.lose(`${speaker.welcome.epoch}\n{"offset":2,`)).toBeGreaterThan(0)
  await speaker.say('nobody elsewhere hears this')
  await until('it is lost', async () => wire.lost > 0)
  await listener.event(2)
  expect(listener.events).toEqual([...speaker.events])
})

test('[R5] a subscriber that looks healthy and hears nothing: what was said meanwhile is told, and soon it hears again', async () => {
  expect(wire.lose(channelOf(room))).toBeGreaterThan(0)
  await speaker.say('nobody elsewhere hears this')
  await until('it is lost', async () => wire.lost > 0)
  await listener.event(2)
  // What is whispered stands in no log: whoever does not hear it will never know.
  const heard = newsOf(listener, 'typing')
  await until('it hears again', async () => {
    for (const on of [true, false]) speaker.send({ type: 'typing', on })
    await speaker.settle()
    return (await heard()).length > 0
  })
  await listener.event((await speaker.say('everyone hears this again')).offset)
  expect(listener.events).toEqual([...speaker.events])
})

test('[R5] a subscription is cut off while others talk and its process is busy: what was missed is told, in a silent room', async () => {
  await whileDeaf(async () => {
    await speaker.pour(['one', 'two', 'three'])
  })
  await listener.event(4)
  expect(listener.events).toEqual([...speaker.events])
  expect(listener.isOpen).toBe(true)
})

test('[R5] a subscriber that is cut off because its buffer is full misses nothing', async () => {
  // The wire would take whatever comes: this time the one who hears Redis directly falls behind.
  const talker = await come(customer, room)
  const follower = await come(await Person.logIn(direct, CUSTOMER), room)
  await redis.cli('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 64kb 0 0')
  const subscribers = await subscribersOf(redis)
  let said = 1
  process.kill(direct.pid, 'SIGSTOP')
  try {
    while ((await subscribersOf(redis)) === subscribers) {
      await talker.pour(Array.from({ length: 50 }, () => `${++said} ${'x'.repeat(16_000)}`))
      expect(said).toBeLessThan(900)
    }
  } finally {
    process.kill(direct.pid, 'SIGCONT')
  }
  await follower.event(said)
  expect(follower.events.map(({ offset }) => offset)).toEqual(offsetsBetween(1, said))
  expect(follower.events).toEqual([...talker.events])
})

test('[R5] [X] what cannot be filled closes 4001: the client comes back, and sees what there is now', async () => {
  await whileDeaf(async () => {
    await speaker.pour(offsetsBetween(0, 1_001).map((number) => `message ${number}`))
  })
  expect(await listener.ending()).toBe('4001 out_of_step')
  const back = await comeBack(customer, room, listener)
  const { resumed, epoch, offset, messages } = back.welcome
  expect({ resumed, epoch, offset }).toEqual({ resumed: false, epoch: speaker.welcome.epoch, offset: 1_002 })
  expect(messages.at(-1)).toMatchObject({ id: '1002', text: 'message 1001' })
  await speaker.say('everyone hears this again')
  await back.event(1_003)
})

/** One server neither runs nor is subscribed, while the other is; then it goes on. */
async function whileDeaf(work: () => Promise<void>): Promise<void> {
  const subscribers = await subscribersOf(redis)
  process.kill(wired.pid, 'SIGSTOP')
  try {
    await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until('the other is subscribed again', async () => {
      const [, count] = (await redis.cli('PUBSUB', 'SHARDNUMSUB', channelOf(room))).split('\n')
      return Number(count) === 1
    })
    expect(await subscribersOf(redis)).toBeLessThan(subscribers)
    await work()
  } finally {
    process.kill(wired.pid, 'SIGCONT')
  }
}

async function subscribersOf(server: RedisServer): Promise<number> {
  const list = await server.cli('CLIENT', 'LIST', 'TYPE', 'pubsub')
  return list.split('\n').filter(Boolean).length
}
