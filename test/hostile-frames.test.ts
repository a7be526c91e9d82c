// Frames that no well-behaved client sends: they cost their sender the socket, and nobody else anything.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { BREACHES, inFragments } from './support/breaches.ts'
import { closeOf, stepUp } from './support/door.ts'
import { heardSoFar, type Meeting, type MeetingPlace, openMeetingPlace, sayAll, take } from './support/meeting.ts'
import { residentBytes } from './support/memory.ts'
import type { PlainMessage, PlainSocket } from './support/people.ts'
import { frameBytes, type RawSocket } from './support/wire.ts'

const TEXT = 0x1
const CONTINUATION = 0x0
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa
const MEGABYTE = 1024 * 1024

let place: MeetingPlace
/** Where the rules are broken, one after the other. */
let meeting: Meeting

beforeAll(async () => {
  place = await openMeetingPlace()
  meeting = await place.meet()
})
afterAll(() => place.remove())

for (const { what, bytes, codes } of BREACHES) {
  test(`[C7] ${what} ends the socket that it came from, and no other`, async () => {
    const { room, speaker, witness } = meeting
    const culprit = await comeIn(room)
    for (let number = 0; number < 5; number++) speaker.send(`before ${what}`)
    culprit.write(bytes)
    for (let number = 0; number < 5; number++) speaker.send(`after ${what}`)
    expect([...codes, 'ended']).toContain(await culprit.closeCode())
    expect(await culprit.frame()).toBe('ended')
    expect(await take(witness, 10)).toEqual(await take(speaker, 10))
  })
}

test('[P1] a text that comes in pieces, cut through the middle of its letters, is one message', async () => {
  const { room, witness } = await place.meet()
  const sender = await comeIn(room)
  const text = 'Grüße 🙂 aus der Bäckerei'
  sender.write(inFragments(Buffer.from(text)))
  expect((await witness.nextMessage()).text).toBe(text)
})

test('[P1] a text in 1,000 fragments, with pings in between, is one message', async () => {
  const { room, speaker, witness } = await place.meet()
  const sender = await comeIn(room)
  sender.write(frameBytes(TEXT, 'a', { fin: false }))
  for (let number = 1; number < 999; number++) {
    sender.write(frameBytes(CONTINUATION, 'a', { fin: false }))
    if (number % 100 === 0) sender.write(frameBytes(PING, `ping ${number}`))
  }
  await speaker.say('while you are at it')
  sender.write(frameBytes(CONTINUATION, 'z'))
  expect((await witness.nextMessage()).text).toBe('while you are at it')
  expect((await witness.nextMessage()).text).toBe(`${'a'.repeat(999)}z`)
  for (let number = 100; number < 999; number += 100) {
    expect(await next(sender, PONG)).toBe(`ping ${number}`)
  }
})

test('[P1] a frame that comes byte by byte is one message', async () => {
  const { room, witness } = await place.meet()
  const sender = await comeIn(room)
  for (const byte of frameBytes(TEXT, 'slow, but whole')) sender.write(Buffer.from([byte]))
  expect((await witness.nextMessage()).text).toBe('slow, but whole')
})

test('[P1] what was only half sent when its sender died is nobody’s message', async () => {
  const { room, speaker, witness } = await place.meet()
  const halves = [
    frameBytes(TEXT, 'half a fra', { claimedLength: 1_000 }),
    frameBytes(TEXT, 'a whole frame of half a message', { fin: false }),
    frameBytes(TEXT, 'x').subarray(0, 1),
    frameBytes(TEXT, 'x').subarray(0, 4),
  ]
  for (const bytes of halves) {
    const culprit = await comeIn(room)
    culprit.write(bytes)
    culprit.write(Buffer.alloc(0))
    culprit.destroy()
  }
  const said = await sayAll(speaker, ['what was that?', 'nothing'])
  expect(await take(witness, 2)).toEqual(said)
  expect(await heardSoFar(await place.customer.open(room))).toEqual([...said])
})

test('[P1] what follows a close is not heard any more', async () => {
  const { room, speaker, witness } = await place.meet()
  const culprit = await comeIn(room)
  culprit.write(Buffer.concat([frameBytes(CLOSE, Buffer.from([0x03, 0xe8])), frameBytes(TEXT, 'from beyond')]))
  expect(await culprit.closeCode()).toBe(1000)
  const said = await speaker.say('quiet here')
  expect(await witness.nextMessage()).toEqual(said)
})

test('[C7] a thousand pings at once are answered in order, and disturb nobody', async () => {
  const { room, speaker, witness } = await place.meet()
  const culprit = await comeIn(room)
  culprit.write(Buffer.concat(Array.from({ length: 1_000 }, (_, number) => frameBytes(PING, `${number}`))))
  const said = await speaker.say('what a noise')
  expect(await witness.nextMessage()).toEqual(said)
  for (let number = 0; number < 1_000; number++) expect(await next(culprit, PONG)).toBe(`${number}`)
})

