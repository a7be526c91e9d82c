// Two processes, one Redis: whatever is said at one of them is heard at the other, each event once, in order, without a hole.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { PlainSocket } from './support/people.ts'
import { hears, newsOf, Processes, saying, talk, toldBefore } from './support/processes.ts'
import type { Sent, V1Socket } from './support/v1.ts'
import { come, cursorOf, offsetsBetween } from './support/v1-place.ts'

let chat: Processes

beforeAll(async () => {
  chat = await Processes.open()
})
afterAll(() => chat.remove())

test('[R5] what one says is heard by everyone at both processes, with the same offset and time, in either protocol', async () => {
  const room = await chat.room()
  const { one, two } = chat
  const owner = await come(one.people.scrumMaster, room)
  const customer = await come(two.people.customer, room)
  const [here, there] = [await one.people.guest.open(room), await two.people.guest.open(room)]
  const first = await owner.say('from the first')
  const second = await customer.say('from the second')
  here.send('plain from the first')
  there.send('plain from the second')
  expect([first.offset, second.offset]).toEqual([1, 2])
  for (const offset of [1, 2, 3, 4]) expect(await customer.event(offset)).toEqual(await owner.event(offset))
  expect(await owner.event(2)).toMatchObject({ text: 'from the second', at: second.at, client_id: second.id })
  const heard = [await fourOf(here), await fourOf(there)]
  expect(heard[1]).toEqual(heard[0] ?? [])
  expect(heard[0]?.map(({ id, messageId }) => [id, messageId])).toEqual(['1', '2', '3', '4'].map((id) => [id, id]))
  expect(heard[0]?.[1]).toMatchObject({ text: 'from the second', timestamp: second.at })
})

test('[R1] [R3] [R5] many who talk at once at both processes make one dense sequence, the same for all, told before it is confirmed', async () => {
  const room = await chat.room()
  const sockets = await everyone(room)
  const plain = [await chat.one.people.guest.open(room), await chat.two.people.guest.open(room)]
  const said = (await Promise.all(sockets.map((socket) => talk(socket, 60)))).flat()
  for (const socket of plain) for (const text of ['plain one', 'plain two', 'plain three']) socket.send(text)
  const total = said.length + 6
  for (const socket of sockets) await socket.event(total)
  expect(new Set(said.map(({ offset }) => offset)).size).toBe(said.length)
  const [first, ...others] = sockets.map(({ events }) => events)
  expect(first?.map(({ offset }) => offset)).toEqual(offsetsBetween(0, total))
  for (const events of others) expect(events).toEqual(first ?? [])
  for (const socket of sockets) for (const sent of sentTo(socket)) expect(toldBefore(socket, sent)).toBe(true)
  const heard = await Promise.all(plain.map((socket) => take(socket, total)))
  for (const messages of heard) {
    expect(messages.map(({ id }) => Number(id))).toEqual(offsetsBetween(0, total))
    expect(messages.map(({ text }) => text)).toEqual(first?.map((event) => ('text' in event ? event.text : '')) ?? [])
  }
})

test('[V4] [R5] edits, deletions, reactions and pins at one process are the same at the other', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const customer = await come(chat.two.people.customer, room)
  const message = String((await customer.say('first thought')).offset)
  await customer.change({ type: 'edit', message, text: 'second thought' })
  await owner.change({ type: 'react', message, emoji: '👍', on: true })
  await owner.change({ type: 'pin', message, on: true })
  expect(await owner.message(message)).toEqual(await customer.message(message))
  expect(await owner.message(message)).toMatchObject({ text: 'second thought', pinned: true })
  expect(await owner.refusal({ type: 'edit', message, text: 'not mine' })).toMatchObject({ code: 'not_yours' })
  await owner.change({ type: 'delete', message })
  await customer.event(5)
  await owner.event(5)
  expect(customer.events).toEqual(owner.events)
  const late = await come(chat.two.people.guest, room)
  expect(late.welcome.messages).toMatchObject([{ id: message, text: '', deleted: true, reactions: {} }])
})

test('[R5] a search and a page of history are the same at both, from the moment something is confirmed', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const customer = await come(chat.two.people.customer, room)
  for (let round = 1; round <= 20; round++) {
    const { offset } = await owner.say(`Brötchen number ${round}`)
    const found = await customer.search(`brotchen ${round}`)
    expect(found.messages[0]?.id).toBe(String(offset))
    expect((await customer.history({ limit: 1 })).messages[0]?.id).toBe(String(offset))
  }
})

