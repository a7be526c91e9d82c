// What was sent twice happens once, and what was told is kept: a client that lost an answer sends again and is not heard twice.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Person } from './support/people.ts'
import { type ClientFrame, type EventFrame, freshId, type V1Socket } from './support/v1.ts'
import { come, comeBack, offsetsBetween, V1Place } from './support/v1-place.ts'

const MOST_UNCONFIRMED = 30

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[R4] the same client id again is answered with the same sent, and nobody hears it twice', async () => {
  const { room, owner, customer } = await place.meet()
  const frame = { type: 'send', id: 'a', text: 'once' }
  const first = await customer.change(frame)
  expect(await customer.change(frame)).toEqual(first)
  expect(await customer.change({ ...frame, text: 'other words' })).toEqual(first)
  expect(await (await come(place.people.customer, room)).change(frame)).toEqual(first)
  await customer.close()
  const back = await comeBack(place.people.customer, room, customer)
  expect(await back.change(frame)).toEqual(first)
  await place.server.kill()
  await place.server.restart()
  const later = await comeBack(place.people.customer, room, customer)
  expect(await later.change(frame)).toEqual(first)
  expect((await later.history()).messages.map(({ text }) => text)).toEqual(['once'])
  expect(owner.events).toHaveLength(1)
})

test('[R4] the same client id many times at once, over two sockets, is one event', async () => {
  const { room, owner, customer } = await place.meet()
  const tab = await come(place.people.customer, room)
  const frame = { type: 'send', id: 'a', text: 'once' }
  const answers = await Promise.all(offsetsBetween(0, 40).map((time) => (time % 2 ? customer : tab).change(frame)))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect((await owner.say('twice')).offset).toBe(2)
  await owner.event(2)
  expect(owner.events.map(({ by }) => by)).toEqual([place.people.customer.email, place.people.scrumMaster.email])
})

test('[R4] a repeated edit, deletion, reaction or pin is answered likewise, and undoes nothing that came since', async () => {
  const { owner, customer } = await place.meet()
  await customer.say('one')
  await customer.say('two')
  const early: ClientFrame[] = [
    { type: 'edit', id: 'edit', message: '1', text: 'first edit' },
    { type: 'react', id: 'react', message: '1', emoji: '👍', on: true },
    { type: 'pin', id: 'pin', message: '1', on: true },
    { type: 'delete', id: 'delete', message: '2' },
  ]
  const answers = []
  for (const frame of early) answers.push(await customer.change(frame))
  await customer.change({ type: 'edit', message: '1', text: 'second edit' })
  await customer.change({ type: 'react', message: '1', emoji: '👍', on: false })
  await customer.change({ type: 'pin', message: '1', on: false })
  for (const [index, frame] of early.entries()) expect<unknown>(await customer.change(frame)).toEqual(answers[index])
  const { messages } = await owner.history()
  expect(messages).toMatchObject([
    { text: 'second edit', reactions: {} },
    { text: '', deleted: true },
  ])
  expect(messages[0]).not.toHaveProperty('pinned')

  await customer.change({ type: 'delete', message: '1' })
  for (const [index, frame] of early.entries()) expect<unknown>(await customer.change(frame)).toEqual(answers[index])
  await owner.event(10)
  expect(owner.events).toHaveLength(10)
})

test('[R4] a client id belongs to its member and its room, and stands for the first thing that was sent with it', async () => {
  const { owner, customer, guest } = await place.meet()
  const elsewhere = await place.meet()
  const frame = { type: 'send', id: 'same', text: 'mine' }
  expect((await customer.change(frame)).offset).toBe(1)
  expect((await owner.change(frame)).offset).toBe(2)
  expect((await guest.change(frame)).offset).toBe(3)
  expect((await elsewhere.customer.change(frame)).offset).toBe(1)
  for (const other of [
    { type: 'edit', id: 'same', message: '1', text: 'changed' },
    { type: 'delete', id: 'same', message: '1' },
    { type: 'pin', id: 'same', message: '1', on: true },
  ]) {
    expect((await customer.change(other)).offset).toBe(1)
  }
  expect((await owner.history()).messages.map(({ text }) => text)).toEqual(['mine', 'mine', 'mine'])
})

test('[R4] what was refused has not used its client id', async () => {
  const { customer } = await place.meet()
  const id = 'tried before'
  expect((await customer.refusal({ type: 'send', id, text: '   ' })).code).toBe('text_empty')
  expect((await customer.refusal({ type: 'edit', id, message: '1', text: 'no' })).code).toBe('no_message')
  expect((await customer.refusal({ type: 'send', id, text: 'x', reply_to: '9' })).code).toBe('no_message')
  expect((await customer.refusal({ type: 'send', id, text: 'x', reply_to: 9 })).code).toBe('bad_frame')
  expect((await customer.change({ type: 'send', id, text: 'now' })).offset).toBe(1)
})

