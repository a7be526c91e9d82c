// The pinned messages of a room, however long ago they were said.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { UNLIMITED } from './support/server.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

const pin = (message: number, on = true) => ({ type: 'pin', message: String(message), on })

test('[V17] pins are those that are pinned now, newest message first, as they are in history', async () => {
  const { owner, customer, guest } = await place.meet()
  expect(await owner.pins()).toEqual({ type: 'pins', id: expect.any(String), messages: [], more: false } as never)
  await owner.pour(offsetsBetween(0, 150).map(String))
  for (const message of [140, 3, 2, 1, 77]) await customer.change(pin(message))
  await guest.change(pin(2, false))
  await owner.change({ type: 'edit', message: '3', text: 'three' })
  await guest.change({ type: 'react', message: '1', emoji: '👍', on: true })
  const { messages, more } = await guest.pins()
  expect([messages.map(({ id }) => Number(id)), more]).toEqual([[140, 77, 3, 1], false])
  for (const message of messages) expect(message).toEqual(await guest.message(message.id))
  expect(messages.slice(2)).toMatchObject([{ text: 'three' }, { reactions: { '👍': [expect.any(String)] } }])
  expect((await customer.pins({ before: 77 })).messages.map(({ id }) => id)).toEqual(['3', '1'])
  expect((await customer.pins({ before: 0 })).messages).toEqual([])
})

test('[V17] a deleted message is pinned no more, and pins of another room are not here', async () => {
  const { owner, customer } = await place.meet()
  const other = await place.meet()
  await owner.pour(['one', 'two'])
  await other.owner.say('elsewhere')
  for (const message of [1, 2]) await customer.change(pin(message))
  await other.owner.change(pin(1))
  await owner.change({ type: 'delete', message: '2' })
  expect((await customer.pins()).messages).toMatchObject([{ id: '1', text: 'one', pinned: true }])
  await customer.change(pin(1, false))
  expect((await customer.pins()).messages).toEqual([])
  expect((await other.customer.pins()).messages).toMatchObject([{ text: 'elsewhere' }])
})

test('[V17] an answer holds a hundred at most, fewer of long ones, and the rest can be asked for', async () => {
  const { owner } = await place.meet()
  await owner.pour(offsetsBetween(0, 120).map((number) => (number % 2 ? 'x'.repeat(16_000) : String(number))))
  for (const message of offsetsBetween(0, 120)) await owner.change(pin(message))
  const short = await place.meet()
  await short.owner.pour(offsetsBetween(0, 120).map(String))
  for (const message of offsetsBetween(0, 120)) await short.owner.change(pin(message))
  const first = await short.owner.pins()
  expect([first.messages.length, first.messages[0]?.id, first.more]).toEqual([100, '120', true])

  const walked: number[] = []
  let more = true
  while (more) {
    const page = await owner.pins(walked.length > 0 ? { before: walked.at(-1) ?? 0 } : {})
    expect(page.messages.length).toBeGreaterThan(0)
    walked.push(...page.messages.map(({ id }) => Number(id)))
    more = page.more
  }
  expect(walked).toEqual(offsetsBetween(0, 120).reverse())
})

test('[V17] [R3] what was pinned is pinned after a crash', async () => {
  const { server, customer, scrumMaster } = await place.another(UNLIMITED)
  const room = await place.room()
  const before = await come(scrumMaster, room)
  await before.pour(['one', 'two'])
  await before.change(pin(1))
  await server.kill()
  await server.restart()
  const after = await come(customer, room)
  expect((await after.pins()).messages).toMatchObject([{ id: '1', text: 'one', pinned: true }])
  await server.remove()
})

test('[V16] [V17] asking for pins counts as paging', async () => {
  const { server, customer } = await place.another({ ...UNLIMITED, LIMIT_SENDS_PER_10S: '40' })
  const socket = await come(customer, await place.room())
  for (let turn = 0; turn < 10; turn++) await (turn % 2 ? socket.pins() : socket.history())
  expect(await socket.refusal({ type: 'pins' })).toMatchObject({
    code: 'rate_limited',
    retry_after: expect.any(Number),
  })
  await server.remove()
})
