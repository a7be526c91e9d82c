// What happens in a room, seen by v1 clients: every kind of event, the messages that it leads to, and who may cause it.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, OUTSIDER, SCRUM_MASTER } from './support/people.ts'
import { type ClientFrame, freshId, type V1Socket, type WireMessage } from './support/v1.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const THUMB = '👍'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V4] [V6] every kind of event is told to everyone in exactly this form, and its author is told sent', async () => {
  const { owner, customer, guest } = await place.meet()
  const steps: readonly [author: V1Socket, by: string, frame: ClientFrame, told: object][] = [
    [
      customer,
      CUSTOMER,
      { type: 'send', id: 'first', text: 'one' },
      { type: 'message', text: 'one', client_id: 'first' },
    ],
    [
      owner,
      SCRUM_MASTER,
      { type: 'send', id: 'second', text: 'two', reply_to: '1' },
      { type: 'message', text: 'two', reply_to: '1', client_id: 'second' },
    ],
    [customer, CUSTOMER, { type: 'edit', message: '1', text: 'uno' }, { type: 'edited', message: '1', text: 'uno' }],
    [
      guest,
      OUTSIDER,
      { type: 'react', message: '1', emoji: THUMB, on: true },
      { type: 'reacted', message: '1', emoji: THUMB, on: true },
    ],
    [
      guest,
      OUTSIDER,
      { type: 'react', message: '1', emoji: THUMB, on: false },
      { type: 'reacted', message: '1', emoji: THUMB, on: false },
    ],
    [guest, OUTSIDER, { type: 'pin', message: '2', on: true }, { type: 'pinned', message: '2', on: true }],
    [customer, CUSTOMER, { type: 'pin', message: '2', on: false }, { type: 'pinned', message: '2', on: false }],
    [owner, SCRUM_MASTER, { type: 'delete', message: '2' }, { type: 'deleted', message: '2' }],
  ]
  for (const [index, [author, by, frame, told]] of steps.entries()) {
    const id = freshId()
    const sent = await author.change({ id, ...frame })
    expect(sent).toEqual({ type: 'sent', id: String(frame['id'] ?? id), offset: index + 1, at: TIMESTAMP })
    const stamp = { offset: sent.offset, at: sent.at, by }
    for (const socket of [owner, customer, guest])
      expect<object>(await socket.event(sent.offset)).toEqual({ ...stamp, ...told })
  }
  for (const socket of [owner, customer, guest]) {
    await socket.settle()
    expect(socket.events).toHaveLength(steps.length)
    const times = socket.events.map(({ at }) => at)
    expect(times).toEqual([...new Set(times)].sort())
  }
})

test('[R1] offsets count 1, 2, 3, … for a room, and all hear everything in that order, however many talk at once', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await (await place.meet()).owner.say('another room counts for itself')
  const texts = offsetsBetween(0, 150).map(String)
  await Promise.all([owner, customer, guest].map((socket) => socket.pour(texts)))
  for (const socket of [owner, customer, guest]) {
    await socket.event(450)
    expect(socket.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 450))
    expect(socket.events).toEqual(owner.events)
    expect(socket.frames.filter(({ type }) => type === 'sent')).toHaveLength(150)
  }
  for (const email of [SCRUM_MASTER, CUSTOMER, OUTSIDER]) {
    const own = owner.events.flatMap((event) => (event.type === 'message' && event.by === email ? [event.text] : []))
    expect(own).toEqual(texts)
  }
  expect((await come(place.people.guest, room)).welcome.offset).toBe(450)
})

