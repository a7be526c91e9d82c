// Coming back to a room: every event that was missed and nothing else, or an honest fresh start.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { PlainSocket } from './support/people.ts'
import { scrape } from './support/scrape.ts'
import { type EventFrame, V1, V1Socket, type WelcomeFrame } from './support/v1.ts'
import { come, comeBack, cursorOf, logIn, offsetsBetween, talkOn, V1Place } from './support/v1-place.ts'

/** How far behind somebody may be after a restart, when nothing of the room is in memory. */
const MOST_MISSED = 1_000

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V3] whoever comes back gets every event after theirs, as it was told to the others, and no messages', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const seen = await customer.say('seen by everyone')
  await guest.event(seen.offset)
  await guest.close()
  await customer.say('an answer', { reply_to: String(seen.offset) })
  await customer.change({ type: 'edit', message: '2', text: 'a better answer' })
  await owner.change({ type: 'react', message: '1', emoji: '👍', on: true })
  await owner.change({ type: 'pin', message: '1', on: true })
  await customer.change({ type: 'pin', message: '1', on: false })
  await (await PlainSocket.open(place.server, room, await place.people.customer.ticket())).say('by a phone')

  const { welcome } = await comeBack(place.people.guest, room, guest)
  expect(welcome).toMatchObject({ epoch: guest.welcome.epoch, offset: 7, resumed: true, messages: [] })
  expect(welcome.events.map(({ type }) => type)).toEqual([
    'message',
    'edited',
    'reacted',
    'pinned',
    'pinned',
    'message',
  ])
  await owner.event(7)
  expect(welcome.events).toEqual(owner.events.slice(1))
})

test('[V3] whoever missed nothing gets nothing, and whoever saw nothing gets everything', async () => {
  const { room, owner } = await place.meet()
  const { epoch } = owner.welcome
  const empty = await come(place.people.guest, room, { query: { since: 0, epoch } })
  expect(empty.welcome).toMatchObject({ resumed: true, offset: 0, events: [], messages: [] })
  for (const text of ['one', 'two', 'three']) await owner.say(text)
  const nothing = await come(place.people.guest, room, { query: { since: 3, epoch } })
  expect(nothing.welcome).toMatchObject({ resumed: true, offset: 3, events: [], messages: [] })
  const everything = await come(place.people.guest, room, { query: { since: 0, epoch } })
  expect(everything.welcome).toMatchObject({ resumed: true, offset: 3, events: owner.events, messages: [] })
})

test('[V3] what the log cannot continue is a fresh start, with messages and without events', async () => {
  const { room, owner } = await place.meet()
  for (const text of ['one', 'two', 'three']) await owner.say(text)
  const { epoch } = owner.welcome
  const elsewhere = await place.another({})
  const otherEpoch = (await come(elsewhere.customer, room)).welcome.epoch
  await elsewhere.server.remove()
  const fresh = (await come(place.people.guest, room)).welcome
  const cursors: Record<string, string | number>[] = [
    ...[4, 1_000, 999_999_999_999_999, '9007199254740993', '1'.repeat(400)].map((since) => ({ since, epoch })),
    ...['-1', '1.5', '1e0', 'one', '', ' 1', '1 ', '0x1', 'NaN', 'Infinity', 'null', '١'].map((since) => ({
      since,
      epoch,
    })),
    ...[otherEpoch, `${epoch}0`, epoch.toUpperCase(), '', '0', 'undefined', "' OR ''='"].map((other) => ({
      since: 1,
      epoch: other === epoch ? 'none' : other,
    })),
    { since: 1 },
    { epoch },
  ]
  for (const query of cursors) {
    const { welcome } = await come(place.people.guest, room, { query })
    expect([query, welcome]).toEqual([query, fresh])
  }
})

test('[V3] nothing is lost and nothing comes twice over many reconnects while everyone talks at full speed', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await guest.close()
  const hush = talkOn(owner, customer)
  const tellings: Telling[] = []
  let last = guest
  for (let attempt = 0; attempt < 45; attempt++) {
    const since = attempt % 3 === 0 ? Math.max(0, cursorOf(last).since - 300) : cursorOf(last).since
    const back = await come(place.people.guest, room, { query: { since, epoch: guest.welcome.epoch } })
    expect([back.welcome.resumed, back.welcome.messages]).toEqual([true, []])
    if (attempt % 4 > 0) await back.event(back.welcome.offset + (attempt % 4))
    await back.close()
    tellings.push({ since, told: [...back.welcome.events, ...back.events] })
    last = back
  }
  await hush()
  await owner.event((await customer.say('the end')).offset)
  expectEachWhole(tellings, owner.events)
})

test('[V3] the same right after a restart, when what was missed is in the store alone', async () => {
  const { room, owner } = await place.meet()
  await owner.pour(offsetsBetween(0, 200).map((number) => `message ${number}`))
  const { epoch } = owner.welcome
  await place.server.kill()
  await place.server.restart()
  const witness = await comeBack(place.people.customer, room, owner)
  expect(witness.welcome).toMatchObject({ resumed: true, offset: 200, events: [] })
  const hush = talkOn(await come(place.people.scrumMaster, room), await come(place.people.scrumMaster, room))
  const backs: V1Socket[] = []
  // Nobody gets further behind than the store is asked for.
  while (backs.length < 20 && witness.events.length < MOST_MISSED - 400) {
    backs.push(await come(place.people.guest, room, { query: { since: backs.length, epoch } }))
  }
  await hush()
  const { offset } = await witness.say('the end')
  for (const socket of [...backs, witness]) await socket.event(offset)
  expect(backs.filter(({ welcome }) => !welcome.resumed)).toEqual([])
  const tellings = backs.map(({ welcome, events }, since) => ({ since, told: [...welcome.events, ...events] }))
  expectEachWhole(tellings, [...owner.events, ...witness.events])
  expect(tellings.length).toBeGreaterThanOrEqual(3)
  expect(tellings.filter(({ since, told }) => told.length !== offset - since)).toEqual([])
})

