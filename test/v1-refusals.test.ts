// A no to one frame: it names what is wrong, the socket stays open, and nobody else notices.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { lockElsewhere } from './support/lock.ts'
import { PlainSocket, ROOM } from './support/people.ts'
import { UNLIMITED } from './support/server.ts'
import { type ClientFrame, type Refused, V1Socket } from './support/v1.ts'
import { malformed, NO_OBJECTS } from './support/v1-malformed.ts'
import { come, V1Place } from './support/v1-place.ts'

const clock = new Clock()
let place: V1Place

beforeAll(async () => {
  place = await V1Place.open({ ...UNLIMITED, ...clock.environment })
})
afterAll(async () => {
  await place.remove()
  clock.remove()
})

test('[V10] every field of every frame, left out or of the wrong type, is refused by its name', async () => {
  const { room, owner, customer } = await place.meet()
  await customer.say('something to change')
  const babbler = new Babbler(room)
  const surprises: unknown[] = []
  for (const { frame, field } of malformed()) {
    const refused = await babbler.say(frame)
    const isFieldNamed = refused.message.includes(`"${field}"`)
    const id = field === 'id' ? undefined : frame['id']
    if (refused.code !== 'bad_frame' || !isFieldNamed || refused.id !== id) surprises.push({ frame, field, refused })
  }
  expect(surprises).toEqual([])
  await owner.settle()
  expect(owner.events).toHaveLength(1)
  expect(owner.frames.filter(({ type }) => type === 'typing' || type === 'read')).toEqual([])
})

test('[V10] what is no JSON, or no object, is refused', async () => {
  const babbler = new Babbler((await place.meet()).room)
  for (const frame of NO_OBJECTS) {
    const refused = await babbler.say(frame)
    expect([frame.slice(0, 40), refused]).toEqual([
      frame.slice(0, 40),
      { type: 'refused', code: 'bad_frame', message: expect.stringMatching(/\w+ \w+/) } as never,
    ])
  }
})

test('[V10] the tenth bad frame in a minute closes with 4500, the ninth does not, and a minute later they count anew', async () => {
  const { owner, customer, guest } = await place.meet()
  await badFrames(customer, 9)
  await badFrames(guest, 9)
  await customer.settle()
  for (let time = 0; time < 15; time++) await customer.refusal({ type: 'delete', message: '999' }) // A no, but no bad frame.
  customer.send('x')
  await customer.next('refused', ({ code }) => code === 'bad_frame')
  expect(await customer.ending()).toBe('4500 bad_frame')
  for (let minute = 0; minute < 3; minute++) {
    await clock.pass(61)
    await badFrames(guest, 9)
    for (const socket of [guest, owner]) await socket.settle()
  }
})

test('[V10] a minute is any minute: ten bad frames within one close, whenever the first of all was', async () => {
  const { customer } = await place.meet()
  await badFrames(customer, 1)
  await clock.pass(55)
  await badFrames(customer, 8)
  await clock.pass(6)
  for (let number = 0; number < 2; number++) customer.send('x') // With the eight of six seconds ago: ten.
  expect(await Promise.race([customer.ending(), customer.settle().then(() => 'still open')])).toBe('4500 bad_frame')
})

