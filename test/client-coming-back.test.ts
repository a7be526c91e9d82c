// The SDK over a bad network and a server that dies: every send ends up exactly once, and everyone sees the same.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { echoesIn, gapsOf, messagesIn, type Room, type SocketClass } from '../client/index.ts'
import { becomes, comesBack, enter, hears, settles, textsIn, until } from './support/client-room.ts'
import { type Cut, startCuttingProxy } from './support/cutting-proxy.ts'
import { CUSTOMER, Person, post, SCRUM_MASTER } from './support/people.ts'
import { UNLIMITED } from './support/server.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

/** Waits a little only before it comes back. */
const HASTY = { random: () => 0.05 }

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[R3] [R4] the server is killed twice while two talk: every send ends up exactly once, in order, for both', async () => {
  const { server, customer, scrumMaster } = await place.another(UNLIMITED)
  const room = await place.room()
  using one = enter(customer, room, { world: HASTY })
  using other = enter(scrumMaster, room, { atOnce: 5, world: HASTY })
  const talk = [talking(one, 'customer'), talking(other, 'scrum master')]
  for (let kill = 0; kill < 2; kill++) {
    await until(one, 'talking', ({ timeline }) => (timeline.cursor?.offset ?? 0) > 20 + kill * 40)
    await server.kill()
    await server.restart()
    await comesBack(one)
  }
  const said = talk.map((stop) => stop())
  await settles(one)
  await settles(other)
  const end = await one.send('the end').settled
  await hears(other, 'the end')
  for (const room of [one, other]) while (gapsOf(room.state.timeline).length > 0) await room.history()
  expect(messagesIn(one.state.timeline)).toEqual(messagesIn(other.state.timeline))
  const total = said.reduce((sum, count) => sum + count, 1)
  expect(end).toMatchObject({ status: 'stored', offset: total })
  for (const [index, name] of ['customer', 'scrum master'].entries()) {
    const theirs = textsIn(one).filter((text) => text.startsWith(`${name} `))
    expect(theirs).toEqual(offsetsBetween(0, said[index] ?? 0).map((number) => `${name} ${number}`))
  }
  await server.remove()
})

test('[X] an orderly restart (1012) brings everyone back after a random wait, and nothing is lost', async () => {
  const { server, customer, scrumMaster } = await place.another(UNLIMITED)
  const room = await place.room()
  using one = enter(customer, room)
  using other = enter(scrumMaster, room)
  await one.send('before').settled
  await becomes(other, 'live')
  const why = becomes(one, 'waiting')
  await server.stop()
  expect((await why).why).toMatchObject({ code: 'restarting', close: 1012 })
  const { settled } = one.send('written while it was down')
  await server.restart()
  expect(await settled).toMatchObject({ status: 'stored', offset: 2 })
  await hears(other, 'written while it was down')
  expect(textsIn(other)).toEqual(['before', 'written while it was down'])
  await server.remove()
})

test('[X] [L9] signed out (4502) is the end: it says so, does not come back, and keeps what was not sent', async () => {
  const room = await place.room()
  const customer = await Person.logIn(place.server, CUSTOMER)
  let tickets = 0
  using opened = enter(customer, room, {
    ticket: () => {
      tickets += 1
      return customer.ticket()
    },
  })
  await becomes(opened, 'live')
  await post(place.server, '/logout', undefined, { Authorization: `Bearer ${customer.signIn}` })
  expect(await becomes(opened, 'ended')).toMatchObject({ why: { code: 'signed_out', close: 4502 }, remedy: 'sign_in' })
  expect(await opened.send('too late').settled).toEqual({ status: 'left' })
  opened.tryNow()
  expect([opened.state.connection.status, tickets]).toEqual(['ended', 1])
  expect(opened.save().entries).toMatchObject([{ change: { text: 'too late' } }])
})

test('[X] whoever is no member (4503) is told to choose another room', async () => {
  const room = await place.room(SCRUM_MASTER)
  using customer = enter(place.people.customer, room)
  expect(await becomes(customer, 'ended')).toMatchObject({ why: { code: 'no_access' }, remedy: 'choose_room' })
})

test('a ticket that cannot be had now is asked for again, and one that will never be had is the end', async () => {
  const room = await place.room()
  let fails = 3
  using patient = enter(place.people.customer, room, {
    ticket: async () => {
      if (fails-- > 0) throw Object.assign(new Error('The accounts are away'), { code: 'accounts_unavailable' })
      return place.people.customer.ticket()
    },
  })
  expect(await becomes(patient, 'waiting')).toMatchObject({
    why: { code: 'accounts_unavailable', message: 'The accounts are away' },
  })
  await becomes(patient, 'live')
  expect(fails).toBe(-1)
  const never = Object.assign(new Error('You are signed out'), { code: 'signed_out', retry: false })
  using ended = enter(place.people.customer, room, { ticket: () => Promise.reject(never) })
  expect(await becomes(ended, 'ended')).toMatchObject({
    why: { code: 'signed_out', message: 'You are signed out' },
    remedy: 'sign_in',
  })
})

