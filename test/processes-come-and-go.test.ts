// A process joins the others and leaves them, in order or in its tracks, and listens only where somebody is.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { channelOf, presenceKeyOf } from '../server/adapters/redis/keys.ts'
import { GONE_MILLISECONDS } from '../server/ports/broker.ts'
import { CUSTOMER, OUTSIDER } from './support/people.ts'
import { hears, newsOf, Processes, presence, saying, talk } from './support/processes.ts'
import { until } from './support/redis.ts'
import { V1Socket } from './support/v1.ts'
import { come, cursorOf, offsetsBetween } from './support/v1-place.ts'

/** It takes twenty seconds at the most, and what the machine adds. */
const GONE_PATIENCE_MILLISECONDS = 2 * GONE_MILLISECONDS

let chat: Processes
let clocked: Processes

beforeAll(async () => {
  chat = await Processes.open()
  clocked = await Processes.open({ clocks: true })
})
afterAll(async () => {
  await chat.remove()
  await clocked.remove()
})

// It waits for real time, so those that follow go on beside it.
test.concurrent(
  '[V7] members of a process that was killed go offline at the others, once, and nobody else does',
  async () => {
    const dying = await chat.join()
    const room = await chat.room()
    const owner = await come(chat.one.people.scrumMaster, room)
    const ghost = await come(dying.people.guest, room)
    const [phone, laptop] = [await come(dying.people.customer, room), await come(chat.two.people.customer, room)]
    await hears(owner, presence(CUSTOMER, true))
    const news = [newsOf(owner, 'presence'), newsOf(laptop, 'presence')]
    await owner.say('before')
    const last = saying('as it died')
    ghost.send(last)
    await dying.server.kill()
    await Promise.all([ghost.closed, phone.closed])
    await owner.say('after')
    for (const each of news) expect(await each()).toEqual([]) // So nobody has waited for it to be known that it is gone.
    for (const each of news) {
      await until('it is known to be gone', async () => (await each()).length > 0, GONE_PATIENCE_MILLISECONDS)
    }
    for (const each of news) expect(await each()).toEqual([presence(OUTSIDER, false)])
    for (const { people } of [chat.one, chat.two]) {
      const late = await come(people.scrumMaster, room)
      expect(late.welcome.members.map(({ online }) => online)).toEqual([true, true, false])
      await late.close()
    }
    // Stored or not, it is so for everyone, and sending it again makes it one.
    const back = await come(chat.two.people.guest, room, { query: cursorOf(ghost) })
    await back.change(last)
    const texts = [...ghost.events, ...back.welcome.events, ...back.events].map(
      (event) => 'text' in event && event.text,
    )
    expect(texts.filter((text) => text === last.text)).toHaveLength(1)
  },
  3 * GONE_MILLISECONDS,
)

test.concurrent('[R5] a process that joins is heard at once, and nobody else has noticed but by its sockets', async () => {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  await owner.say('before it joined')
  const outputs = [chat.one, chat.two].map(({ server }) => server.output())
  const third = await chat.join()
  const guest = await come(third.people.guest, room, { query: { since: 0, epoch: owner.welcome.epoch } })
  expect(guest.welcome).toMatchObject({ resumed: true, offset: 1, events: owner.events })
  expect(guest.welcome.members.map(({ online }) => online)).toEqual([true, false, true])
  await owner.event((await guest.say('from the third')).offset)
  await guest.event((await owner.say('welcome')).offset)
  expect(await third.server.stop()).toBe(0)
  expect([chat.one, chat.two].map(({ server }) => server.output())).toEqual(outputs)
})

test.concurrent('[V7] a process that is stopped tells its sockets to come back, and its members are gone elsewhere at once', async () => {
  const third = await chat.join()
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const guest = await come(third.people.guest, room)
  await hears(owner, presence(OUTSIDER, true))
  const stopped = third.server.stop()
  expect(await guest.ending()).toBe('1012 restarting')
  expect(await stopped).toBe(0)
  await hears(owner, presence(OUTSIDER, false))
  expect(await chat.redis.cli('HLEN', presenceKeyOf(room))).toBe('1')
  const back = await come(chat.two.people.guest, room, { query: cursorOf(guest) })
  expect(back.welcome.resumed).toBe(true)
  await hears(owner, presence(OUTSIDER, true))
})

