// While Redis cannot keep anything: senders are told so and not kept waiting for it, everyone stays, and all recovers by itself.
import { expect, test } from 'bun:test'
import { openRoom } from '../client/index.ts'
import type { Crowd } from './support/crowd.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { CUSTOMER, OUTSIDER, Person, type PlainSocket } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { type RedisServer, until } from './support/redis.ts'
import { type Pair, type RedisPlace, ticketsOf } from './support/redis-place.ts'
import { eachOnRedis } from './support/redis-scene.ts'
import type { V1Socket } from './support/v1.ts'
import { come } from './support/v1-place.ts'

let place: RedisPlace
let redis: RedisServer
let servers: Pair
let crowd: Crowd
let plain: PlainSocket
let v1: V1Socket

eachOnRedis(async (scene) => {
  ;({ place, redis, servers, crowd } = scene)
  plain = await (await Person.logIn(servers[0], CUSTOMER)).open(crowd.room)
  v1 = await come(await Person.logIn(servers[1], OUTSIDER), crowd.room)
})

test('[R6] Redis is killed: whoever sends is told so, everyone stays, and the same servers go on when it is back', async () => {
  await crowd.talks(20)
  await redis.kill()
  await everyoneIsRefused()
  expect(await healthOf(servers)).toEqual([200, 200])
  expect(crowd.closes).toEqual([])
  await redis.restart()
  await crowd.talks(20)
  expect(await crowd.disagreements()).toEqual([])
  expect(await healthOf(servers)).toEqual([200, 200])
})

test('[R6] Redis has no memory left: whoever sends is told so, and everyone stays, until it has', async () => {
  await crowd.talks(20)
  await redis.cli('CONFIG', 'SET', 'maxmemory', '1mb')
  await everyoneIsRefused()
  expect(await v1.history({ limit: 1 })).toMatchObject({ messages: [expect.anything()] })
  await redis.cli('CONFIG', 'SET', 'maxmemory', '0')
  await crowd.talks(20)
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
})

test('[R6] the master is made a replica of somebody who is not there: whoever sends is told so, until it is a master', async () => {
  await crowd.talks(20)
  await redis.cli('REPLICAOF', '127.0.0.1', await freePort())
  await everyoneIsRefused()
  expect(crowd.closes).toEqual([])
  await redis.cli('REPLICAOF', 'NO', 'ONE')
  await crowd.talks(20)
  expect(await crowd.disagreements()).toEqual([])
  // A master that was none for a while may have lost something: that is another lifetime of the log.
  expect(crowd.closes).toEqual(['4001 out_of_step'])
})

test('[R6] Redis stops and goes on while nobody talks: what it was asked meanwhile was refused, and is not done later', async () => {
  await crowd.talks(20)
  await crowd.settle()
  redis.stop()
  await everyoneIsRefused()
  await Bun.sleep(1_500) // Longer, in all, than the servers take for a line to be dead: this is the fault itself.
  redis.cont()
  await reachesEveryone('after the pause')
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
})

test('[R2] Redis is killed and comes back while nobody talks: everyone is told of it, and the next word reaches everyone', async () => {
  await crowd.talks(20)
  await crowd.settle()
  await redis.kill()
  await redis.restart()
  await reachesEveryone('after the restart')
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual(['4001 out_of_step'])
})

test('[R2] an edit that was written in one lifetime of the log changes nothing in the next', async () => {
  const room = await place.room()
  const proxy = await startCuttingProxy(servers[0].port)
  const tickets = ticketsOf(servers[0], CUSTOMER)
  let mayComeBack = Promise.resolve()
  const editor = openRoom({ url: proxy.origin, room, ticket: () => mayComeBack.then(tickets) })
  expect(await editor.send('meant').settled).toMatchObject({ status: 'stored', offset: 1 })

  const { promise, resolve } = Promise.withResolvers<void>()
  mayComeBack = promise
  proxy.cut()
  await until('the editor is gone', async () => editor.state.connection.status !== 'live')
  const edit = editor.edit('1', 'changed')
  await redis.restartEmpty()
  await until('the servers go on', async () => {
    const again = await come(await Person.logIn(servers[0], CUSTOMER), room)
    return (await again.say('another message')).offset > 0
  })
  resolve()
  editor.tryNow()
  expect(await edit.settled).toMatchObject({ status: 'failed' })
  const reader = await come(await Person.logIn(servers[1], CUSTOMER), room)
  expect(reader.welcome.messages[0]).toMatchObject({ id: '1', text: 'another message' })
  editor.close()
  await proxy.remove()
})

/** While Redis is still away. What is refused here is never in the log: the crowd would say that nobody said it. */
async function everyoneIsRefused(): Promise<void> {
  const earlier = plain.frames.length
  plain.send('refused to a script')
  expect(await v1.refusal({ type: 'send', text: 'refused to a v1 client' })).toMatchObject({
    code: 'store_unavailable',
    message: expect.stringMatching(/\w+ \w+/),
    retry_after: expect.any(Number),
  })
  const told = () => plain.frames.slice(earlier).find((frame) => 'success' in JSON.parse(frame))
  await until('a plain client is told too', async () => told() !== undefined)
  expect(JSON.parse(told() ?? '')).toMatchObject({ success: false, code: 'store_unavailable' })
  expect([plain.isOpen, v1.isOpen]).toEqual([true, true])
}

async function reachesEveryone(text: string): Promise<void> {
  void crowd.talkers[0]?.say(text)
  await crowd.hears(text)
}

function healthOf(pair: Pair): Promise<number[]> {
  return Promise.all(pair.map(async ({ origin }) => (await fetch(`${origin}/health`)).status))
}
