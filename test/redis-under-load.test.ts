// Whatever happens to Redis or to a server while people talk: what was sent is kept once, and everyone is told the same.
import { expect, test } from 'bun:test'
import { Crowd } from './support/crowd.ts'
import { type Cut, startCuttingProxy } from './support/cutting-proxy.ts'
import type { RedisServer } from './support/redis.ts'
import type { Pair, RedisPlace } from './support/redis-place.ts'
import { eachOnRedis } from './support/redis-scene.ts'

let place: RedisPlace
let redis: RedisServer
let servers: Pair
let crowd: Crowd

eachOnRedis((scene) => {
  ;({ place, redis, servers, crowd } = scene)
})

test('[R3] [R4] a server is killed (kill -9), and then the other: nothing is lost, and nothing is said twice', async () => {
  for (const server of servers) {
    await crowd.talks(40)
    await server.kill()
    await server.restart()
  }
  await crowd.talks(40)
  expect(await crowd.disagreements()).toEqual([])
})

test('[X] both servers are restarted in turn: everyone is told, comes back, and nothing is lost', async () => {
  for (const server of servers) {
    await crowd.talks(40)
    expect(await server.stop()).toBe(0)
    await server.restart()
  }
  await crowd.talks(40)
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual(['1012 restarting'])
})

test('[R6] Redis stops for five seconds: everyone stays, and what waited or was refused is stored once', async () => {
  await crowd.talks(40)
  redis.stop()
  await Bun.sleep(5_000) // This is the fault itself.
  redis.cont()
  await crowd.talks(40)
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
})

test('[R2] [R3] Redis is killed and comes back with what was on its disk: all that was sent is there', async () => {
  await crowd.talks(40)
  await redis.kill()
  await redis.restart()
  await crowd.talks(40)
  expect(await crowd.disagreements()).toEqual([])
  // It may be less than it was, for all the servers know, so it is another lifetime of the log.
  expect(crowd.closes).toEqual(['4001 out_of_step'])
})

test('[R5] every subscriber is cut off, again and again: nobody notices', async () => {
  for (let cut = 0; cut < 5; cut++) {
    await crowd.talks(20)
    expect(Number(await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub'))).toBeGreaterThan(0)
  }
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
})

test('[R3] Redis forgets its scripts, again and again: nobody notices', async () => {
  for (let flush = 0; flush < 5; flush++) {
    await crowd.talks(20)
    await redis.cli('SCRIPT', 'FLUSH')
  }
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
})

test('[R2] Redis comes back empty: everyone is told, nobody is resumed into another log, and the talk goes on', async () => {
  await crowd.talks(60)
  await redis.kill()
  crowd.forgets()
  await redis.restartEmpty()
  await crowd.talks(60)
  expect(await crowd.disagreements()).toEqual([])
  // The sign-ins were lost too, and whichever is noticed first ends the connection.
  for (const close of crowd.closes) expect(close).toBeOneOf(['4001 out_of_step', '4502 signed_out'])
})

test('[R4] clients are cut in the middle of a send, after any number of bytes, and send again: it is said once', async () => {
  const proxies = await Promise.all(servers.map(({ port }) => startCuttingProxy(port)))
  const room = await place.room()
  const cutOff = await Crowd.gather(
    servers,
    redis.url,
    room,
    proxies.map(({ origin }) => origin),
  )
  for (const proxy of proxies) {
    // A handshake is some 900 bytes up and a welcome some 1,300 down: the cuts fall before, in and after what is sent.
    const cuts = Array.from({ length: 30 }, (_, cut): Cut[] => [
      { toServer: 700 + cut * 67 },
      { toClient: 1_400 + cut * 131 },
    ])
    proxy.plan(cuts.flat())
    proxy.cut()
  }
  await cutOff.talks(200)
  expect(await cutOff.disagreements()).toEqual([])
  for (const { connections } of proxies) expect(connections).toBeGreaterThan(20)
  cutOff.leave()
  await Promise.all(proxies.map((proxy) => proxy.remove()))
})
