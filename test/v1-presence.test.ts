// Who is here, who is typing, and how far each has read: told to those in the room, and never a part of its log.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { lockElsewhere } from './support/lock.ts'
import { CUSTOMER, OUTSIDER, SCRUM_MASTER } from './support/people.ts'
import { UNLIMITED } from './support/server.ts'
import { type ServerFrame, V1, type V1Socket } from './support/v1.ts'
import { come, comeBack, V1Place } from './support/v1-place.ts'
import { handshake } from './support/wire.ts'

const clock = new Clock()
let place: V1Place

beforeAll(async () => {
  place = await V1Place.open({ ...UNLIMITED, ...clock.environment })
})
afterAll(async () => {
  await place.remove()
  clock.remove()
})

test('[V7] a member is here from the first session to the last, in whichever protocol, and that is told once', async () => {
  const { room, owner, guest } = await place.meet()
  const { guest: person } = place.people
  await guest.close()
  expect(await owner.next('presence', ({ online }) => !online)).toEqual(presence(OUTSIDER, false))
  const news = newsOf(owner, 'presence')
  const phone = await person.open(room)
  const tab = await come(person, room)
  const secondTab = await come(person, room)
  await phone.close()
  await tab.close()
  expect(await news()).toEqual([presence(OUTSIDER, true)])
  const secondPhone = await person.open(room)
  await secondTab.close()
  expect(await news()).toEqual([presence(OUTSIDER, true)])
  await secondPhone.close()
  expect(await news()).toEqual([presence(OUTSIDER, true), presence(OUTSIDER, false)])
  expect(secondTab.frames.filter(({ type }) => type === 'presence')).toEqual([])
})

test('[V7] somebody whose connection is cut is gone, and somebody who is elsewhere is not here', async () => {
  const { room, owner, guest } = await place.meet()
  const elsewhere = await place.meet()
  await guest.close()
  await owner.next('presence', ({ online }) => !online)
  const here = newsOf(owner, 'presence')
  const there = newsOf(elsewhere.owner, 'presence')
  const protocols = `${V1}, bearer.${await place.people.guest.ticket()}`
  const cut = await handshake(place.server, `/chat/${encodeURIComponent(room)}`, {
    'Sec-WebSocket-Protocol': protocols,
  })
  await owner.next('presence', ({ online }) => online)
  cut.socket.destroy()
  await owner.next('presence', ({ online }) => !online)
  expect(await here()).toEqual([presence(OUTSIDER, true), presence(OUTSIDER, false)])
  expect(await there()).toEqual([])
})

test('[V7] forty sessions of one member that come and go at once are one coming and one going', async () => {
  const { room, owner, guest } = await place.meet()
  await guest.close()
  await owner.next('presence', ({ online }) => !online)
  const news = newsOf(owner, 'presence')
  const { guest: person } = place.people
  const sessions = await Promise.all(
    Array.from({ length: 40 }, (_, index) => (index % 2 ? come(person, room) : person.open(room))),
  )
  expect(await news()).toEqual([presence(OUTSIDER, true)])
  await Promise.all(sessions.map((session) => session.close()))
  expect(await news()).toEqual([presence(OUTSIDER, true), presence(OUTSIDER, false)])
  expect((await come(place.people.customer, room)).welcome.members.map(({ online }) => online)).toEqual([
    true,
    true,
    false,
  ])
})

test('[V7] typing is told to the others, not to oneself, and ends when one says so', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const tab = await come(place.people.customer, room)
  const own = [customer, tab].map((socket) => newsOf(socket, 'typing'))
  customer.send({ type: 'typing', on: true })
  for (const other of [owner, guest]) expect(await other.next('typing')).toEqual(typing(CUSTOMER, true))
  guest.send({ type: 'typing', on: true })
  expect(await owner.next('typing')).toEqual(typing(OUTSIDER, true))
  customer.send({ type: 'typing', on: false })
  for (const other of [owner, guest]) expect(await other.next('typing')).toEqual(typing(CUSTOMER, false))
  for (const news of own) expect(await news()).toEqual([typing(OUTSIDER, true)])
})

