// Two people talk through the SDK: everything that the protocol knows, over real sockets.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { gapsOf, messagesIn, messageWith, RequestFailed } from '../client/index.ts'
import { becomes, enter, hears, settles, textsIn, until } from './support/client-room.ts'
import { CUSTOMER, PlainSocket, SCRUM_MASTER } from './support/people.ts'
import { V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[R3] [V6] what one says is settled with its offset, and the other sees the same message', async () => {
  const room = await place.room()
  using customer = enter(place.people.customer, room)
  using owner = enter(place.people.scrumMaster, room)
  const greeting = customer.send('Good morning')
  expect(customer.state.outbox.entries).toMatchObject([{ id: greeting.id, status: 'waiting' }])
  expect(await greeting.settled).toMatchObject({ status: 'stored', offset: 1 })
  await hears(owner, 'Good morning')
  await settles(customer)
  expect(messagesIn(owner.state.timeline)).toEqual(messagesIn(customer.state.timeline))
  expect(messagesIn(owner.state.timeline)).toMatchObject([
    { id: '1', by: CUSTOMER, text: 'Good morning', reactions: {} },
  ])
})

test('[V4] replies, edits, reactions, pins and deletions reach the other, and a plain client is one of them', async () => {
  const room = await place.room()
  using customer = enter(place.people.customer, room)
  using owner = enter(place.people.scrumMaster, room)
  const plain = await PlainSocket.open(place.server, room, await place.people.guest.ticket())
  await plain.say('by a phone')
  await hears(owner, 'by a phone')
  await Promise.all([
    owner.send('an answer', { replyTo: '1' }).settled,
    owner.react('1', '👍').settled,
    owner.pin('1').settled,
    owner.edit('2', 'a better answer').settled,
  ])
  await until(customer, 'pinned', ({ timeline }) => messageWith(timeline, '1')?.pinned === true)
  await hears(customer, 'a better answer')
  expect(messagesIn(customer.state.timeline)).toMatchObject([
    { id: '1', reactions: { '👍': [SCRUM_MASTER] }, pinned: true },
    { id: '2', replyTo: '1', editedAt: expect.any(Number) },
  ])
  expect(await owner.delete('1').settled).toMatchObject({ status: 'stored', offset: 6 })
  await until(customer, 'deleted', ({ timeline }) => messageWith(timeline, '1')?.deleted === true)
  expect(messageWith(customer.state.timeline, '1')).toMatchObject({ text: '', reactions: {} })
  await plain.close()
})

test('[V13] what is refused fails with its code, and what follows is sent all the same', async () => {
  const room = await place.room()
  using customer = enter(place.people.customer, room)
  using owner = enter(place.people.scrumMaster, room)
  await owner.send('mine').settled
  const outcomes = [
    customer.send('   '),
    customer.send('x'.repeat(20_000)),
    customer.send('x'.repeat(200_000)),
    customer.edit('1', 'yours'),
    customer.react('9', '👍'),
    customer.send('fine'),
  ].map(async ({ settled }) => {
    const end = await settled
    return end.status === 'failed' ? end.failure.code : end.status
  })
  expect(await Promise.all(outcomes)).toEqual([
    'text_empty',
    'text_too_long',
    'text_too_long',
    'not_yours',
    'no_message',
    'stored',
  ])
  expect(customer.state.connection.status).toBe('live')
  const left = customer.state.outbox.entries.filter(({ status }) => status === 'failed')
  for (const { id } of left) customer.discard(id)
  await settles(customer)
  await hears(owner, 'fine')
  expect(textsIn(owner)).toEqual(['mine', 'fine'])
})

test('[V7] [V8] presence, typing and read marks are seen by the other', async () => {
  const room = await place.room()
  using owner = enter(place.people.scrumMaster, room)
  await owner.send('Read this').settled
  const customer = enter(place.people.customer, room)
  const seen = (what: string, holds: (member: { online: boolean; read: number }) => boolean) =>
    until(owner, what, ({ timeline }) => timeline.members.some((member) => member.email === CUSTOMER && holds(member)))
  await seen('online', ({ online }) => online)
  await hears(customer, 'Read this')
  customer.read()
  await seen('read', ({ read }) => read === 1)
  customer.typing(true)
  await until(owner, 'typing', ({ timeline }) => timeline.typing.includes(CUSTOMER))
  customer.typing(false)
  await until(owner, 'quiet', ({ timeline }) => timeline.typing.length === 0)
  customer.close()
  await seen('gone', ({ online }) => !online)
})