test('[V11] a member who sends faster than the limit is told when to go on; other members notice nothing', async () => {
  const own = new Clock() // Two servers cannot both say in one place how far they have come.
  const limited = await place.another({ ...UNLIMITED, ...own.environment, LIMIT_SENDS_PER_10S: '5' })
  const room = await place.room()
  const [owner, customer] = [await come(limited.scrumMaster, room), await come(limited.customer, room)]
  const tab = await come(limited.customer, room)
  expect(customer.welcome.limits.sends_per_10s).toBe(5)
  for (let number = 1; number <= 4; number++) await customer.say(`message ${number}`)
  await tab.change({ type: 'edit', message: '1', text: 'the fifth change' })
  const tooMuch: ClientFrame[] = [
    { type: 'send', id: 'again', text: 'too fast' },
    { type: 'edit', message: '1', text: 'too fast' },
    { type: 'delete', message: '1' },
    { type: 'react', message: '1', emoji: '👍', on: true },
    { type: 'pin', message: '1', on: true },
  ]
  let wait = 0
  for (const socket of [customer, tab]) {
    for (const frame of tooMuch) {
      const refused = await socket.refusal(frame)
      expect(refused).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/\w+ \w+/) })
      wait = refused.retry_after ?? 0
      expect(Number.isInteger(wait) && wait >= 1 && wait <= 10).toBe(true)
    }
  }
  for (let number = 0; number < 5; number++) await owner.say('I have a limit of my own')
  await own.pass(wait)
  expect((await customer.change({ type: 'send', id: 'again', text: 'too fast' })).offset).toBe(11)
  await owner.event(11)
  expect(owner.events.filter(({ by }) => by === limited.customer.email)).toHaveLength(6)
  await limited.server.remove()
  own.remove()
})

test('[V11] a member who drowns a room through the plain protocol is told so too', async () => {
  const { server, customer } = await place.another({ ...UNLIMITED, LIMIT_SENDS_PER_10S: '1' })
  const plain = await PlainSocket.open(server, ROOM, await customer.ticket())
  for (let number = 1; number <= 11; number++) plain.send(`message ${number}`)
  const frames: unknown[] = []
  while (frames.length < 11) frames.push(JSON.parse(await plain.next()))
  expect(frames).toContainEqual({ success: false, code: 'rate_limited', message: expect.any(String) })
  expect(frames).toContainEqual(expect.objectContaining({ id: '10', text: 'message 10' }))
  await server.remove()
})

test('[V16] looking things up has a quarter of the limit, read marks and typing have as much again, each for itself', async () => {
  const own = new Clock()
  const limited = await place.another({ ...UNLIMITED, ...own.environment, LIMIT_SENDS_PER_10S: '8' })
  const room = await place.room()
  const [owner, customer] = [await come(limited.scrumMaster, room), await come(limited.customer, room)]
  await customer.history()
  await customer.search('nothing')
  for (const frame of [{ type: 'history' }, { type: 'search', query: 'nothing' }, { type: 'pins' }])
    expect(await customer.refusal(frame)).toMatchObject({ code: 'rate_limited', retry_after: expect.any(Number) })
  for (let number = 1; number <= 8; number++) await customer.say(`message ${number}`)
  for (let upto = 1; upto <= 6; upto++) customer.send({ type: 'read', upto })
  for (const on of [true, false]) customer.send({ type: 'typing', on })
  await customer.settle()

  const whispersRefused = () => customer.frames.filter((frame) => frame.type === 'refused' && frame.id === undefined)
  expect(whispersRefused()).toEqual([])
  customer.send({ type: 'typing', on: true }) // Nobody is told of it, and nobody is told that nobody was.
  customer.send({ type: 'read', upto: 8 })
  await customer.settle()
  expect(whispersRefused()).toMatchObject([{ code: 'rate_limited', retry_after: expect.any(Number) }])
  await owner.say('the limit of one is not that of another')
  await owner.settle()
  const typing = owner.frames.filter((frame) => frame.type === 'typing')
  expect(typing.map((frame) => frame.type === 'typing' && frame.on)).toEqual([true, false])
  const readBy = async () => {
    const { members } = (await come(limited.guest, room)).welcome
    return members.find(({ email }) => email === limited.customer.email)?.read
  }
  expect(await readBy()).toBe(6)

  await own.pass(10)
  customer.send({ type: 'read', upto: 8 })
  await customer.history()
  expect(await readBy()).toBe(8)
  await limited.server.remove()
  own.remove()
})

test('[V11] where the limit is lifted, nobody is too fast', async () => {
  const { customer } = await place.meet()
  expect(customer.welcome.limits.sends_per_10s).toBe(0)
  expect((await customer.pour(Array.from({ length: 1_000 }, (_, number) => `message ${number}`))).offset).toBe(1_000)
})

