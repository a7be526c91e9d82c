// The list of an account's sign-ins in Redis, where a script has left very many behind.
import { expect, test } from 'bun:test'
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { accountSignIns } from './account-sign-ins.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'

const on = redisKinds()

test('[L12] as many sign-ins as there may be are taken from the list', async () => {
  await on.redis.flush()
  const connection = await connect(parseAddress(on.redis.url))
  const list = accountSignIns(connection, () => 1_000)
  const entries = Array.from({ length: 9_000 }, (_, number) => ({ id: `id ${number}`, record: `record ${number}` }))
  for (let from = 0; from < entries.length; from += 500) {
    await Promise.all(entries.slice(from, from + 500).map((entry) => list.note('2', entry, 60_000)))
  }
  await list.drop('2', entries.slice(1))
  expect(await list.of('2')).toEqual(entries.slice(0, 1))
  connection.close()
})