test('[V9] history fills the timeline page by page, and search finds what was said', async () => {
  const room = await place.room()
  using owner = enter(place.people.scrumMaster, room, { atOnce: 100 })
  for (let number = 1; number <= 230; number++) owner.send(`message ${number}`)
  await settles(owner)
  using customer = enter(place.people.customer, room)
  await becomes(customer, 'live')
  expect(textsIn(customer)).toHaveLength(50)
  while ((await customer.history()).more);
  expect(messagesIn(customer.state.timeline)).toEqual(messagesIn(owner.state.timeline))
  expect(await customer.history()).toMatchObject({ messages: [], more: false })
  const { messages } = await customer.search('MESSAGE 117')
  expect(messages).toMatchObject([{ id: '117' }])
})

test('[V18] history from a day on fills the timeline from there, and what is older can be asked for', async () => {
  const room = await place.room()
  using owner = enter(place.people.scrumMaster, room, { atOnce: 100 })
  for (let number = 1; number <= 230; number++) owner.send(`message ${number}`)
  await settles(owner)
  const all = messagesIn(owner.state.timeline)
  using customer = enter(place.people.customer, room)
  await becomes(customer, 'live')
  const from = all[99]?.at ?? 0
  const page = await customer.history({ from: new Date(from), limit: 30 })
  expect(page).toMatchObject({ messages: all.slice(99, 129), more: true, after: 99 })
  expect(gapsOf(customer.state.timeline)).toEqual([
    { after: 0, upto: 99 },
    { after: 129, upto: 180 },
  ])
  await customer.history({ before: (page.after ?? 0) + 1, limit: 100 })
  expect(messagesIn(customer.state.timeline).slice(0, 129)).toEqual(all.slice(0, 129))
  expect(await customer.history({ from: Date.now() + 60_000 })).toMatchObject({ messages: [], more: false, after: 230 })
  expect(await codeOf(customer.history({ from: Date.UTC(10_000, 0) }))).toBe('bad_frame')
})

test('[V17] pins are the pinned messages, newest first, wherever they are', async () => {
  const room = await place.room()
  using owner = enter(place.people.scrumMaster, room, { atOnce: 100 })
  for (let number = 1; number <= 60; number++) owner.send(`message ${number}`)
  for (const id of ['55', '3', '4']) owner.pin(id)
  owner.pin('4', false)
  await settles(owner)
  using customer = enter(place.people.customer, room)
  await becomes(customer, 'live')
  expect(await customer.pins()).toMatchObject({ messages: [{ id: '55', pinned: true }, { id: '3' }], more: false })
  expect(await customer.pins({ before: 55 })).toMatchObject({ messages: [{ id: '3' }], more: false })
  expect(textsIn(customer)).toHaveLength(50)
})

test('[V6] a question that cannot be answered is rejected with a code', async () => {
  const room = await place.room()
  const customer = enter(place.people.customer, room)
  expect(await codeOf(customer.history())).toBe('not_connected')
  await becomes(customer, 'live')
  expect(await codeOf(customer.search('x'.repeat(300)))).toBe('bad_frame')
  const pending = codeOf(customer.search('x'))
  customer.close()
  expect(await pending).toBe('closed')
  expect(await codeOf(customer.search('x'))).toBe('not_connected')
})

test('closing is final, and what was not sent can be saved and sent by the next', async () => {
  const room = await place.room()
  const first = enter(place.people.customer, room)
  const { settled } = first.send('written on the train')
  first.close()
  first.close()
  expect(await settled).toEqual({ status: 'left' })
  expect(first.state.connection).toMatchObject({ status: 'ended', why: { code: 'closed' }, remedy: 'none' })
  const saved: unknown = JSON.parse(JSON.stringify(first.save()))
  using second = enter(place.people.customer, room, { outbox: saved })
  await settles(second)
  expect(textsIn(second)).toEqual(['written on the train'])
})

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'answered'
  } catch (error) {
    return error instanceof RequestFailed ? error.code : String(error)
  }
}