test('[V3] [R5] a cursor from one process resumes at the other at once, whether or not that has heard of it yet', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const { epoch } = owner.welcome
  const somebody = await come(chat.two.people.customer, room) // So that the room there is open, and may be behind.
  for (let round = 0; round < 40; round++) {
    const { offset } = (await talk(owner, 3)).reduce((a, b) => (a.offset > b.offset ? a : b))
    const back = await come(chat.two.people.guest, room, { query: { since: offset, epoch } })
    expect(back.welcome).toMatchObject({ resumed: true, offset, epoch, events: [], messages: [] })
    const behind = await come(chat.two.people.guest, room, { query: { since: Math.max(0, offset - 2), epoch } })
    expect(behind.welcome.resumed).toBe(true)
    expect(behind.welcome.events).toEqual(owner.events.slice(-2))
    await Promise.all([back.close(), behind.close()])
  }
  await somebody.event(owner.events.length)
  expect(somebody.events).toEqual(owner.events)
})

test('[V3] [R5] the same at a process where the room is empty, and where it has never been opened', async () => {
  for (const emptied of [false, true]) {
    const room = await chat.room()
    const owner = await come(chat.one.people.scrumMaster, room)
    if (emptied) await (await come(chat.two.people.guest, room)).close()
    await owner.pour(['one', 'two', 'three'])
    const back = await come(chat.two.people.guest, room, { query: { since: 1, epoch: owner.welcome.epoch } })
    expect(back.welcome).toMatchObject({ resumed: true, offset: 3, events: owner.events.slice(1) })
    const fresh = await come(chat.two.people.customer, room)
    expect(fresh.welcome.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect(fresh.welcome.epoch).toBe(owner.welcome.epoch)
  }
})

test('[V3] [R5] somebody who hops between the processes while both are talked at misses nothing and hears nothing twice', async () => {
  const room = await chat.room()
  const speakers = await everyone(room)
  let hopper = await come(chat.one.people.guest, room)
  const begun = hopper.welcome.offset
  const heard: number[] = []
  for (let hop = 0; hop < 25; hop++) {
    // No more than can be told to somebody who comes back, however long that takes.
    const talking = Promise.all(speakers.map((speaker) => talk(speaker, 6)))
    await hopper.next('message')
    const { guest } = (hop % 2 ? chat.one : chat.two).people
    const cursor = cursorOf(hopper)
    heard.push(...upTo(hopper, cursor.since))
    const [next] = await Promise.all([come(guest, room, { query: cursor }), hopper.close()])
    expect(next.welcome.resumed).toBe(true)
    heard.push(...next.welcome.events.map(({ offset }) => offset))
    hopper = next
    await talking
  }
  expect(heard.length).toBeGreaterThan(500)
  expect(heard).toEqual(offsetsBetween(begun, begun + heard.length))
})

test('[R5] broadcasts that are lost on the way leave no hole, and nobody is sent away', async () => {
  const room = await chat.room()
  const sockets = await everyone(room)
  const plain = await chat.two.people.guest.open(room)
  for (let cut = 0; cut < 8; cut++) {
    // No more than can be filled in, however long a process hears nothing.
    const talking = Promise.all(sockets.map((socket) => talk(socket, 24)))
    const before = sockets[0]?.events.length ?? 0
    await sockets[0]?.event(before + 10)
    await chat.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await talking
  }
  const total = Math.max(...sockets.flatMap((socket) => sentTo(socket)).map(({ offset }) => offset))
  for (const socket of sockets) {
    await socket.event(total)
    expect(socket.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, total))
    expect(socket.isOpen).toBe(true)
  }
  expect((await take(plain, total)).map(({ id }) => Number(id))).toEqual(offsetsBetween(0, total))
  expect(plain.isOpen).toBe(true)
})

test('[R5] what is said while nothing can be heard, and nothing after it, is told within seconds', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const customer = await come(chat.two.people.customer, room)
  for (let round = 1; round <= 5; round++) {
    const [{ offset }] = await Promise.all([
      owner.say('anyone there?'),
      chat.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub'),
    ])
    expect(await customer.event(offset)).toEqual(await owner.event(offset))
  }
})

