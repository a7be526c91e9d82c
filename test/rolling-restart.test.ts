// An upgrade while people talk: every process is replaced by a new one, one after the other, behind a load balancer.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { gapsOf, messagesIn, type Room } from '../client/index.ts'
import { type Balancer, startBalancer } from './support/balancer.ts'
import { enter, settles, textsIn, until } from './support/client-room.ts'
import { CUSTOMER, OUTSIDER, Person, SCRUM_MASTER } from './support/people.ts'
import { Processes } from './support/processes.ts'
import type { Server } from './support/server.ts'

/** Nobody says more than a busy machine takes. */
const MOST_WAITING = 10

let chat: Processes
let balancer: Balancer
beforeAll(async () => {
  chat = await Processes.open()
  balancer = await startBalancer([chat.one.server.port, chat.two.server.port])
})
afterAll(async () => {
  await balancer.remove()
  await chat.remove()
})

test('[X] [R3] [R4] every process is replaced while people talk: all come back without a password, and every message is there once', async () => {
  const room = await chat.room()
  const door: Server = { ...chat.one.server, origin: balancer.origin, port: balancer.port }
  const people = await Promise.all([SCRUM_MASTER, CUSTOMER, OUTSIDER].map((email) => Person.logIn(door, email)))
  // From here on nobody knows a password: tickets come from the sign-ins.
  const rooms = people.flatMap((person) => [enter(person, room, { atOnce: 5 }), enter(person, room, { atOnce: 5 })])
  const closes = new Set<number>()
  for (const each of rooms) {
    each.subscribe(({ connection }) => 'why' in connection && connection.why?.close && closes.add(connection.why.close))
    await until(each, 'live', ({ connection }) => connection.status === 'live')
  }

  const talks = rooms.map((each, index) => talking(each, `device ${index}`))
  let serving = [chat.one.server, chat.two.server]
  for (const old of serving) {
    await everyoneHears(rooms, 30)
    const { server: fresh } = await chat.join() // It is up before the old one goes.
    serving = [...serving.filter((server) => server !== old), fresh]
    balancer.turnTo(serving.map(({ port }) => port))
    expect(await old.stop()).toBe(0)
  }
  await everyoneHears(rooms, 30)
  const said = talks.flatMap((stop) => stop())
  for (const each of rooms) await settles(each)
  for (const each of rooms) {
    while (gapsOf(each.state.timeline).length > 0) await each.history()
    await until(each, 'told everything', () => textsIn(each).length >= said.length)
  }

  const [first, ...others] = rooms.map((each) => messagesIn(each.state.timeline))
  for (const other of others) expect(other).toEqual(first ?? [])
  expect(first?.map(({ text }) => text).toSorted()).toEqual(said.toSorted())
  expect([...closes]).toEqual([1012])
  for (const each of rooms) each.close()
})

/** Says one thing after the other until it is stopped, as far as it gets rid of them; gives back what it said. */
function talking(room: Room, name: string): () => readonly string[] {
  const said: string[] = []
  const timer = setInterval(() => {
    if (room.state.outbox.entries.length >= MOST_WAITING) return
    const text = `${name}: ${said.length}`
    said.push(text)
    room.send(text)
  }, 20)
  return () => {
    clearInterval(timer)
    return said
  }
}

/** Everyone is back, and has heard so many events more than they have now. */
async function everyoneHears(rooms: readonly Room[], more: number): Promise<void> {
  const offsetOf = (each: Room) => each.state.timeline.cursor?.offset ?? 0
  await Promise.all(
    rooms.map((each) => {
      const from = offsetOf(each)
      const isThere = () => each.state.connection.status === 'live' && offsetOf(each) > from + more
      return until(each, 'back and hearing', isThere)
    }),
  )
}