test.concurrent('[R3] [R5] what a process has confirmed is at the others, even when it is killed in the next instant', async () => {
  const room = await chat.room()
  const witness = await come(chat.one.people.scrumMaster, room)
  for (let round = 0; round < 3; round++) {
    const dying = await chat.join()
    const guest = await come(dying.people.guest, room)
    const customer = await come(dying.people.customer, room)
    const before = guest.welcome.offset
    const talking = Promise.allSettled([talk(guest, 10_000), talk(customer, 10_000)])
    await guest.event(before + 60)
    await dying.server.kill()
    await Promise.all([guest.closed, customer.closed, talking])
    const confirmed = [guest, customer].flatMap(({ frames }) => frames.filter(({ type }) => type === 'sent'))
    expect(confirmed.length).toBeGreaterThan(30)
    const end = Math.max(...confirmed.map((frame) => ('offset' in frame ? frame.offset : 0)))
    await witness.event(end)
    const last = guest.events.at(-1)?.offset ?? 0
    await witness.event(last)
    expect(guest.events).toEqual(witness.events.slice(before, last))
  }
  expect(witness.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, witness.events.length))
})

test('[R5] a room is subscribed at the processes where somebody is in it, and a minute later no longer', async () => {
  const { one, two } = clocked
  const [room, other] = [await clocked.room(), await clocked.room()]
  const channels = async () => ({ room: await listeners(room), other: await listeners(other) })
  expect(await channels()).toEqual({ room: 0, other: 0 })
  const owner = await come(one.people.scrumMaster, room)
  expect(await channels()).toEqual({ room: 1, other: 0 })
  const customer = await two.people.customer.open(room)
  const guest = await come(two.people.guest, room)
  expect(await channels()).toEqual({ room: 2, other: 0 })

  await customer.close()
  for (let step = 0; step < 4; step++) await halfAMinutePasses(owner, guest)
  expect(await channels()).toEqual({ room: 2, other: 0 })
  await guest.close()
  await letsGo(room, 1, owner)
  await owner.close()
  await letsGo(room, 0)
  expect(await clocked.redis.cli('PUBSUB', 'SHARDCHANNELS')).not.toContain(channelOf(room))

  const back = await come(two.people.guest, room, { query: { since: 0, epoch: guest.welcome.epoch } })
  expect(back.welcome.resumed).toBe(true)
  expect(await channels()).toEqual({ room: 1, other: 0 })
  await back.close()
})

test('[R5] a try that is refused leaves no subscription for longer than a minute either', async () => {
  const room = await clocked.room()
  const { one } = clocked
  const ticket = await one.people.customer.ticket()
  await (await V1Socket.open(one.server, room, ticket)).close()
  expect(await V1Socket.dial(one.server, room, ticket).ending()).toBe('4011 ticket_spent')
  expect(await listeners(room)).toBe(1)
  await letsGo(room, 0)
})

test('[R5] forty rooms that somebody has been in are let go, and none of those where somebody still is', async () => {
  const { one, two } = clocked
  const rooms: string[] = []
  for (let count = 0; count < 40; count++) rooms.push(await clocked.room())
  const owners = await Promise.all(rooms.map((room) => come(one.people.scrumMaster, room)))
  await Promise.all(rooms.map(async (room) => (await come(two.people.guest, room)).close()))
  for (const room of rooms) await letsGo(room, 1, ...owners)
  await Promise.all(owners.map((owner) => owner.say('still heard')))
  for (const owner of owners.slice(0, 20)) await owner.close()
  for (const [index, room] of rooms.entries()) await letsGo(room, index < 20 ? 0 : 1, ...owners.slice(20))
  await Promise.all(owners.slice(20).map((owner) => owner.say('and still')))
})

/** How many processes listen in the room. */
async function listeners(room: string): Promise<number> {
  const [, count] = (await clocked.redis.cli('PUBSUB', 'SHARDNUMSUB', channelOf(room))).split('\n')
  return Number(count)
}

/** Time passes until so many listen in the room: a little more than a minute, but what is due in it takes a moment. */
async function letsGo(room: string, expected: number, ...present: readonly V1Socket[]): Promise<void> {
  const seen = [await listeners(room)]
  while (seen.at(-1) !== expected && seen.length < 8) {
    await halfAMinutePasses(...present)
    seen.push(await listeners(room))
  }
  if (seen.at(-1) !== expected) throw new Error(`${expected} should listen in ${room}, but it was ${seen.join(', ')}`)
}

/** Whoever is present says so, because at such a pace nobody is asked often enough to be taken for alive. */
async function halfAMinutePasses(...present: readonly V1Socket[]): Promise<void> {
  const processes = [clocked.one, clocked.two]
  await Promise.all(processes.map(({ clock }) => clock.pass(31)))
  // What is due then asks Postgres, and so does this, behind it.
  await Promise.all([...processes.map(({ people }) => people.guest.ticket()), ...present.map((each) => each.settle())])
}
