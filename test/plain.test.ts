// The plain protocol: what one says, all hear, word for word and in one order, and whoever comes in later as well.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { heardSoFar, type MeetingPlace, openMeetingPlace, sayAll, take } from './support/meeting.ts'
import { CUSTOMER, type PlainMessage, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import { VERBATIM } from './support/texts.ts'

/** Six bytes each in JSON: the longest frame that a message can become. */
const WORST = '\u0001'.repeat(16 * 1024)

let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace()
})
afterAll(() => place.remove())

test('[P1] a message comes to every session in the room, the own one too, and to no other room', async () => {
  const { room, speaker, witness } = await place.meet()
  const elsewhere = await place.meet()
  const secondTab = await place.customer.open(room)
  speaker.send('Good morning')
  const said = await speaker.nextMessage()
  expect(said).toEqual({
    id: expect.any(String),
    messageId: said.id,
    email: CUSTOMER,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    text: 'Good morning',
  })
  for (const other of [witness, secondTab]) expect(await other.nextMessage()).toEqual(said)
  const there = await elsewhere.speaker.say('another room')
  expect(await elsewhere.witness.nextMessage()).toEqual(there)
})

test('[P1] in a burst of 500, all hear the same in the same order, at times that strictly rise', async () => {
  const { room, speaker, witness } = await place.meet()
  for (let number = 0; number < 250; number++) {
    speaker.send(`customer ${number}`)
    witness.send(`scrum master ${number}`)
  }
  const heard = await take(speaker, 500)
  expect(await take(witness, 500)).toEqual(heard)
  const late = await place.scrumMaster.open(room)
  expect(await take(late, 100)).toEqual(heard.slice(-100))

  expect(new Set(heard.map(({ id }) => id)).size).toBe(500)
  const times = heard.map(({ timestamp }) => timestamp)
  expect(times).toEqual([...new Set(times)].sort())
  for (const [email, name] of [
    [CUSTOMER, 'customer'],
    [SCRUM_MASTER, 'scrum master'],
  ] as const) {
    const own = heard.filter((message) => message.email === email).map(({ text }) => text)
    expect(own).toEqual(Array.from({ length: 250 }, (_, number) => `${name} ${number}`))
  }
})

test('[P1] a text is kept and told word for word, also after a restart', async () => {
  const { room, speaker, witness } = await place.meet()
  for (const text of VERBATIM) {
    speaker.send(text)
    expect([text, (await speaker.nextMessage()).text]).toEqual([text, text])
  }
  const heard = await take(witness, VERBATIM.length)
  expect(heard.map(({ text }) => text)).toEqual([...VERBATIM])
  await place.restart()
  expect(await take(await place.scrumMaster.open(room), VERBATIM.length)).toEqual(heard)
})

test('[P2] whoever comes in gets exactly the latest 100, oldest first, and then what is new', async () => {
  const { room, speaker } = await place.meet()
  const said = await sayAll(
    speaker,
    Array.from({ length: 130 }, (_, number) => `message ${number}`),
  )
  expect(await heardSoFar(await place.scrumMaster.open(room))).toEqual(said.slice(-100))
  await place.restart()
  expect((await heardSoFar(await place.scrumMaster.open(room))).slice(0, 99)).toEqual(said.slice(-99))
})

test('[P2] a room with less in it gives all of it, and a new one nothing', async () => {
  const { room, speaker } = await place.meet()
  const said = await sayAll(speaker, ['one', 'two'])
  expect(await heardSoFar(await place.scrumMaster.open(room))).toEqual([...said])
  const { witness } = await place.meet()
  expect(await heardSoFar(witness)).toEqual([])
})

for (const [most, how] of [
  [5, 'so many'],
  [0, 'none at all'],
] as const) {
  test(`[P2] how many of the latest it is can be configured: ${how}`, async () => {
    const { room, speaker } = await place.meet()
    const said = await sayAll(speaker, ['one', 'two', 'three', 'four', 'five', 'six', 'seven'])
    await place.during({ PLAIN_HISTORY: String(most) }, async () => {
      expect(await heardSoFar(await place.customer.open(room))).toEqual(said.slice(said.length - most))
    })
  })
}

test('[P2] whoever comes in while others speak misses nothing and hears nothing twice', async () => {
  const { room, speaker } = await place.meet()
  const said: PlainMessage[] = []
  const comingIn = comeInOneByOne(room, 8)
  let allAreIn = false
  comingIn.finally(() => {
    allAreIn = true
  })
  while (!allAreIn)
    said.push(...(await sayAll(speaker, [`${said.length}`, `${said.length + 1}`, `${said.length + 2}`])))
  said.push(await speaker.say('the last'))
  for (const newcomer of await comingIn) {
    const heard = await newcomer.upTo('the last')
    expect(heard).toEqual(said.slice(-heard.length))
  }
})

test('[P2] a room whose latest 100 messages are as long as can be still opens', async () => {
  const { room, speaker, witness } = await place.meet()
  for (let number = 0; number < 100; number++) {
    await speaker.say(String(number).padStart(3) + WORST.slice(3))
    await witness.next()
  }
  const newcomer = await place.scrumMaster.open(room)
  const outcome = await Promise.race([newcomer.closed, heardSoFar(newcomer)])
  expect(Array.isArray(outcome) ? `${outcome.length} messages` : outcome).toBe('100 messages')
})

async function comeInOneByOne(room: string, count: number): Promise<readonly PlainSocket[]> {
  const sockets: PlainSocket[] = []
  while (sockets.length < count) sockets.push(await place.scrumMaster.open(room))
  return sockets
}
