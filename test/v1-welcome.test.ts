// The v1 welcome: the first frame on every open socket, and everything that somebody needs who has just come in.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { CUSTOMER, OUTSIDER, Person, PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import { startServer, UNLIMITED } from './support/server.ts'
import { BAKERY_CHAT, RAILWAY, RAILWAY_CHAT } from './support/tables.ts'
import { V1, type V1Socket } from './support/v1.ts'
import { come, NAMES, offsetsBetween, talkOn, V1Place } from './support/v1-place.ts'
import { type Frame, handshake } from './support/wire.ts'

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V2] an empty room welcomes with exactly these fields, and none of them holds anything yet', async () => {
  const { welcome } = await come(place.people.customer, ROOM)
  expect(welcome).toEqual({
    type: 'welcome',
    room: BAKERY_CHAT,
    you: { email: CUSTOMER, name: NAMES[CUSTOMER] },
    epoch: expect.stringMatching(/./),
    offset: 0,
    resumed: false,
    messages: [],
    events: [],
    members: [
      { email: SCRUM_MASTER, name: NAMES[SCRUM_MASTER], owner: true, online: false, read: 0 },
      { email: CUSTOMER, name: NAMES[CUSTOMER], owner: false, online: true, read: 0 },
    ],
    limits: { text_bytes: 16_384, frame_bytes: 102_400, history_page: 100, sends_per_10s: 0 },
  })
})

test('[V2] the room is told as /login tells it, null where it is null', async () => {
  const { welcome } = await come(place.people.scrumMaster, RAILWAY)
  expect(welcome.room).toEqual(RAILWAY_CHAT)
  expect(place.people.scrumMaster.chats).toContainEqual(welcome.room)
})

test('[V2] a fresh connection gets the latest 50 messages in present state, oldest first, and no events', async () => {
  const { room, customer, owner } = await place.meet()
  for (let number = 1; number <= 60; number++) await customer.say(`message ${number}`)
  await customer.change({ type: 'edit', message: '60', text: 'message 60, corrected' })
  await owner.change({ type: 'react', message: '59', emoji: '👍', on: true })
  await owner.change({ type: 'pin', message: '58', on: true })
  await owner.change({ type: 'delete', message: '57' })

  const { welcome } = await come(place.people.guest, room)
  expect([welcome.offset, welcome.resumed, welcome.events]).toEqual([64, false, []])
  expect(welcome.messages.map(({ id }) => id)).toEqual(offsetsBetween(10, 60).map(String))
  expect(welcome.messages).toEqual((await customer.history({ limit: 50 })).messages)
  const [first] = welcome.messages
  expect(first).toEqual({
    id: '11',
    by: CUSTOMER,
    at: expect.stringMatching(TIMESTAMP),
    text: 'message 11',
    reactions: {},
  })
  expect(welcome.messages.slice(-4)).toMatchObject([
    { id: '57', text: '', deleted: true },
    { id: '58', text: 'message 58', pinned: true },
    { id: '59', text: 'message 59', reactions: { '👍': [SCRUM_MASTER] } },
    { id: '60', text: 'message 60, corrected', edited_at: expect.stringMatching(TIMESTAMP) },
  ])
})

test('[V2] the welcome is the first frame, also for those who come in while everyone talks at full speed', async () => {
  const { room, owner, customer } = await place.meet()
  const hush = talkOn(owner, customer)
  const newcomers: V1Socket[] = []
  while (newcomers.length < 25) newcomers.push(await come(place.people.guest, room))
  await hush()
  const last = (await owner.say('the end')).offset
  for (const newcomer of newcomers) {
    await newcomer.event(last)
    const { welcome } = newcomer // Throws unless the first frame is one.
    expect(newcomer.frames.filter(({ type }) => type === 'welcome')).toHaveLength(1)
    expect(Number(welcome.messages.at(-1)?.id ?? 0)).toBe(welcome.offset)
    expect(newcomer.events.map(({ offset }) => offset)).toEqual(offsetsBetween(welcome.offset, last))
  }
})

test('[V2] members stand in it with who owns the room, who is here in either protocol, and how far they have read', async () => {
  const room = await place.room(CUSTOMER, OUTSIDER, SCRUM_MASTER, CUSTOMER) // Joined twice, which Propromo allows.
  const { scrumMaster, customer, guest } = place.people
  const plain = await PlainSocket.open(place.server, room, await guest.ticket())
  await plain.say('one')
  await plain.say('two')
  const first = await come(customer, room)
  first.send({ type: 'read', upto: 1 })
  await first.next('read')
  expect((await come(scrumMaster, room)).welcome.members).toEqual([
    { email: CUSTOMER, name: NAMES[CUSTOMER], owner: true, online: true, read: 1 },
    { email: OUTSIDER, name: NAMES[OUTSIDER], owner: false, online: true, read: 0 },
    { email: SCRUM_MASTER, name: NAMES[SCRUM_MASTER], owner: false, online: true, read: 0 },
  ])
})