test('[V6] a text has to say something, and up to 16 KiB of UTF-8, whether it is sent or edited', async () => {
  const { owner, customer } = await place.meet()
  await customer.say('one')
  const most = customer.welcome.limits.text_bytes
  const fitting = ['x'.repeat(most), 'ä'.repeat(most / 2), '👍'.repeat(most / 4), '\u0001'.repeat(most)]
  const outcomes = [
    ...['', ' ', '\n\t\r ', '\u00a0', '\u2003\u3000', '\ufeff', ' '.repeat(most + 1)].map((text) => [
      'text_empty',
      text,
    ]),
    ...fitting.map((text) => ['text_too_long', `${text}x`]),
    ['text_too_long', `${'x'.repeat(most - 1)}ä`],
  ] as const
  for (const [code, text] of outcomes) {
    for (const frame of [
      { type: 'send', text },
      { type: 'edit', message: '1', text },
    ]) {
      const refused = await customer.refusal(frame)
      expect([frame.type, text?.slice(0, 9), refused.code]).toEqual([frame.type, text?.slice(0, 9), code as string])
    }
  }
  for (const text of fitting) {
    const { offset } = await customer.say(text)
    await customer.change({ type: 'edit', message: '1', text })
    expect(await owner.event(offset)).toMatchObject({ type: 'message', text })
    expect(await owner.event(offset + 1)).toMatchObject({ type: 'edited', text })
  }
  expect(owner.events).toHaveLength(1 + 2 * fitting.length)
})

test('[V6] [R6] while the store is locked changes are refused and nobody is closed; afterwards all goes on by itself', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await customer.say('before')
  const ticket = await place.people.guest.ticket()
  const lock = await lockElsewhere(join(place.server.folder, 'chat.sqlite'))
  const frames: ClientFrame[] = [
    { type: 'send', id: 'kept by the client', text: 'lost at first' },
    { type: 'edit', message: '1', text: 'changed' },
    { type: 'delete', message: '1' },
    { type: 'react', message: '1', emoji: '👍', on: true },
    { type: 'pin', message: '1', on: true },
  ]
  const entering = V1Socket.dial(place.server, room, ticket)
  const refusals = Promise.all(frames.map((frame) => customer.refusal(frame)))
  owner.send({ type: 'typing', on: true })
  await guest.next('typing') // What needs no store goes on.
  for (const refused of await refusals) {
    expect(refused).toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(/\w+ \w+/) })
    expect(refused.retry_after).toBeGreaterThanOrEqual(1)
  }
  expect(await entering.ending()).toBe('4053 unavailable')
  await lock.release()

  const again = await customer.change({ type: 'send', id: 'kept by the client', text: 'lost at first' })
  expect(again.offset).toBe(2)
  for (const socket of [owner, customer, guest]) {
    await socket.event(2)
    expect(socket.events.map(({ offset }) => offset)).toEqual([1, 2])
  }
  const { messages } = await owner.history()
  expect(messages).toMatchObject([{ text: 'before', reactions: {} }, { text: 'lost at first' }])
  expect(Object.keys(messages[0] ?? {}).sort()).toEqual(['at', 'by', 'id', 'reactions', 'text'])
  await V1Socket.open(place.server, room, ticket) // What was refused for the store's sake did not spend it.
})

/** Sends what makes no sense, and gives back what came of it; a new socket for every nine, since the tenth would be closed. */
class Babbler {
  readonly #room: string
  #socket: V1Socket | undefined
  #said = 0

  constructor(room: string) {
    this.#room = room
  }

  async say(frame: ClientFrame | string): Promise<Refused> {
    const socket = this.#said++ % 9 === 0 ? await come(place.people.customer, this.#room) : this.#socket
    if (!socket) throw new Error('unreachable: the first of nine opens a socket')
    this.#socket = socket
    socket.send(frame)
    return socket.next('refused')
  }
}

async function badFrames(socket: V1Socket, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    socket.send('not a frame')
    expect((await socket.next('refused')).code).toBe('bad_frame')
  }
}
