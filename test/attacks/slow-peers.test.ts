// Peers that begin and do not end: half requests, half frames, one byte now and then. They are dropped, and nobody else waits.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { Clock } from '../support/clock.ts'
import { stepUp } from '../support/door.ts'
import { meanwhile } from '../support/meanwhile.ts'
import { type MeetingPlace, openMeetingPlace } from '../support/meeting.ts'
import { frameBytes } from '../support/wire.ts'

const MANY = 300
/** The server gives a request a minute to be whole, however it trickles. */
const DROPPED_WITHIN = 90_000

const clock = new Clock()
let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace({ ...clock.environment, LIMIT_UPGRADES_PER_S: '0' })
})
afterAll(async () => {
  await place.remove()
  clock.remove()
})

/** Sends the beginning, then a byte every few seconds; resolves when the server has dropped it. */
function trickle(beginning: string, more: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: '127.0.0.1', port: place.server.port }, () => socket.write(beginning))
    const trickling = setInterval(() => more && socket.write(more), 4_000)
    const late = setTimeout(
      () => reject(new Error(`still held after ${DROPPED_WITHIN} ms: ${beginning}`)),
      DROPPED_WITHIN,
    )
    socket.on('error', () => undefined) // It may be reset while a byte is on its way.
    socket.on('data', () => undefined)
    socket.on('close', () => {
      clearInterval(trickling)
      clearTimeout(late)
      resolve()
    })
  })
}

test(`[C7] ${MANY} half-open requests, silent and trickling, are dropped, and people talk on`, async () => {
  const login = 'POST /login HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\nContent-Length: 16000\r\n\r\n{'
  const kinds = [
    ['GET / HTTP/1.1\r\nHost: chat\r\nX-Long: ', ''],
    ['GET / HTTP/1.1\r\nHost: chat\r\nX-Long: ', 'a'],
    ['GET /chat/w32tgse?auth=x HTTP/1.1\r\nUpgrade: websocket\r\n', 'X-Y: z\r\n'],
    [login, ''],
    [login, ' '],
    ['P', ''],
  ] as const
  await meanwhile(place, async () => {
    const all = Array.from({ length: MANY }, (_, number) => kinds[number % kinds.length] ?? kinds[0])
    await Promise.all(all.map(([beginning, more]) => trickle(beginning, more)))
  })
})

test(`[C7] ${MANY} half-sent frames keep nobody from talking, and whoever never finishes one is dropped`, async () => {
  const { room, speaker, witness } = await place.meet()
  const tickets = await Promise.all(Array.from({ length: MANY }, () => place.scrumMaster.ticket()))
  const halves = await Promise.all(
    tickets.map((ticket) => stepUp(place.server, ticket, { segment: encodeURIComponent(room) })),
  )
  for (const { socket } of halves) socket.write(frameBytes(0x1, 'half a fra', { claimedLength: 16_000 }))
  await meanwhile(place, async () => {
    for (const { socket } of halves) socket.write(Buffer.from('m'))
  })
  const said = await speaker.say('is anybody still typing?')
  expect(await witness.nextMessage()).toEqual(said)
  await clock.pass(121) // Their silence is noticed at the next beat of each.
  for (const { socket } of halves) {
    let frame = await socket.frame(30_000)
    while (frame !== 'ended') frame = await socket.frame(30_000)
  }
})
