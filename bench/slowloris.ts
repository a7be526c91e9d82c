// Do peers that begin and never end disturb those who are talking? Delivery latency in a room, with 300 half-open requests and
// 300 half-sent frames in another room and without, in turns. Run: npm run bench:slowloris
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { median, quantile } from './figures.ts'
import { type Outcome, runRoom } from './latency.ts'
import { pinLoad, startPinned } from './pinned-server.ts'
import { untilQuiet } from './quiet.ts'

const RESULT = join(import.meta.dir, 'results/slowloris.md')
const ROUNDS = 7
const MEMBERS = 20
const PER_SECOND = 200
const SECONDS = 5
const HALVES = 300
/** Each half gets another byte so often, so that none looks silent. */
const TRICKLE_MILLISECONDS = 1_000
const MOST_RATIO = 2
const ROOM = 'w32tgse'
const HALF_REQUEST =
  'POST /login HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\nContent-Length: 16000\r\n\r\n{'
const CREDENTIALS = { email: 'scrum.master@example.com', password: 'password', remember: 'token' }
const LIFTED = {
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_UPGRADES_PER_S: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
}

pinLoad()
const server = await startPinned(LIFTED)
const { signIn, elsewhere } = await logIn()

const rows: { slow: boolean; p50: number; p99: number; max: number }[] = []
await measure(false) // The first round pays for what is compiled and opened once.
for (let round = 0; round < ROUNDS; round++) rows.push(await measure(false), await measure(true))
await server.stop()
report()

async function measure(slow: boolean) {
  const tickets = await Promise.all(Array.from({ length: MEMBERS }, ticket))
  const letGo = slow ? await hold() : () => undefined
  await untilQuiet()
  const outcome = await runRoom({ url: roomUrl, tickets, perSecond: PER_SECOND, seconds: SECONDS })
  letGo()
  refuseIfWrong(outcome)
  const { latencies } = outcome
  return { slow, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1) }
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
    `GET /chat/${elsewhere}?auth=${await ticket()} HTTP/1.1\r\nHost: chat\r\n${upgrade}\r\n${key}\r\n\r\n`,
  )
  const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (bytes: Buffer) => resolve([bytes])))
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`not let in: ${answer}`)
  socket.on('data', () => undefined)
  const maskedLength16000 = [0x81, 0xfe, 0x3e, 0x80, 0, 0, 0, 0]
  socket.write(Buffer.from([...maskedLength16000, 0x61]))
  return socket
}

function begin(text: string): Promise<Socket> {
  const { hostname, port } = new URL(server.origin)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(text)
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

function refuseIfWrong({ deliveries, expected, doubled, outOfOrder }: Outcome): void {
  if (deliveries === expected && doubled === 0 && outOfOrder === 0) return
  throw new Error(`${deliveries} of ${expected} deliveries, ${doubled} doubled, ${outOfOrder} out of order`)
}

/** With a second room, so that those who talk have no larger audience while the others are there. */
async function logIn(): Promise<{ readonly signIn: string; readonly elsewhere: string }> {
  const answer = (await (await post('/login', CREDENTIALS)).json()) as {
    sign_in: string
    chats: { monitor_hash: string }[]
  }
  const other = answer.chats.find(({ monitor_hash }) => monitor_hash !== ROOM)
  if (!other) throw new Error('there is no second room')
  return { signIn: answer.sign_in, elsewhere: other.monitor_hash }
}

async function ticket(): Promise<string> {
  const answer = await post('/tickets', {}, { Authorization: `Bearer ${signIn}` })
  return ((await answer.json()) as { token: string }).token
}

function roomUrl(token: string): string {
  return `${server.origin.replace(/^http/, 'ws')}/chat/${ROOM}?auth=${token}`
}

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const json = { 'Content-Type': 'application/json', ...headers }
  return fetch(server.origin + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
}

function report(): void {
  const of = (slow: boolean) => median(rows.filter((row) => row.slow === slow).map(({ p99 }) => p99))
  const ratio = of(true) / of(false)
  const shown = rows.map(({ slow, p50, p99, max }) =>
    [slow ? `${HALVES} and ${HALVES}` : 'none', ...[p50, p99, max].map((value) => value.toFixed(2))].join(' | '),
  )
  const text = [
    `\`npm run bench:slowloris\`, ${new Date().toISOString().slice(0, 16)}Z`,
    `${MEMBERS} members, ${PER_SECOND} messages/s, ${SECONDS} s a round, server on one core (${cpus()[0]?.model})`,
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
