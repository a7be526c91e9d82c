// Who is here and who is typing, over two processes: one per member, wherever their sessions are.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, OUTSIDER } from './support/people.ts'
import { hears, newsOf, Processes, presence, typing } from './support/processes.ts'
import type { V1Socket } from './support/v1.ts'
import { come } from './support/v1-place.ts'

let chat: Processes

beforeAll(async () => {
  chat = await Processes.open({ clocks: true })
})
afterAll(() => chat.remove())

test('[V7] a member is online while a session is anywhere, and offline with the last one; each is told once', async () => {
  const { room, owner, witness } = await meet()
  const news = [newsOf(owner, 'presence'), newsOf(witness, 'presence')]
  const phone = await chat.one.people.guest.open(room)
  for (const socket of [owner, witness]) await hears(socket, presence(OUTSIDER, true))
  const tab = await come(chat.two.people.guest, room)
  const secondTab = await come(chat.two.people.guest, room)
  await bothHear(owner, witness)
  await phone.close()
  const secondPhone = await chat.one.people.guest.open(room)
  await bothHear(owner, witness)
  await tab.close()
  await secondTab.close()
  for (const each of news) expect(await each()).toEqual([presence(OUTSIDER, true)])
  await secondPhone.close()
  for (const socket of [owner, witness]) await hears(socket, presence(OUTSIDER, false))
  await minutesPass(1)
  for (const each of news) expect(await each()).toEqual([presence(OUTSIDER, true), presence(OUTSIDER, false)])
})

test('[V7] whoever is in at one process is online in the welcome of the other at once', async () => {
  const wrong: number[] = []
  for (let round = 0; round < 20; round++) {
    const room = await chat.room()
    if (round % 2) await (await come(chat.two.people.guest, room)).close() // So that the room there is open already.
    const owner = await come(chat.one.people.scrumMaster, room)
    const customer = await come(chat.two.people.customer, room)
    if (!online(customer).includes(owner.welcome.you.email)) wrong.push(round)
    await hears(owner, presence(CUSTOMER, true))
    await Promise.all([owner.close(), customer.close()])
  }
  expect(wrong).toEqual([])
})

test('[V7] whoever has left at one process is offline in the next welcome of the other, once that was told', async () => {
  const { room, owner, witness } = await meet()
  for (let round = 0; round < 10; round++) {
    const guest = await come(chat.one.people.guest, room)
    await hears(witness, presence(OUTSIDER, true))
    await guest.close()
    await hears(witness, presence(OUTSIDER, false))
    const late = await come(chat.two.people.scrumMaster, room)
    expect(online(late)).toEqual(online(owner).toSpliced(1, 0, CUSTOMER).slice(0, 2))
    await late.close()
  }
})

test('[V7] a member who moves to the other process has never been away', async () => {
  const { room, owner, witness } = await meet()
  let guest = await come(chat.one.people.guest, room)
  for (const socket of [owner, witness]) await hears(socket, presence(OUTSIDER, true))
  const news = [newsOf(owner, 'presence'), newsOf(witness, 'presence')]
  for (let move = 0; move < 40; move++) {
    const next = await come((move % 2 ? chat.one : chat.two).people.guest, room)
    await guest.close()
    guest = next
  }
  for (const each of news) expect(await each()).toEqual([])
})

test('[V7] sessions of one member that come and go at both processes at once end in what is so', async () => {
  const { room, owner, witness } = await meet()
  for (let round = 0; round < 3; round++) {
    const places = Array.from({ length: 30 }, (_, index) => (index % 2 ? chat.one : chat.two).people.guest)
    const sessions = await Promise.all(
      places.map((person, index) => (index % 3 ? come(person, room) : person.open(room))),
    )
    for (const socket of [owner, witness]) await hears(socket, presence(OUTSIDER, true))
    await Promise.all(sessions.map((session) => session.close()))
    for (const socket of [owner, witness]) await isAtLast(socket, presence(OUTSIDER, false))
    for (const { people } of [chat.one, chat.two]) {
      const late = await come(people.scrumMaster, room)
      expect(online(late)).not.toContain(OUTSIDER)
      await late.close()
    }
  }
})

