// Do peers that begin and never end disturb those who are talking? Delivery latency in a room, with 300 half-open requests and
// 300 half-sent frames in another room and without, in turns. Run: npm run bench:slowloris
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { Disturbed, type Latency } from './disturbed.ts'
import { median } from './figures.ts'
import { untilQuiet } from './quiet.ts'

const RESULT = join(import.meta.dir, 'results/slowloris.md')
const ROUNDS = 7
const TALK = { members: 20, perSecond: 200, seconds: 5 }
const HALVES = 300
/** Each half gets another byte so often, so that none looks silent. */
const TRICKLE_MILLISECONDS = 1_000
const MOST_RATIO = 2
const HALF_REQUEST =
  'POST /login HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\nContent-Length: 16000\r\n\r\n{'
const LIFTED = {
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_UPGRADES_PER_S: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
}

const talk = await Disturbed.open('scrum.master@example.com', TALK, LIFTED)
/** A second room, so that those who talk have no larger audience while the others are there. */
const [elsewhere] = talk.elsewhere
if (elsewhere === undefined) throw new Error('there is no second room')

const rows: (Latency & { readonly slow: boolean })[] = []
await measure(false) // The first round pays for what is compiled and opened once.
for (let round = 0; round < ROUNDS; round++) rows.push(await measure(false), await measure(true))
await talk.stop()
report()

async function measure(slow: boolean) {
  const latency = await talk.measure(async () => {
    const letGo = slow ? await hold() : () => undefined
    await untilQuiet()
    return letGo
  })
  return { ...latency, slow }
}

/** Begins all of them, has them trickle, and gives back what ends them. Throws unless the server still holds every one. */
async function hold(): Promise<() => void> {
  const frames = await Promise.all(Array.from({ length: HALVES }, halfFrame))
  const requests = await Promise.all(Array.from({ length: HALVES }, () => begin(HALF_REQUEST)))
  const trickling = setInterval(() => {
    for (const socket of requests) socket.write('a')
    for (const socket of frames) socket.write('a')
  }, TRICKLE_MILLISECONDS)
  return () => {
    clearInterval(trickling)
    const gone = [...frames, ...requests].filter((socket) => socket.destroyed).length
    for (const socket of [...frames, ...requests]) socket.destroy()
    if (gone > 0) throw new Error(`${gone} of ${2 * HALVES} were let go while it was measured`)
  }
}

/** Comes into the room, and then sends the head of a long frame and a little of it. */
async function halfFrame(): Promise<Socket> {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const socket = await begin(
    `GET /chat/${elsewhere}?auth=${await talk.ticket()} HTTP/1.1\r\nHost: chat\r\n${upgrade}\r\n${key}\r\n\r\n`,
  )
  const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (bytes: Buffer) => resolve([bytes])))
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`not let in: ${answer}`)
  socket.on('data', () => undefined)
  const maskedLength16000 = [0x81, 0xfe, 0x3e, 0x80, 0, 0, 0, 0]
  socket.write(Buffer.from([...maskedLength16000, 0x61]))
  return socket
}

function begin(text: string): Promise<Socket> {
  const { hostname, port } = new URL(talk.origin)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(text)
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

function report(): void {
  const of = (slow: boolean) => median(rows.filter((row) => row.slow === slow).map(({ p99 }) => p99))
  const ratio = of(true) / of(false)
  const shown = rows.map(({ slow, p50, p99, max }) =>
    [slow ? `${HALVES} and ${HALVES}` : 'none', ...[p50, p99, max].map((value) => value.toFixed(2))].join(' | '),
  )
  const text = [
    `\`npm run bench:slowloris\`, ${new Date().toISOString().slice(0, 16)}Z`,
    talk.conditions,
    '',
    '| half-open requests and half-sent frames | p50 ms | p99 ms | max ms |',
    '| --- | --- | --- | --- |',
    ...shown.map((row) => `| ${row} |`),
    '',
    `median p99 with them / without: ${ratio.toFixed(2)}, and ${MOST_RATIO} is the most that may be`,
    '',
  ].join('\n')
  console.log(text)
  writeFileSync(RESULT, text)
  process.exitCode = ratio <= MOST_RATIO ? 0 : 1
}