test('[X] who never reads while thousands of large messages come is closed as too slow, and costs nobody anything', async () => {
  await place.during({ LIMIT_BACKLOG_BYTES: '65536' }, async () => {
    const { room, speaker, witness } = await place.meet()
    await pour(speaker, 300)
    await take(witness, 300)
    const before = residentBytes(place.server.pid)
    const culprits = await Promise.all(Array.from({ length: 8 }, () => comeIn(room)))
    for (const culprit of culprits) culprit.pause()

    const said = await pour(speaker, 2_000)
    expect(residentBytes(place.server.pid) - before).toBeLessThan(128 * MEGABYTE) // All of it for all of them would be twice that.
    expect(await take(witness, 2_000)).toEqual(said)
    for (const culprit of culprits) {
      culprit.resume()
      const { end, holes } = await readOn(culprit, () => false)
      expect(['4000 too_slow', 'ended']).toContain(end)
      expect(holes).toEqual([])
    }
  })
})

test('[X] who pings without end and never reads the answers is closed as too slow, before they fill the memory', async () => {
  const { room, speaker, witness } = await place.meet()
  const before = residentBytes(place.server.pid)
  const pings = Buffer.concat(Array.from({ length: 500 }, () => frameBytes(PING, Buffer.alloc(125, 0x61))))
  for (let turn = 0; turn < 5; turn++) {
    const culprits = await Promise.all(Array.from({ length: 8 }, () => comeIn(room)))
    for (const culprit of culprits) {
      culprit.pause()
      for (let number = 0; number < 300; number++) culprit.write(pings) // Some 20 MB each.
    }
    await Promise.all(culprits.map((culprit) => culprit.flushed()))
    const said = await speaker.say(`what a noise, for the ${turn + 1}. time`)
    expect(await witness.nextMessage()).toEqual(said)
    expect(residentBytes(place.server.pid) - before).toBeLessThan(128 * MEGABYTE)
    for (const culprit of culprits) culprit.resume()
    for (const culprit of culprits)
      expect(['4000 too_slow', 'ended']).toContain((await readOn(culprit, () => false)).end)
  }
})

test('[P1] with the limit on what may wait lifted, who reads late misses nothing unless it is told', async () => {
  await place.during({ LIMIT_BACKLOG_BYTES: '0', LIMIT_TEXT_BYTES: String(MEGABYTE / 4) }, async () => {
    const { room, speaker } = await place.meet()
    const late = await comeIn(room)
    late.pause()
    const said = await pour(speaker, 128, MEGABYTE / 4)
    late.resume()
    const first = await readOn(late, (heard) => heard === 64) // So that there is room again for what comes now.
    await speaker.say('the last')
    const rest = await readOn(late, (_, text) => text === 'the last', first.lastId)
    expect([...first.holes, ...rest.holes]).toEqual([])
    if (rest.end === 'read') expect(rest.lastId).toBe(said.length + 1)
    else expect(rest.end).toBe('4000 too_slow')
  })
})

/** A raw socket of the scrum master in this room, past its history, that has shown that it can hear. */
async function comeIn(room: string): Promise<RawSocket> {
  const answer = await stepUp(place.server, await place.scrumMaster.ticket(), { segment: encodeURIComponent(room) })
  expect(answer.status).toBe(101)
  answer.socket.write(frameBytes(PING, 'here'))
  expect(await next(answer.socket, PONG)).toBe('here')
  return answer.socket
}

/** What the next frame of this kind holds; others are passed over. */
async function next(socket: RawSocket, opcode: number): Promise<string> {
  for (;;) {
    const frame = await socket.frame()
    if (frame === 'ended') throw new Error('the socket has ended')
    if (frame.opcode === opcode) return frame.payload.toString()
  }
}

/** Large messages one after the other, never more than a few on the way, so that whoever reads keeps up. */
async function pour(speaker: PlainSocket, count: number, bytes = 16 * 1024): Promise<readonly PlainMessage[]> {
  const onTheWay = 4
  const send = (number: number) => speaker.send(String(number).padEnd(bytes, '.'))
  for (let number = 0; number < onTheWay; number++) send(number)
  const said: PlainMessage[] = []
  while (said.length < count) {
    said.push(await speaker.nextMessage())
    if (said.length + onTheWay <= count) send(said.length + onTheWay - 1)
  }
  return said
}

interface Reading {
  /** How the other side ended it, or `'read'` if it was read as far as was wanted. */
  readonly end: string
  readonly lastId: number
  /** The ids before which one was left out. */
  readonly holes: readonly number[]
}

/** Reads until it is enough, or over. `lastId` is what was read before, if anything was. */
async function readOn(
  socket: RawSocket,
  enough: (heard: number, text: string) => boolean,
  lastId = 0,
): Promise<Reading> {
  const holes: number[] = []
  for (let heard = 0; ; ) {
    const frame = await socket.frame()
    if (frame === 'ended' || frame.opcode === CLOSE) return { end: closeOf(frame), lastId, holes }
    if (frame.opcode !== TEXT) continue
    const { id, text } = JSON.parse(frame.payload.toString()) as PlainMessage
    if (lastId > 0 && Number(id) !== lastId + 1) holes.push(Number(id))
    lastId = Number(id)
    heard += 1
    if (enough(heard, text)) return { end: 'read', lastId, holes }
  }
}