test('[V2] 50 messages as long as can be, every byte of them escaped, still make a welcome', async () => {
  const { room, owner } = await place.meet()
  const longest = '\u0001'.repeat(16 * 1024)
  for (let number = 0; number < 50; number++) await owner.say(longest)
  const newcomer = await come(place.people.guest, room)
  expect(newcomer.welcome.messages.map(({ text }) => text === longest)).toEqual(Array(50).fill(true))
  await newcomer.say('I am still here')
})

test('[V12] the limits that a server has when nobody set any', async () => {
  const server = await startServer(await cheapAccounts())
  const { limits } = (await come(await Person.logIn(server, CUSTOMER), ROOM)).welcome
  expect(limits).toEqual({ text_bytes: 16_384, frame_bytes: 102_400, history_page: 100, sends_per_10s: 200 })
  await server.remove()
})

test('[V12] the limits that were set, and 0 for those that were lifted', async () => {
  const { server, customer } = await place.another({ ...UNLIMITED, LIMIT_TEXT_BYTES: '10', LIMIT_SENDS_PER_10S: '7' })
  const tight = await come(customer, ROOM)
  expect(tight.welcome.limits).toMatchObject({ text_bytes: 10, sends_per_10s: 7 })
  expect(await tight.refusal({ type: 'send', text: 'x'.repeat(11) })).toMatchObject({ code: 'text_too_long' })
  await server.stop()
  await server.restart({ LIMIT_TEXT_BYTES: '0', LIMIT_SENDS_PER_10S: '0' })
  const lifted = await come(customer, ROOM)
  expect(lifted.welcome.limits).toMatchObject({ text_bytes: 0, sends_per_10s: 0 })
  const long = 'x'.repeat(500_000)
  const { offset } = await lifted.say(long)
  expect(await lifted.event(offset)).toMatchObject({ text: long })
  expect(long.length).toBeLessThan(lifted.welcome.limits.frame_bytes)
  await server.remove()
})

test('[C4] v1 is answered with its name only, wherever the ticket stands and in whatever order names are offered', async () => {
  const ways = [
    (ticket: string) => ({ query: '', headers: { 'Sec-WebSocket-Protocol': `${V1}, bearer.${ticket}` } }),
    (ticket: string) => ({ query: '', headers: { 'Sec-WebSocket-Protocol': `bearer.${ticket},${V1}` } }),
    (ticket: string) => ({ query: `?auth=${ticket}`, headers: { 'Sec-WebSocket-Protocol': V1 } }),
    (ticket: string) => ({ query: `?auth=${ticket}`, headers: { 'Sec-WebSocket-Protocol': `soap, ${V1}, mqtt` } }),
    (ticket: string) => ({ query: '', headers: { 'Sec-WebSocket-Protocol': V1, Authorization: `Bearer ${ticket}` } }),
  ]
  for (const way of ways) {
    const { query, headers } = way(await place.people.customer.ticket())
    const answer = await handshake(place.server, `/chat/${ROOM}${query}`, headers)
    expect([answer.status, answer.headers.get('sec-websocket-protocol')]).toEqual([101, V1])
    expect(jsonOf(await answer.socket.frame())).toMatchObject({ type: 'welcome' })
    answer.socket.destroy()
  }
})

test('[C4] whoever does not name v1 exactly speaks the plain protocol', async () => {
  const { room, owner } = await place.meet()
  const { offset } = await owner.say('in either protocol')
  for (const name of ['propromo.chat.v2', 'propromo.chat.v1x', 'propromo.chat.V1', 'propromo.chat']) {
    const ticket = await place.people.customer.ticket()
    const headers = { 'Sec-WebSocket-Protocol': name }
    const answer = await handshake(place.server, `/chat/${encodeURIComponent(room)}?auth=${ticket}`, headers)
    expect(answer.status).toBe(101)
    expect(answer.headers.get('sec-websocket-protocol')).not.toBe(V1)
    const message = { id: String(offset), messageId: String(offset), text: 'in either protocol' }
    expect(jsonOf(await answer.socket.frame())).toMatchObject(message)
    answer.socket.destroy()
  }
})

function jsonOf(frame: Frame | 'ended'): unknown {
  return frame === 'ended' ? frame : JSON.parse(frame.payload.toString())
}