test('[V7] nobody seems to leave while nothing can be heard, and who left meanwhile has left afterwards', async () => {
  const { room, owner, witness } = await meet()
  const guest = await come(chat.one.people.guest, room)
  for (const socket of [owner, witness]) await hears(socket, presence(OUTSIDER, true))
  const news = newsOf(witness, 'presence')
  for (let cut = 0; cut < 5; cut++) {
    await chat.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await owner.say('still here')
    await witness.event(owner.events.length)
  }
  expect(await news()).toEqual([])
  await Promise.all([guest.close(), chat.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')])
  await hears(witness, presence(OUTSIDER, false))
  expect(await news()).toEqual([presence(OUTSIDER, false)])
})

test('[V7] typing is told at the other process, and ends there with what was typed', async () => {
  const { owner, witness } = await meet()
  const [here, there] = [newsOf(owner, 'typing'), newsOf(witness, 'typing')]
  owner.send({ type: 'typing', on: true })
  await hears(witness, typing(owner.welcome.you.email, true))
  owner.send({ type: 'typing', on: false })
  await hears(witness, typing(owner.welcome.you.email, false))
  owner.send({ type: 'typing', on: true })
  await hears(witness, typing(owner.welcome.you.email, true))
  await owner.say('here it is')
  await witness.event(1)
  await hears(witness, typing(owner.welcome.you.email, false))
  expect(await here()).toEqual([])
  expect((await there()).map((frame) => 'on' in frame && frame.on)).toEqual([true, false, true, false])
})

test('[V7] typing ends by itself at the other process too, once, 6 s after it was last said', async () => {
  const { owner, witness } = await meet()
  const { email } = owner.welcome.you
  owner.send({ type: 'typing', on: true })
  await hears(witness, typing(email, true))
  const news = newsOf(witness, 'typing')
  await secondsPass(4) // What passes besides is little, and less than two seconds.
  expect(await news()).toEqual([])
  await secondsPass(2)
  await hears(witness, typing(email, false))
  await secondsPass(30)
  expect(await news()).toEqual([typing(email, false)])
})

test('[V7] whoever goes on typing is typing at the other process for as long', async () => {
  const { room, owner, witness } = await meet()
  const { email } = owner.welcome.you
  const guest = await come(chat.one.people.guest, room)
  owner.send({ type: 'typing', on: true })
  await hears(witness, typing(email, true))
  const news = newsOf(witness, 'typing')
  for (let time = 0; time < 5; time++) {
    await secondsPass(3)
    owner.send({ type: 'typing', on: true })
    await owner.settle()
    await bothHear(guest, witness)
  }
  expect(await news()).toEqual([])
  await secondsPass(6.5)
  expect(await news()).toEqual([typing(email, false)])
})

test('[V7] whoever types at both processes is told of as one, and not to themselves', async () => {
  const { room, owner, witness } = await meet()
  const [phone, laptop] = [await come(chat.one.people.guest, room), await come(chat.two.people.guest, room)]
  const own = [newsOf(phone, 'typing'), newsOf(laptop, 'typing')]
  const others = [newsOf(owner, 'typing'), newsOf(witness, 'typing')]
  phone.send({ type: 'typing', on: true })
  for (const socket of [owner, witness]) await hears(socket, typing(OUTSIDER, true))
  laptop.send({ type: 'typing', on: true })
  await laptop.settle()
  await bothHear(owner, witness)
  for (const each of others) expect(await each()).toEqual([typing(OUTSIDER, true)])
  for (const each of own) expect(await each()).toEqual([])
})

test('[V7] none of it is heard in another room', async () => {
  const { room, owner } = await meet()
  const elsewhere = await meet()
  const news = (['presence', 'typing', 'read'] as const).map((type) => newsOf(elsewhere.witness, type))
  await owner.say('one')
  owner.send({ type: 'typing', on: true })
  owner.send({ type: 'read', upto: 1 })
  const witness = await come(chat.two.people.guest, room)
  await hears(owner, presence(OUTSIDER, true))
  await witness.close()
  await hears(owner, presence(OUTSIDER, false))
  await elsewhere.owner.say('one')
  await elsewhere.witness.event(1)
  for (const each of news) expect(await each()).toEqual([])
})

interface Meeting {
  readonly room: string
  /** The scrum master, at the first process. */
  readonly owner: V1Socket
  /** The customer, at the second. */
  readonly witness: V1Socket
}

/** Each has heard of the other. */
async function meet(): Promise<Meeting> {
  const room = await chat.room()
  const owner = await come(chat.one.people.scrumMaster, room)
  const witness = await come(chat.two.people.customer, room)
  await hears(owner, presence(CUSTOMER, true))
  return { room, owner, witness }
}

function online({ welcome }: V1Socket): readonly string[] {
  return welcome.members.filter((member) => member.online).map(({ email }) => email)
}

/** Waits until this is the last that was said of it; what it was before does not matter. */
async function isAtLast(socket: V1Socket, expected: ReturnType<typeof presence>): Promise<void> {
  for (;;) {
    const last = socket.frames.findLast((frame) => frame.type === 'presence' && frame.email === expected.email)
    if (JSON.stringify(last) === JSON.stringify(expected)) return
    await socket.next('presence')
  }
}

/** Whatever one process has said to the other before is heard there. */
async function bothHear(owner: V1Socket, witness: V1Socket): Promise<void> {
  await witness.event((await owner.say('so much for that')).offset)
  await owner.event((await witness.say('I see')).offset)
}

async function secondsPass(seconds: number): Promise<void> {
  await Promise.all([chat.one, chat.two].map(({ clock }) => clock.pass(seconds)))
}

async function minutesPass(minutes: number): Promise<void> {
  await secondsPass(60 * minutes)
}