test('[V3] somebody too far behind starts afresh, never with a part of what they missed', async () => {
  const { room, owner } = await place.meet()
  const { epoch } = owner.welcome
  await owner.pour(offsetsBetween(0, 2_200).map((number) => `message ${number}`))
  for (const since of [0, 1, 150, 250, 1_150, 1_199, 1_200, 1_201, 2_100]) {
    const { welcome } = await come(place.people.guest, room, { query: { since, epoch } })
    expectWholeOrFresh(welcome, since)
    expect(welcome.resumed).toBe(2_200 - since <= MOST_MISSED)
  }
  await place.server.stop()
  await place.server.restart()
  const tooFar = await come(place.people.guest, room, { query: { since: 2_200 - MOST_MISSED - 1, epoch } })
  expect(tooFar.welcome).toMatchObject({ resumed: false, offset: 2_200, events: [], epoch })
  expect(tooFar.welcome.messages.map(({ id }) => id)).toEqual(offsetsBetween(2_150, 2_200).map(String))
  const justNear = await come(place.people.guest, room, { query: { since: 2_200 - MOST_MISSED, epoch } })
  expect(justNear.welcome).toMatchObject({ resumed: true, offset: 2_200, messages: [] })
  expect(justNear.welcome.events).toEqual(owner.events.slice(-MOST_MISSED))
})

test('[V15] whoever missed more than half a million characters starts afresh, from memory as from the store', async () => {
  const { room, owner } = await place.meet()
  const { epoch } = owner.welcome
  for (let number = 0; number < 40; number++) await owner.say('x'.repeat(16_000))
  const comeBackFrom = (since: number) => come(place.people.guest, room, { query: { since, epoch } })
  for (const restarted of [false, true]) {
    if (restarted) {
      await place.server.stop()
      await place.server.restart()
    }
    const { welcome: fresh } = await comeBackFrom(5) // 560,000 characters are missing.
    expect(fresh).toMatchObject({ resumed: false, offset: 40, events: [] })
    expect(fresh.messages).toHaveLength(40)
    const { welcome: resumed } = await comeBackFrom(10) // 480,000.
    expect(resumed).toMatchObject({ resumed: true, offset: 40, messages: [] })
    expect(resumed.events).toEqual(owner.events.slice(10))
  }
})

test('[R2] when the stored messages are lost, the epoch is another, and those who come back start afresh', async () => {
  const { server, customer } = await place.another({})
  const room = await place.room()
  const before = await come(customer, room)
  const { offset } = await before.say('soon lost')
  await before.event(offset)
  await server.kill()
  for (const ending of ['', '-wal', '-shm']) rmSync(join(server.folder, `chat.sqlite${ending}`), { force: true })
  await server.restart()
  const again = await logIn(server)
  const writer = await come(again.scrumMaster, room)
  await writer.say('something')
  await writer.say('else')
  const back = await comeBack(again.customer, room, before)
  expect(back.welcome.epoch).not.toBe(before.welcome.epoch)
  expect(back.welcome).toMatchObject({ resumed: false, offset: 2, events: [] })
  expect(back.welcome.messages.map(({ text }) => text)).toEqual(['something', 'else'])
  await server.remove()
})

/** What somebody who came back after `since` was told, all in all. */
interface Telling {
  readonly since: number
  readonly told: readonly EventFrame[]
}

function expectEachWhole(tellings: readonly Telling[], all: readonly EventFrame[]): void {
  expect(all.map(({ offset }) => offset)).toEqual(offsetsBetween(0, all.length))
  for (const { since, told } of tellings) expect(told).toEqual(all.slice(since, since + told.length))
}

function expectWholeOrFresh({ resumed, events, messages, offset }: WelcomeFrame, since: number): void {
  if (resumed) expect([messages, events.map((event) => event.offset)]).toEqual([[], offsetsBetween(since, offset)])
  else expect([messages.length, events]).toEqual([50, []])
}

test('[T3] the log is read for whoever comes in, and not for each who tries the same ticket, or only asks', async () => {
  const { room, owner, guest } = await place.meet()
  await owner.say('one')
  await place.server.stop()
  await place.server.restart() // From here on nothing of the room is in memory.
  const ticket = await place.people.guest.ticket()
  const query = { since: 0, epoch: guest.welcome.epoch }
  const reads = async () => (await scrape(place.server)).value('propromo_chat_store_seconds_count{verb="since"}')
  const asked = `${place.server.origin}/chat/${encodeURIComponent(room)}?auth=${ticket}&since=0&epoch=${query.epoch}`
  for (let time = 0; time < 5; time++) {
    expect((await fetch(asked, { headers: { 'Sec-WebSocket-Protocol': V1 } })).status).toBe(426)
  }
  expect(await reads()).toBe(0)
  const tries = Array.from({ length: 40 }, () => V1Socket.dial(place.server, room, ticket, { query }))
  const endings = await Promise.all(
    tries.map((socket) => Promise.race([socket.ending(), socket.next('welcome').then(() => 'welcome')])),
  )
  expect(endings.toSorted()).toEqual([...Array.from({ length: 39 }, () => '4011 ticket_spent'), 'welcome'])
  expect(await reads()).toBe(1)
})