test('[R4] a client id is any string of up to 64 characters, and different ones stay different', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const ids = [
    ...['a', 'A', ' ', ' a', 'a ', '0', '00', '-1', 'null', '__proto__', 'constructor', '%', '_', "'", '"', '\\'],
    ...['ä', 'a\u0308', '\0', 'a\0', 'a\0b', 'a\0c', '\ufffd', '👍', '\u200b', '\n'],
    ...['x'.repeat(63), 'x'.repeat(64), `${'x'.repeat(63)}y`],
  ]
  for (const [index, id] of ids.entries()) {
    expect([id, await customer.change({ type: 'send', id, text: 'first' })]).toMatchObject([id, { offset: index + 1 }])
  }
  for (const [index, id] of ids.entries()) {
    expect([id, await customer.change({ type: 'send', id, text: 'again' })]).toMatchObject([id, { offset: index + 1 }])
  }
  await owner.event(ids.length)
  const told = owner.events.map((event) => (event.type === 'message' ? event.client_id : undefined))
  expect(told).toEqual(ids)
  await place.server.stop()
  await place.server.restart()
  expect((await comeBack(place.people.guest, room, guest)).welcome.events).toEqual([])
  const back = await come(place.people.guest, room, { query: { since: 0, epoch: guest.welcome.epoch } })
  expect(back.welcome.events).toEqual(owner.events)
})

test('[R4] client ids with half a character in them are refused or kept apart, but never taken for one another', async () => {
  const { customer } = await place.meet()
  const offsets: number[] = []
  for (const id of ['\ud800', '\ud801', '\udfff', 'a\udc00', 'a\udfff', 'a\ufffd']) {
    const from = customer.frames.length
    customer.send({ type: 'send', id, text: `with the id ${JSON.stringify(id)}` })
    const marker = await customer.say('a marker')
    const [answer] = customer.frames.slice(from).filter(({ type }) => type === 'sent' || type === 'refused')
    expect(answer).not.toEqual(marker)
    if (answer?.type === 'refused') expect(answer.code).toBe('bad_frame')
    if (answer?.type === 'sent') offsets.push(answer.offset)
  }
  expect(offsets).toEqual([...new Set(offsets)])
})

test('[V10] a client id of 65 characters is a bad frame, and none is given back', async () => {
  const { owner, customer } = await place.meet()
  customer.send({ type: 'send', id: 'x'.repeat(65), text: 'too much' })
  const refused = await customer.next('refused')
  expect(refused).toEqual({ type: 'refused', code: 'bad_frame', message: expect.stringContaining('"id"') } as never)
  expect((await owner.say('after it')).offset).toBe(1)
})

test('[R3] [R4] whatever was told or confirmed before a kill -9 is there after it, and sending the rest again completes it', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const { epoch } = guest.welcome
  const talkers = [new Outbox(place.people.scrumMaster, owner), new Outbox(place.people.customer, customer)]
  let witness = guest
  for (const confirmations of [1, 40, 7, 120]) {
    const talks = talkers.map((talker) => talker.talk(confirmations))
    await Promise.race(talks)
    await place.server.kill()
    await Promise.all([...talks, witness.closed])
    await place.server.restart()

    const back = await come(place.people.guest, room, { query: { since: 0, epoch } })
    const stored = back.welcome.events
    expect(stored.map(({ offset }) => offset)).toEqual(offsetsBetween(0, back.welcome.offset))
    const told = [witness, ...talkers.map(({ socket }) => socket)].flatMap(({ events }) => events)
    expect(told.filter((event) => !Bun.deepEquals(event, stored[event.offset - 1]))).toEqual([])
    const confirmed = talkers.flatMap(({ socket }) => socket.frames.filter((frame) => frame.type === 'sent'))
    expect(confirmed.length).toBeGreaterThanOrEqual(confirmations)
    expect(confirmed.filter(({ id, offset }) => clientIdOf(stored[offset - 1]) !== id)).toEqual([])
    for (const talker of talkers) await talker.sendAgain(room)
    witness = back
  }
  const { events } = (await come(place.people.guest, room, { query: { since: 0, epoch } })).welcome
  for (const { person, frames } of talkers) {
    expect(events.filter(({ by }) => by === person.email).map(clientIdOf)).toEqual(frames.map(({ id }) => id))
  }
})

/** A client that keeps what it sent until that is confirmed, and sends it again after a break. */
class Outbox {
  readonly person: Person
  readonly frames: { readonly type: 'send'; readonly id: string; readonly text: string }[] = []
  socket: V1Socket

  constructor(person: Person, socket: V1Socket) {
    this.person = person
    this.socket = socket
  }

  /** Talks without waiting for each answer, until so many have come or the socket is closed. */
  async talk(confirmations: number): Promise<void> {
    let unconfirmed = 0
    let confirmed = 0
    while (this.socket.isOpen && confirmed < confirmations) {
      for (; unconfirmed < MOST_UNCONFIRMED; unconfirmed++) this.#send()
      const isOver = await this.socket.next('sent').catch(() => true as const)
      if (isOver === true) return
      unconfirmed -= 1
      confirmed += 1
    }
  }

  /** What was confirmed is sent once more as well: a client may be slow to notice. */
  async sendAgain(room: string): Promise<void> {
    this.socket = await comeBack(this.person, room, this.socket)
    const again = this.frames.slice(-2 * MOST_UNCONFIRMED)
    for (const frame of again) this.socket.send(frame)
    for (const { id } of again) await this.socket.next('sent', (sent) => sent.id === id)
  }

  #send(): void {
    const frame = { type: 'send', id: freshId(), text: `${this.person.email} ${this.frames.length}` } as const
    this.frames.push(frame)
    this.socket.send(frame)
  }
}

function clientIdOf(event: EventFrame | undefined): string | undefined {
  return event?.type === 'message' ? event.client_id : undefined
}