test('[V5] a message is told in its present state: exactly these fields, and each only when there is something in it', async () => {
  const { owner, customer } = await place.meet()
  const first = await customer.say('one')
  const plain = { id: '1', by: CUSTOMER, at: first.at, text: 'one', reactions: {} }
  expect(await owner.message('1')).toEqual(plain)
  const second = await owner.say('two', { reply_to: '1' })
  const reply = { id: '2', by: SCRUM_MASTER, at: second.at, text: 'two', reply_to: '1', reactions: {} }
  expect(await owner.message('2')).toEqual(reply)

  const edited = await customer.change({ type: 'edit', message: '1', text: 'uno' })
  expect(await owner.message('1')).toEqual({ ...plain, text: 'uno', edited_at: edited.at })
  const again = await customer.change({ type: 'edit', message: '1', text: 'one' })
  expect(await owner.message('1')).toEqual({ ...plain, edited_at: again.at })
  await customer.change({ type: 'pin', message: '2', on: true })
  expect(await owner.message('2')).toEqual({ ...reply, pinned: true })
  await customer.change({ type: 'pin', message: '2', on: true })
  expect(await owner.message('2')).toEqual({ ...reply, pinned: true })
  await owner.change({ type: 'pin', message: '2', on: false })
  expect(await owner.message('2')).toEqual(reply)
  await owner.change({ type: 'delete', message: '2' })
  expect(await owner.message('2')).toEqual({ ...reply, text: '', deleted: true })
  await customer.change({ type: 'delete', message: '1' })
  expect(await owner.message('1')).toMatchObject({ id: '1', by: CUSTOMER, at: first.at, text: '', deleted: true })
})

test('[V5] reactions hold each member once, whoever reacted first stands first, and nothing is left of what was taken back', async () => {
  const { owner, customer, guest } = await place.meet()
  await customer.say('one')
  const react = (who: V1Socket, emoji: string, on: boolean) => who.change({ type: 'react', message: '1', emoji, on })
  await react(guest, THUMB, true)
  await react(guest, THUMB, true)
  await react(owner, THUMB, true)
  await react(owner, '🎉', true)
  await react(customer, '🎉', false) // Never there.
  expect((await owner.message('1')).reactions).toEqual({ [THUMB]: [OUTSIDER, SCRUM_MASTER], '🎉': [SCRUM_MASTER] })
  await react(guest, THUMB, false)
  await react(guest, THUMB, false)
  await react(owner, '🎉', false)
  expect((await owner.message('1')).reactions).toEqual({ [THUMB]: [SCRUM_MASTER] })
  await react(owner, THUMB, false)
  expect((await owner.message('1')).reactions).toEqual({})
})

