// A Redis that speaks garbage: nobody is told anything false, no process ends, and what was said is kept once, in its order.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { channelOf, SIGN_OUT_CHANNEL } from '../../server/adapters/redis/keys.ts'
import { parseAddress } from '../../server/adapters/redis/lines/address.ts'
import { type Connection, connect } from '../../server/adapters/redis/lines/connection.ts'
import { Crowd } from '../support/crowd.ts'
import { type GarblingProxy, startGarblingProxy } from '../support/garbling-proxy.ts'
import { ANSWERS, SAID } from '../support/nonsense.ts'
import { RedisServer, until } from '../support/redis.ts'
import { keptIn, type Pair, RedisPlace } from '../support/redis-place.ts'

const GARBAGE_MILLISECONDS = 1_200

let place: RedisPlace
let redis: RedisServer
/** Past every server. */
let connection: Connection
let proxy: GarblingProxy
/** The first of them hears Redis through the proxy. */
let servers: Pair
let crowd: Crowd
let pids: readonly number[]

beforeAll(async () => {
  place = await RedisPlace.open()
  redis = await RedisServer.start()
  connection = await connect(parseAddress(redis.url))
  proxy = await startGarblingProxy(redis.port)
  servers = await place.pair(`redis://127.0.0.1:${proxy.port}`, redis.url)
  pids = servers.map(({ pid }) => pid)
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.remove()))
  connection.close()
  await proxy.remove()
  await redis.remove()
  await place.remove()
})

beforeEach(async () => {
  crowd = await Crowd.gather(servers, redis.url, await place.room())
})
afterEach(() => crowd.leave())

for (const [what, how] of ANSWERS) {
  test(`[R3] [R4] Redis answers with ${what}: what is sent is kept once or refused for now, and all is well afterwards`, async () => {
    crowd.talk()
    const before = proxy.garbled
    proxy.garble(how, 7)
    await Bun.sleep(GARBAGE_MILLISECONDS) // This is the fault itself.
    await until('garbage was answered', async () => proxy.garbled > before)
    proxy.behave()
    await crowd.talks(20)
    expect(await crowd.disagreements()).toEqual([])
    for (const close of crowd.closes) expect(close).toBe('4001 out_of_step')
    expect(servers.map(({ pid }) => pid)).toEqual([...pids])
  })
}

test('[R3] [R5] whatever is said on the channels that no process said: nobody is told of it, and the talk goes on', async () => {
  await crowd.talks(10)
  for (const [, of] of SAID) {
    const { epoch, offset } = await keptIn(redis.url, crowd.room)
    const said = of(epoch, offset + 1)
    for (const channel of [channelOf(crowd.room), SIGN_OUT_CHANNEL]) await connection.publish(channel, said)
    await crowd.talks(6)
  }
  expect(await crowd.disagreements()).toEqual([])
  expect(crowd.closes).toEqual([])
  expect(servers.map(({ pid }) => pid)).toEqual([...pids])
})
