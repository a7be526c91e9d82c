// One room, two protocols: each hears what the other says, and plain clients are told of nothing that they do not know.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, OUTSIDER, type PlainMessage, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import { isEvent } from './support/v1.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

const TEXTS = [
  'Grüß Gott',
  ' \t with space around ',
  '{"type":"send"}',
  '👩‍👩‍👧‍👦',
  'a\0b',
  '\ufffd\uffff',
  '</script>',
  'a\u2028b',
]

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[P5] what a v1 client says, a plain one hears as a message, and the other way round, word for word', async () => {
  const { room, owner, customer } = await place.meet()
  const phone = await place.people.guest.open(room)
  for (const text of TEXTS) {
    const sent = await customer.say(text)
    const id = String(sent.offset)
    expect(await phone.nextMessage()).toEqual({ id, messageId: id, email: CUSTOMER, timestamp: sent.at, text })
    const said = await phone.say(text)
    expect(await owner.event(sent.offset + 1)).toEqual({
      type: 'message',
      offset: Number(said.id),
      at: said.timestamp,
      by: OUTSIDER,
      text,
    })
  }
})

test('[P5] a text that only v1 can send, with half a character in it, reaches everyone and breaks nothing', async () => {
  const { room, owner, customer } = await place.meet()
  const phone = await place.people.guest.open(room)
  const { offset } = await customer.say('half \ud83d of it')
  const live = await owner.event(offset)
  expect(live).toMatchObject({ text: expect.stringMatching(/^half . of it$/) })
  expect((await phone.nextMessage()).text).toMatch(/^half . of it$/)
  await place.server.stop()
  await place.server.restart()
  const back = await come(place.people.guest, room, { query: { since: 0, epoch: owner.welcome.epoch } })
  expect(back.welcome.events).toEqual([live])
})

test('[P5] both protocols together in full flow are one order for all', async () => {
  const { room, owner, customer } = await place.meet()
  const phones = [await place.people.guest.open(room), await place.people.customer.open(room)]
  const talks = [owner.pour(offsetsBetween(0, 100).map(String)), customer.pour(offsetsBetween(0, 100).map(String))]
  for (const phone of phones) for (let number = 0; number < 100; number++) phone.send(`phone ${number}`)
  await Promise.all(talks)
  await owner.event(400)
  expect(owner.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 400))
  for (const phone of phones) {
    const heard = await take(phone, 400)
    expect(heard.map(({ id, text }) => [Number(id), text])).toEqual(
      owner.events.map((event) => [event.offset, event.type === 'message' ? event.text : event.type]),
    )
  }
})

test('[P5] a plain client is told of no edit, deletion, reaction, pin, presence, typing or read mark', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const phone = await place.people.guest.open(room)
  const first = await phone.say('one')
  await customer.say('two')
  await customer.change({ type: 'edit', message: '2', text: 'dos' })
  await owner.change({ type: 'react', message: '1', emoji: '👍', on: true })
  await owner.change({ type: 'pin', message: '1', on: true })
  await owner.change({ type: 'delete', message: '1' })
  customer.send({ type: 'typing', on: true })
  customer.send({ type: 'read', upto: 2 })
  await guest.next('read')
  await customer.close()
  await guest.next('presence', ({ online }) => !online)
  const last = await phone.say('three')
  expect(phone.frames.map((frame) => JSON.parse(frame) as PlainMessage)).toEqual([
    first,
    { id: '2', messageId: '2', email: CUSTOMER, timestamp: expect.any(String), text: 'two' },
    last,
  ])
  expect(last.id).toBe('7')
})

test('[P5] whoever opens the room plainly gets what was edited as it is now, and nothing of what was deleted', async () => {
  const { room, owner, customer } = await place.meet()
  const phone = await place.people.guest.open(room)
  const said = await phone.say('one, as it was')
  await customer.say('two')
  await owner.say('three')
  const tab = await come(place.people.guest, room)
  await tab.change({ type: 'edit', message: '1', text: 'one, as it is' })
  await owner.change({ type: 'delete', message: '2' })
  for (const restarted of [false, true]) {
    if (restarted) await place.server.stop()
    if (restarted) await place.server.restart()
    const newcomer = await place.people.scrumMaster.open(room)
    const [first, second] = await take(newcomer, 2)
    expect(first).toEqual({ ...said, text: 'one, as it is' })
    expect(second).toMatchObject({ id: '3', email: SCRUM_MASTER, text: 'three' })
    await newcomer.say('and then what is new')
    expect(newcomer.frames.map((frame) => (JSON.parse(frame) as PlainMessage).text)).not.toContain('two')
  }
})

test('[P5] what a plain client said is edited, answered, reacted to and deleted like anything else', async () => {
  const { room, owner } = await place.meet()
  const phone = await place.people.guest.open(room)
  const { id } = await phone.say('by phone')
  const tab = await come(place.people.guest, room)
  await tab.change({ type: 'edit', message: id, text: 'by phone, corrected' })
  await owner.change({ type: 'react', message: id, emoji: '👍', on: true })
  await owner.say('an answer', { reply_to: id })
  expect(await owner.message(id)).toMatchObject({
    by: OUTSIDER,
    text: 'by phone, corrected',
    reactions: { '👍': [SCRUM_MASTER] },
  })
  await owner.change({ type: 'delete', message: id })
  expect(await owner.message(id)).toMatchObject({ text: '', deleted: true })
})

test('[P5] a plain frame that looks like v1 is a text, and a keep-alive of the plain protocol is none to v1', async () => {
  const { room, owner } = await place.meet()
  const phone = await place.people.guest.open(room)
  const text = '{"type":"delete","id":"x","message":"1"}'
  await phone.say(text)
  expect(await owner.event(1)).toMatchObject({ type: 'message', text })
  owner.send('propromo.chat({event:"ping",action:"pong"})')
  expect((await owner.next('refused')).code).toBe('bad_frame')
  await owner.say('propromo.chat({event:"ping",action:"pong"})')
  expect(owner.frames.filter(isEvent)).toHaveLength(2)
})

async function take(phone: PlainSocket, count: number): Promise<readonly PlainMessage[]> {
  const messages: PlainMessage[] = []
  while (messages.length < count) messages.push(await phone.nextMessage())
  return messages
}