test('[V1] [R7] one edits and deletes what one wrote oneself; only the owner, who joined first, deletes the rest', async () => {
  const room = await place.room(CUSTOMER, OUTSIDER, SCRUM_MASTER, CUSTOMER)
  const owner = await come(place.people.customer, room)
  const guest = await come(place.people.guest, room)
  const other = await come(place.people.scrumMaster, room)
  for (const text of ['one', 'two', 'three']) await guest.say(text)
  await owner.say('four')
  const notYours = { code: 'not_yours', message: expect.stringMatching(/\w+ \w+/) }
  for (const who of [owner, other]) {
    expect(await who.refusal({ type: 'edit', message: '1', text: 'put into my mouth' })).toMatchObject(notYours)
  }
  expect(await other.refusal({ type: 'delete', message: '1' })).toMatchObject(notYours)
  expect(await guest.refusal({ type: 'delete', message: '4' })).toMatchObject(notYours)
  expect((await guest.history()).messages.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four'])

  const fromAnotherTab = await come(place.people.guest, room)
  await fromAnotherTab.change({ type: 'edit', message: '1', text: 'uno' })
  await fromAnotherTab.change({ type: 'delete', message: '2' })
  await owner.change({ type: 'delete', message: '3' })
  expect((await guest.history()).messages.map(({ text }) => text)).toEqual(['uno', '', '', 'four'])
})

test('[V6] what is not there cannot be changed: no_message, and nothing happens', async () => {
  const { room, owner, customer } = await place.meet()
  const elsewhere = await place.meet()
  for (const text of ['one', 'two', 'three', 'four', 'five', 'six']) await elsewhere.owner.say(text)
  await owner.say('one')
  await owner.say('two')
  await owner.change({ type: 'edit', message: '2', text: 'dos' })
  await owner.change({ type: 'delete', message: '1' })
  const before = await customer.history()
  const absent = {
    deleted: '1',
    'an edit': '3',
    'a deletion': '4',
    'of another room': '6',
    'not yet': '5',
    far: '9'.repeat(15),
  }
  for (const [what, message] of Object.entries(absent)) {
    for (const frame of changesOf(message)) {
      const { code } = await owner.refusal(frame)
      expect([what, frame.type, code]).toEqual([what, frame.type, 'no_message'])
    }
  }
  for (const reply_to of ['3', '6', '999']) {
    const answer = await owner.refusal({ type: 'send', text: 'an answer to nothing', reply_to })
    expect([reply_to, answer.code]).toEqual([reply_to, 'no_message'])
  }
  expect((await customer.history()).messages).toEqual(before.messages)
  await customer.settle()
  expect(customer.events).toHaveLength(4)
  expect((await come(place.people.guest, room)).welcome.offset).toBe(4)
  expect(elsewhere.owner.events).toHaveLength(6)
})

test('[V10] [V13] a text that is no offset names no message either, and is no bad frame', async () => {
  const { owner, customer } = await place.meet()
  await owner.say('one')
  const names = ['', '0', '01', ' 1', '1 ', '1.0', '+1', '-1', '1e0', '0x1', '１', 'nope', '__proto__', '9'.repeat(40)]
  for (const name of names) {
    for (const frame of [...changesOf(name), { type: 'send', text: 'an answer', reply_to: name }]) {
      const { code } = await owner.refusal(frame)
      expect([name, frame.type, code]).toEqual([name, frame.type, 'no_message'])
    }
  }
  await customer.settle()
  expect(customer.events).toHaveLength(1)
})

test('[V1] any emoji is a reaction, in whatever way keyboards spell it', async () => {
  const { owner, customer } = await place.meet()
  await owner.say('one')
  const emojis = ['👍', '👍🏿', '❤️', '❤', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇦🇹', '#️⃣', '0⃣', '9️⃣', '©️', '🧑🏻‍❤️‍💋‍🧑🏿']
  for (const emoji of emojis) await owner.change({ type: 'react', message: '1', emoji, on: true })
  const { reactions } = await customer.message('1')
  expect(Object.keys(reactions).sort()).toEqual([...emojis].sort())
  const expected: WireMessage['reactions'] = Object.fromEntries(emojis.map((emoji) => [emoji, [SCRUM_MASTER]]))
  expect(reactions).toEqual(expected)
})

test('[V10] what is no emoji is a bad frame that names the field, whatever it would do to an object', async () => {
  for (const emojis of [
    ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a', 'A👍', '👍 ', ' ', ''],
    ['1', '#', '42', '👍\n', '👍\0', 'é', '漢', '<b>', '👍'.repeat(17)],
    ['\u200d', '\ufe0f', '🏽 👍', 'x'.repeat(33), `${THUMB}\u2028`, '👍\u0300a', 'ﷺ', '-', '__proto__👍'],
  ]) {
    const { owner } = await place.meet() // A new socket each time: ten bad frames would close it.
    await owner.say('one')
    for (const emoji of emojis) {
      const { code, message } = await owner.refusal({ type: 'react', message: '1', emoji, on: true })
      expect([emoji, code, message.includes('"emoji"')]).toEqual([emoji, 'bad_frame', true])
    }
    expect((await owner.message('1')).reactions).toEqual({})
  }
})

function changesOf(message: string): readonly ClientFrame[] {
  return [
    { type: 'edit', message, text: 'something' },
    { type: 'delete', message },
    { type: 'react', message, emoji: THUMB, on: true },
    { type: 'pin', message, on: true },
  ]
}
