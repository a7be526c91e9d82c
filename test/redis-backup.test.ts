// A copy that Redis makes by itself becomes another Redis, and that is another lifetime of the log.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { RedisServer, until } from './support/redis.ts'
import { RedisPlace } from './support/redis-place.ts'
import { come, comeBack, logIn } from './support/v1-place.ts'

let place: RedisPlace

beforeAll(async () => {
  place = await RedisPlace.open()
})
afterAll(() => place.remove())

test('[R2] a copy made by BGSAVE and put into a new Redis holds every room, as another lifetime', async () => {
  const redis = await RedisServer.start()
  const server = await place.server(redis.url)
  const room = await place.room()
  const before = await logIn(server)
  const customer = await come(before.customer, room)
  await customer.say('in the copy')
  await customer.change({ type: 'pin', message: '1', on: true })
  const saved = await redis.cli('LASTSAVE')
  await until('a second has passed since the last save', async () => (await redis.cli('TIME')).split('\n')[0] !== saved)
  await redis.cli('BGSAVE')
  await until('the copy is made', async () => (await redis.cli('LASTSAVE')) !== saved)
  await customer.say('said after it')
  await server.stop()

  // The new one has to start from the copy: with an append-only file of its own it would begin empty.
  const again = await RedisServer.start({ appendonly: false, settings: ['--dbfilename', 'copy.rdb'] })
  copyFileSync(join(redis.folder, 'dump.rdb'), join(again.folder, 'copy.rdb'))
  await again.restart()
  await again.cli('CONFIG', 'SET', 'appendonly', 'yes')
  const second = await place.server(again.url)
  const people = await logIn(second)
  const back = await comeBack(people.customer, room, customer)
  expect(back.welcome).toMatchObject({ resumed: false, offset: 2, events: [] })
  expect(back.welcome.messages).toMatchObject([{ text: 'in the copy', pinned: true }])
  expect(back.welcome.epoch).not.toBe(customer.welcome.epoch)
  const said = await back.say('life goes on')
  expect(said.offset).toBe(3)
  for (const each of [server, second]) await each.remove()
  for (const each of [redis, again]) await each.remove()
})