test('[R4] a client id that is sent again at the other process is the same event, and is answered the same', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const [here, there] = [await come(chat.one.people.customer, room), await come(chat.two.people.customer, room)]
  for (let round = 1; round <= 20; round++) {
    const frame = saying(`once ${round}`)
    const sent = await here.change(frame)
    expect(await there.change(frame)).toEqual(sent)
    expect(sent.offset).toBe(round)
    expect(toldBefore(there, sent)).toBe(true)
  }
  for (const socket of [owner, here, there]) {
    await socket.settle()
    expect(socket.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 20))
  }
})

test('[R4] the same client id at both processes at the same instant is one event, told before either is answered', async () => {
  const room = await chat.room()
  const [here, there] = [await come(chat.one.people.customer, room), await come(chat.two.people.customer, room)]
  for (let round = 1; round <= 30; round++) {
    const frame = saying(`at once ${round}`)
    const [sent, again] = await Promise.all([here.change(frame), there.change(frame)])
    expect(again).toEqual(sent)
    expect(sent.offset).toBe(round)
    expect([toldBefore(here, sent), toldBefore(there, sent)]).toEqual([true, true])
  }
  const message = '1'
  for (const change of [
    { type: 'edit', id: 'an edit', message, text: 'changed' },
    { type: 'react', id: 'a reaction', message, emoji: '🍞', on: true },
    { type: 'pin', id: 'a pin', message, on: true },
    { type: 'delete', id: 'a deletion', message },
  ]) {
    const [sent, again] = await Promise.all([here.change(change), there.change(change)])
    expect(again).toEqual(sent)
  }
  await there.settle()
  expect(there.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 34))
})

test('[R4] a client id belongs to its member: the same one of another member at another process is another event', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const customer = await come(chat.two.people.customer, room)
  const frame = saying('good morning', 'morning')
  const answers = await Promise.all([owner.change(frame), customer.change(frame)])
  expect(answers.map(({ offset }) => offset).sort()).toEqual([1, 2])
})

test('[V8] [R5] read marks are told at both processes, and move forward only, wherever they are set', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const witness = await come(chat.two.people.scrumMaster, room)
  const phone = await come(chat.one.people.customer, room)
  const laptop = await come(chat.two.people.customer, room)
  const { offset } = await owner.pour(Array.from({ length: 30 }, (_, index) => `line ${index}`))
  await laptop.event(offset)
  phone.send({ type: 'read', upto: 3 })
  for (const socket of [owner, witness]) await hears(socket, read(phone, 3))
  for (let upto = 4; upto <= 28; upto += 4) {
    phone.send({ type: 'read', upto })
    laptop.send({ type: 'read', upto: upto + 2 })
  }
  for (const socket of [owner, witness]) await hears(socket, read(phone, 30))
  laptop.send({ type: 'read', upto: 1 })
  const [here, there] = [newsOf(owner, 'read'), newsOf(witness, 'read')]
  await laptop.settle()
  expect([await here(), await there()]).toEqual([[], []])
  for (const socket of [owner, witness]) {
    const marks = socket.frames.flatMap((frame) => (frame.type === 'read' ? [frame.upto] : []))
    expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b))
  }
  for (const { people } of [chat.one, chat.two]) {
    const { welcome } = await come(people.guest, room)
    expect(welcome.members.map(({ read }) => read)).toEqual([0, 30, 0])
  }
})

/** The scrum master and the customer, each at both processes. */
async function everyone(room: string): Promise<readonly V1Socket[]> {
  const people = [chat.one.people, chat.two.people].flatMap(({ scrumMaster, customer }) => [scrumMaster, customer])
  return Promise.all(people.map((person) => come(person, room)))
}

function sentTo(socket: V1Socket): readonly Sent[] {
  return socket.frames.filter((frame) => frame.type === 'sent')
}

function upTo(socket: V1Socket, offset: number): readonly number[] {
  return socket.events.map((event) => event.offset).filter((each) => each <= offset)
}

function read({ welcome }: V1Socket, upto: number) {
  return { type: 'read', email: welcome.you.email, upto } as const
}

function fourOf(socket: PlainSocket) {
  return take(socket, 4)
}

async function take(socket: PlainSocket, count: number) {
  const messages = []
  while (messages.length < count) messages.push(await socket.nextMessage())
  return messages
}