test('[V7] typing ends by itself after 6 s, counted from the last time it was said', async () => {
  const { owner, customer } = await place.meet()
  const news = newsOf(owner, 'typing')
  customer.send({ type: 'typing', on: true })
  await owner.next('typing')
  await clock.pass(4) // What passes besides is little, and less than two seconds.
  expect(await news()).toEqual([typing(CUSTOMER, true)])
  customer.send({ type: 'typing', on: true })
  await customer.settle()
  await clock.pass(4)
  expect((await news()).filter((frame) => frame.type === 'typing' && !frame.on)).toEqual([])
  await clock.pass(2)
  expect((await news()).at(-1)).toEqual(typing(CUSTOMER, false))
  const before = (await news()).length
  await clock.pass(60)
  expect(await news()).toHaveLength(before)
})

test('[V7] typing ends with what was typed, and with the last session of whoever typed', async () => {
  const { room, owner, customer } = await place.meet()
  const tab = await come(place.people.customer, room)
  customer.send({ type: 'typing', on: true })
  await owner.next('typing', ({ on }) => on)
  await customer.say('here it is')
  await owner.event(1)
  const types = owner.frames.filter(({ type }) => type === 'typing' || type === 'message')
  expect(types).toMatchObject([typing(CUSTOMER, true), typing(CUSTOMER, false), { type: 'message' }])

  const news = newsOf(owner, 'typing')
  tab.send({ type: 'typing', on: true })
  await tab.settle()
  await customer.close()
  expect(await news()).toEqual([typing(CUSTOMER, true)])
  await tab.close()
  expect(await news()).toEqual([typing(CUSTOMER, true), typing(CUSTOMER, false)])
  await clock.pass(10)
  expect(await news()).toHaveLength(2)
})

test('[V7] none of it is an event: offsets stay, and nobody who comes back is told', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await owner.say('one')
  await guest.event(1)
  await guest.close()
  customer.send({ type: 'typing', on: true })
  customer.send({ type: 'read', upto: 1 })
  await owner.next('read')
  const back = await comeBack(place.people.guest, room, guest)
  expect(back.welcome).toMatchObject({ resumed: true, offset: 1, events: [] })
  await back.settle()
  expect(back.frames.map(({ type }) => type)).toEqual(['welcome', 'pong'])
  expect((await owner.say('two')).offset).toBe(2)
})

test('[V8] a read mark moves forward only, and one beyond the end is taken as the end', async () => {
  const { room, owner, customer } = await place.meet()
  const elsewhere = await place.meet()
  const news = newsOf(owner, 'read')
  customer.send({ type: 'read', upto: 5 })
  await customer.settle()
  await owner.pour(['one', 'two', 'three'])
  const told = [{ type: 'read', email: CUSTOMER, upto: 2 }]
  for (const upto of [2, 1, 0, 2]) customer.send({ type: 'read', upto })
  await owner.next('read')
  expect((await news()).filter((frame) => frame.type === 'read' && frame.upto > 0)).toEqual(told as never)
  customer.send({ type: 'read', upto: Number.MAX_SAFE_INTEGER })
  expect(await owner.next('read')).toEqual({ type: 'read', email: CUSTOMER, upto: 3 })
  await owner.say('four')
  owner.send({ type: 'read', upto: 1 })
  await owner.next('read', ({ email }) => email === SCRUM_MASTER)
  expect(await marks(room)).toEqual({ [SCRUM_MASTER]: 1, [CUSTOMER]: 3, [OUTSIDER]: 0 })
  expect(await marks(elsewhere.room)).toEqual({ [SCRUM_MASTER]: 0, [CUSTOMER]: 0, [OUTSIDER]: 0 })
})

test('[V8] a read mark is kept across connections, and once told, across a kill -9', async () => {
  const { room, owner, customer } = await place.meet()
  await owner.pour(['one', 'two', 'three'])
  customer.send({ type: 'read', upto: 2 })
  await owner.next('read')
  await customer.close()
  expect(await marks(room)).toEqual({ [SCRUM_MASTER]: 0, [CUSTOMER]: 2, [OUTSIDER]: 0 })
  await place.server.kill()
  await place.server.restart()
  const back = await come(place.people.customer, room)
  expect(back.welcome.members.map(({ read, online }) => [read, online])).toEqual([
    [0, false],
    [2, true],
    [0, false],
  ])
  back.send({ type: 'read', upto: 1 })
  back.send({ type: 'read', upto: 3 })
  expect(await back.next('read')).toEqual({ type: 'read', email: CUSTOMER, upto: 3 })
})

