// A page with many rooms through the SDK: it opens without a network, one sign-in opens every room, and nothing is missed.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Room, savedTimeline, ticketsFrom, unreadIn } from '../client/index.ts'
import { becomes, comesBack, enter, hears, settles, textsIn, until } from './support/client-room.ts'
import { CUSTOMER, Person } from './support/people.ts'
import { UNLIMITED } from './support/server.ts'
import { V1Place } from './support/v1-place.ts'

const ROOMS = 10
/** Waits a little only before it comes back. */
const HASTY = { random: () => 0.05 }

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V3] a page opened offline shows what it last read, and what came since then as soon as there is a network', async () => {
  const { server, customer, scrumMaster } = await place.another(UNLIMITED)
  const room = await place.room()
  using owner = enter(scrumMaster, room)
  for (const text of ['one', 'two', 'three']) await owner.send(text).settled
  const before = enter(customer, room)
  await hears(before, 'three')
  before.read()
  await until(owner, 'read', ({ timeline }) => timeline.members.some(({ read }) => read === 3))
  const kept = keep(before)
  before.close()
  await owner.edit('1', 'one, corrected').settled
  await owner.delete('2').settled
  await owner.send('four').settled
  await server.stop()
  using page = enter(customer, room, { ...kept, world: HASTY })
  expect([textsIn(page), unreadIn(page.state.timeline)]).toEqual([['one', 'two', 'three'], { count: 0, more: false }])
  page.send('written offline')
  await becomes(page, 'waiting')
  await server.restart()
  await settles(page)
  expect(textsIn(page)).toEqual(['one, corrected', '', 'three', 'four', 'written offline'])
  expect(unreadIn(page.state.timeline)).toEqual({ count: 1, more: false })
  await server.remove()
})

test('[R2] what is kept of another lifetime of the log gives way to what there is, whatever it was', async () => {
  const { server, customer } = await place.another(UNLIMITED)
  const room = await place.room()
  const before = enter(customer, room)
  await before.send('of the former log').settled
  const kept = keep(before)
  before.close()
  await server.stop()
  await server.restart({ CHAT_STORAGE_URL: `sqlite:${server.folder}/another.sqlite`, ...UNLIMITED })
  const again = await Person.logIn(server, CUSTOMER) // The sign-ins were lost with it.
  using page = enter(again, room, kept)
  expect(textsIn(page)).toEqual(['of the former log'])
  await becomes(page, 'live')
  expect(textsIn(page)).toEqual([])
  await server.remove()
})

test('[L9] [T3] one sign-in opens ten rooms at once, and again after a restart, from what was kept of each', async () => {
  const { server, customer } = await place.another({}) // Within the usual limits.
  const names = await Promise.all(Array.from({ length: ROOMS }, () => place.room()))
  const { origin: url } = server
  const { signIn } = customer
  const open = (room: string, kept = {}) =>
    enter(customer, room, { ticket: ticketsFrom({ url, room, signIn }), world: HASTY, ...kept })
  const rooms = names.map((name) => open(name))
  await Promise.all(rooms.map((room) => becomes(room, 'live')))
  await Promise.all(rooms.map((room, index) => room.send(`room ${index}`).settled))
  const back = rooms.map(comesBack)
  await server.stop()
  await server.restart()
  await Promise.all(back)
  const kept = rooms.map(keep)
  for (const room of rooms) room.close()
  const next = names.map((name, index) => open(name, kept[index]))
  expect(next.map(textsIn)).toEqual(rooms.map((_, index) => [`room ${index}`]))
  await Promise.all(next.map((room) => becomes(room, 'live')))
  expect(next.map(textsIn)).toEqual(rooms.map((_, index) => [`room ${index}`]))
  for (const room of next) room.close()
  await server.remove()
})

/** As a page keeps it: two texts. */
function keep(room: Room): { readonly timeline: string; readonly outbox: string } {
  return { timeline: JSON.stringify(savedTimeline(room.state.timeline)), outbox: JSON.stringify(room.save()) }
}