test('[R4] sockets cut after any number of bytes, either way, in the middle of a send: exactly once all the same', async () => {
  const proxy = await startCuttingProxy(place.server.port)
  const room = await place.room()
  using witness = enter(place.people.scrumMaster, room)
  await becomes(witness, 'live')
  const cuts: Cut[] = []
  // The handshake is some 900 bytes up, and the welcome some 1,300 down: the cuts fall before, in and after both.
  for (let bytes = 300; bytes < 1_600; bytes += 130) cuts.push({ toServer: bytes }, { toClient: bytes + 700 })
  proxy.plan(cuts)
  using customer = enter(place.people.customer, room, { url: proxy.origin, world: { random: () => 0 } })
  const texts = offsetsBetween(0, 60).map((number) => `cut ${number} ${'·'.repeat(20)}`)
  const settled = await Promise.all(texts.map((text) => customer.send(text).settled))
  expect(settled.map((end) => end.status === 'stored' && end.offset)).toEqual(offsetsBetween(0, 60))
  await hears(witness, texts.at(-1) ?? '')
  expect(proxy.connections).toBeGreaterThan(cuts.length / 2)
  expect(textsIn(witness)).toEqual(texts)
  await settles(customer)
  expect(messagesIn(customer.state.timeline)).toEqual(messagesIn(witness.state.timeline))
  await proxy.remove()
})

test('[R3] [R4] the confirmation is lost and its event is not: shown once, kept to be sent again, and settled in the end', async () => {
  const room = await place.room()
  let deaf = true
  const world = { WebSocket: socketWithout('sent', () => deaf) }
  using customer = enter(place.people.customer, room, { world })
  const { id, settled } = customer.send('once')
  await hears(customer, 'once')
  expect([echoesIn(customer.state.outbox), customer.save().entries]).toMatchObject([[], [{ id }]])
  const saved: unknown = JSON.parse(JSON.stringify(customer.save()))
  customer.close()
  expect(await settled).toEqual({ status: 'left' })
  deaf = false
  using next = enter(place.people.customer, room, { world, outbox: saved })
  await settles(next)
  expect([textsIn(next), next.save().entries]).toEqual([['once'], []])
})

test('[V3] [V15] after a long absence there is a gap and no stale message; history fills it', async () => {
  const room = await place.room()
  const proxy = await startCuttingProxy(place.server.port)
  const owner = await come(place.people.scrumMaster, room)
  await owner.pour(offsetsBetween(0, 60).map((number) => `message ${number}`))
  let away: Promise<void> | undefined
  using customer = enter(place.people.customer, room, {
    url: proxy.origin,
    ticket: async () => {
      await away
      return place.people.customer.ticket()
    },
  })
  await becomes(customer, 'live')
  const back = Promise.withResolvers<void>()
  away = back.promise
  proxy.cut()
  await until(customer, 'gone', ({ connection }) => connection.status !== 'live')
  await owner.change({ type: 'edit', message: '60', text: 'changed in the meantime' })
  await owner.pour(offsetsBetween(60, 1_300).map((number) => `message ${number}`))
  back.resolve()
  await becomes(customer, 'live')
  expect(gapsOf(customer.state.timeline)).toEqual([{ after: 0, upto: 1_251 }])
  expect(textsIn(customer)).toHaveLength(50)
  while (gapsOf(customer.state.timeline).length > 0) await customer.history({ ...newestGap(customer), limit: 100 })
  expect(textsIn(customer)).toEqual(
    offsetsBetween(0, 1_300).map((number) => (number === 60 ? 'changed in the meantime' : `message ${number}`)),
  )
  await proxy.remove()
})

test('[R2] in another lifetime of the log nothing of the old one is left, and what waits is sent into the new one', async () => {
  const { server, customer } = await place.another(UNLIMITED)
  const room = await place.room()
  let person = customer
  using opened = enter(customer, room, { ticket: () => person.ticket() })
  await opened.send('soon lost').settled
  const epoch = opened.state.timeline.cursor?.epoch
  await server.stop()
  const { settled } = opened.send('for the new one')
  await server.restart({ CHAT_STORAGE_URL: `sqlite:${server.folder}/another.sqlite`, ...UNLIMITED })
  person = await Person.logIn(server, CUSTOMER) // The sign-ins were lost with it.
  expect(await settled).toMatchObject({ status: 'stored', offset: 1 })
  await settles(opened)
  expect([textsIn(opened), gapsOf(opened.state.timeline)]).toEqual([['for the new one'], []])
  expect(opened.state.timeline.cursor?.epoch).not.toBe(epoch)
  await server.remove()
})

test('a connection that fell silent is noticed as soon as somebody doubts it, and replaced', async () => {
  const room = await place.room()
  const proxy = await startCuttingProxy(place.server.port)
  using customer = enter(place.people.customer, room, { url: proxy.origin })
  await becomes(customer, 'live')
  proxy.silence()
  const { settled } = customer.send('into the void')
  customer.tryNow()
  expect(await becomes(customer, 'waiting')).toMatchObject({ why: { code: 'silent' } })
  expect(await settled).toMatchObject({ status: 'stored', offset: 1 })
  await settles(customer)
  expect(textsIn(customer)).toEqual(['into the void'])
  await proxy.remove()
})

/** Says one thing after the other until it is stopped; gives back how many there were. */
function talking(room: Room, name: string): () => number {
  let said = 0
  const timer = setInterval(() => room.send(`${name} ${++said}`), 5)
  return () => {
    clearInterval(timer)
    return said
  }
}

/** What the server says of this type does not arrive, as long as it holds. */
function socketWithout(type: string, holds: () => boolean): SocketClass {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      this.addEventListener('message', (event) => {
        const isLost = holds() && JSON.parse(String(event.data)).type === type
        if (isLost) event.stopImmediatePropagation()
      })
    }
  }
}

function newestGap({ state }: Room): { before: number } {
  return { before: (gapsOf(state.timeline).at(-1)?.upto ?? 0) + 1 }
}