test('[V3] [V8] a room where nobody has been for minutes has forgotten nothing', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await owner.pour(['one', 'two', 'three'])
  customer.send({ type: 'read', upto: 2 })
  await owner.next('read')
  await guest.event(3)
  for (const socket of [owner, customer, guest]) await socket.close()
  for (let minute = 0; minute < 5; minute++) await clock.pass(60)
  const back = await come(place.people.guest, room, { query: { since: 1, epoch: guest.welcome.epoch } })
  expect(back.welcome).toMatchObject({ resumed: true, offset: 3, events: owner.events.slice(1) })
  expect(back.welcome.members.map(({ read, online }) => [read, online])).toEqual([
    [0, false],
    [2, false],
    [0, true],
  ])
})

// These two have servers of their own, and wait rather than work.
test.concurrent('[V8] [R6] a read mark that the store could not take is not lost when it is sent again', async () => {
  const { server, scrumMaster, customer: person } = await place.another(UNLIMITED)
  const room = await place.room()
  const [owner, customer] = [await come(scrumMaster, room), await come(person, room)]
  await owner.pour(['one', 'two'])
  const lock = await lockElsewhere(join(server.folder, 'chat.sqlite'))
  customer.send({ type: 'read', upto: 2 })
  expect((await customer.next('refused')).code).toBe('store_unavailable')
  await lock.release()
  customer.send({ type: 'read', upto: 2 })
  await customer.say('three') // Stored after the mark.
  await server.kill()
  await server.restart()
  const { members } = (await come(person, room)).welcome
  await server.remove()
  expect(members.map(({ read }) => read)).toEqual([0, 2, 0])
})

test.concurrent('[V7] a client that is far behind is spared presence, typing and read marks, but no event', async () => {
  const { server, ...people } = await place.another({ ...UNLIMITED, LIMIT_BACKLOG_BYTES: String(32 * 1024 * 1024) })
  const room = await place.room()
  const [owner, customer] = [await come(people.scrumMaster, room), await come(people.customer, room)]
  const protocols = `${V1}, bearer.${await people.guest.ticket()}`
  const path = `/chat/${encodeURIComponent(room)}`
  const { socket } = await handshake(server, path, { 'Sec-WebSocket-Protocol': protocols })
  socket.pause()
  for (let batch = 0; batch < 25; batch++) await owner.pour(Array<string>(5).fill('\u0001'.repeat(16_384)))
  const whispers: ServerFrame['type'][] = ['presence', 'typing', 'read']
  customer.send({ type: 'typing', on: true })
  customer.send({ type: 'read', upto: 125 })
  for (const type of ['typing', 'read'] as const) await owner.next(type)
  await customer.close()
  await owner.next('presence', ({ online }) => !online)
  await owner.say('the end')
  socket.resume()
  const heard: ServerFrame[] = []
  while (heard.at(-1)?.type !== 'message' || !JSON.stringify(heard.at(-1)).includes('the end')) {
    const frame = await socket.frame()
    if (frame === 'ended') throw new Error('closed, although there was room for what waited')
    if (frame.opcode !== 0x1) continue // The server pings, however far behind somebody is.
    heard.push(JSON.parse(frame.payload.toString()) as ServerFrame)
  }
  expect(heard.filter(({ type }) => type === 'message')).toHaveLength(126)
  expect(heard.filter(({ type }) => whispers.includes(type))).toEqual([])
  socket.destroy()
  await server.remove()
})

function presence(email: string, online: boolean) {
  return { type: 'presence', email, online } as const
}

function typing(email: string, on: boolean) {
  return { type: 'typing', email, on } as const
}

/** From now on: the frames of this type, once everything that the server has to say so far is here. */
function newsOf(socket: V1Socket, type: ServerFrame['type']): () => Promise<readonly ServerFrame[]> {
  const from = socket.frames.length
  return async () => {
    await socket.settle()
    return socket.frames.slice(from).filter((frame) => frame.type === type)
  }
}

/** Read marks by email, as a newcomer is told. */
async function marks(room: string): Promise<Readonly<Record<string, number>>> {
  const socket = await come(place.people.scrumMaster, room)
  await socket.close()
  return Object.fromEntries(socket.welcome.members.map(({ email, read }) => [email, read]))
}
