// How many sockets may be open, and how many handshakes are looked at: what is refused costs nobody a ticket.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { Clock } from './support/clock.ts'
import { closeOf, outcome, refusal, request } from './support/door.ts'
import { CUSTOMER, OUTSIDER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Environment, type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'
import { V1, V1Socket } from './support/v1.ts'
import { type Handshake, handshake } from './support/wire.ts'

let postgres: Postgres
let propromo: Propromo
let server: Server
let customer: Person
let scrumMaster: Person
let open: Handshake[] = []

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({ DATABASE_URL: postgres.url })
  ;[customer, scrumMaster] = await Promise.all([Person.logIn(server, CUSTOMER), Person.logIn(server, SCRUM_MASTER)])
})
afterEach(letGo)
afterAll(async () => {
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

async function limited(limits: Environment): Promise<void> {
  await server.stop()
  await server.restart(limits)
}

/** Tries, and keeps the socket if it is let in. */
async function come(ticket: string, how: { room?: string; from?: string; v1?: boolean } = {}): Promise<string> {
  const { room = ROOM, from, v1 = false } = how
  const target = `/chat/${encodeURIComponent(room)}?auth=${ticket}`
  const answer = await handshake(server, target, v1 ? { 'Sec-WebSocket-Protocol': V1 } : {}, from ? { from } : {})
  if (answer.status !== 101) {
    answer.socket.destroy()
    if (answer.status === 429 || answer.status === 503) expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d?$/)
    return refusal(answer)
  }
  open.push(answer)
  if (!v1) return 'open'
  const frame = await answer.socket.frame()
  return frame !== 'ended' && frame.opcode === 1 ? 'open' : closeOf(frame)
}

/** A GET of the room that is no upgrade. */
async function ask(ticket: string): Promise<string> {
  return refusal(await request(server, `GET /chat/${ROOM}?auth=${ticket} HTTP/1.1`))
}

function letGo(): void {
  for (const { socket } of open) socket.destroy()
  open = []
}

/** Asks until there is room again: the server hears of a closed socket a moment later. */
async function comeInTheEnd(ticket: string, from?: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const answer = await come(ticket, from ? { from } : {})
    if (answer === 'open' || attempt === 100) return answer
    await Bun.sleep(20)
  }
}

test('[X] a member may have so many sockets over all rooms, and the next is told so, with its ticket whole', async () => {
  await limited({ LIMIT_SOCKETS_PER_MEMBER: '3' })
  for (const room of [ROOM, RAILWAY, ROOM]) expect(await come(await scrumMaster.ticket(), { room })).toBe('open')
  const ticket = await scrumMaster.ticket()
  expect(await come(ticket)).toBe('429 too_many')
  expect(await come(ticket, { v1: true })).toBe('4029 too_many')
  expect(await come(await customer.ticket())).toBe('open')
  open[0]?.socket.destroy()
  expect(await comeInTheEnd(ticket)).toBe('open')
  expect(await come(await scrumMaster.ticket())).toBe('429 too_many')
})

test('[C5] a GET that is no upgrade is told too when there is no place, and takes none', async () => {
  await limited({ LIMIT_SOCKETS_PER_MEMBER: '1', LIMIT_SOCKETS: '2' })
  const ticket = await customer.ticket()
  for (let number = 0; number < 5; number++) expect(await ask(ticket)).toBe('426 upgrade_required')
  expect(await come(ticket)).toBe('open')
  const next = await customer.ticket()
  expect(await ask(next)).toBe('429 too_many')
  expect(await come(await scrumMaster.ticket())).toBe('open')
  expect(await ask(next)).toBe('503 server_full')
  letGo()
  expect(await comeInTheEnd(next)).toBe('open')
})

test('[X] of many that a member opens at once no more come in than may', async () => {
  await limited({ LIMIT_SOCKETS_PER_MEMBER: '3' })
  const tickets = await Promise.all(Array.from({ length: 20 }, () => customer.ticket()))
  const answers = await Promise.all(tickets.map((ticket) => come(ticket)))
  expect(answers.filter((answer) => answer === 'open')).toHaveLength(3)
  expect(answers.filter((answer) => answer === '429 too_many')).toHaveLength(17)
})

test('[X] an address may have so many sockets, whoever they are', async () => {
  await limited({ LIMIT_SOCKETS_PER_ADDRESS: '2' })
  const from = '127.0.0.31'
  for (const person of [customer, scrumMaster]) expect(await come(await person.ticket(), { from })).toBe('open')
  const ticket = await customer.ticket()
  expect(await come(ticket, { from })).toBe('429 too_many')
  expect(await come(ticket, { from, v1: true })).toBe('4029 too_many')
  expect(await come(ticket, { from: '127.0.0.32' })).toBe('open')
  letGo()
  expect(await comeInTheEnd(await customer.ticket(), from)).toBe('open')
})

test('[X] a process has so many sockets in all', async () => {
  await limited({ LIMIT_SOCKETS: '2' })
  for (const from of ['127.0.0.33', '127.0.0.34']) expect(await come(await customer.ticket(), { from })).toBe('open')
  expect(await come(await scrumMaster.ticket())).toBe('503 server_full')
  expect(await come(await scrumMaster.ticket(), { v1: true })).toBe('4029 too_many')
  letGo()
  expect(await comeInTheEnd(await scrumMaster.ticket())).toBe('open')
})

test('[C5] [X] whoever is refused takes no place, however long they hold on', async () => {
  await limited({ LIMIT_SOCKETS: '2', LIMIT_SOCKETS_PER_ADDRESS: '2', LIMIT_SOCKETS_PER_MEMBER: '1' })
  for (let number = 0; number < 20; number++) {
    expect(await come('nonsense', { v1: true })).toBe('4501 ticket_invalid')
    expect(await come('nonsense')).toBe('401 ticket_invalid')
  }
  expect(await come(await customer.ticket())).toBe('open')
})

test('[X] only so many handshakes a second are looked at, and the others are asked to come back', async () => {
  await limited({ LIMIT_UPGRADES_PER_S: '2' })
  // Far more than come in while they are told so, however long that takes.
  const tickets = await Promise.all(Array.from({ length: 40 }, () => customer.ticket()))
  const from = (index: number) => `127.0.0.${40 + (index % 8)}`
  const answers = await Promise.all(
    tickets.map((ticket, index) => come(ticket, { v1: index % 2 === 0, from: from(index) })),
  )
  expect(answers.filter((answer) => !['open', '503 upgrades_busy', '4053 unavailable'].includes(answer))).toEqual([])
  expect(answers.filter((answer) => answer === 'open').length).toBeGreaterThanOrEqual(2)
  expect(answers).toContain('503 upgrades_busy')
  expect(answers).toContain('4053 unavailable')
  const refused = tickets.filter((_, index) => answers[index] !== 'open')
  expect(await comeInTheEnd(refused[0] ?? '')).toBe('open')
})

test('[C5] [C9] a GET that is no upgrade is paced as a handshake is', async () => {
  await limited({ LIMIT_UPGRADES_PER_S: '8' })
  const ticket = await customer.ticket()
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(ticket)))
  expect(new Set(answers)).toEqual(new Set(['426 upgrade_required', '503 upgrades_busy']))
})

test('[X] 0 lifts each of these limits', async () => {
  const lifted = ['UPGRADES_PER_S', 'SOCKETS', 'SOCKETS_PER_MEMBER', 'SOCKETS_PER_ADDRESS', 'TICKETS_PER_MINUTE']
  await limited(Object.fromEntries(lifted.map((name) => [`LIMIT_${name}`, '0'])))
  const tickets = await Promise.all(Array.from({ length: 400 }, () => customer.ticket()))
  const answers = await Promise.all(tickets.map((ticket) => come(ticket)))
  expect(answers.filter((answer) => answer !== 'open')).toEqual([])
})

test('[L14] tickets of an account have a limit a minute, with a word on when there are more', async () => {
  const clock = new Clock()
  await limited({ ...clock.environment, LIMIT_TICKETS_PER_MINUTE: '4' })
  try {
    await clock.pass(61) // What was had before counts too, over restarts.
    const others = await Person.logIn(server, CUSTOMER)
    for (const person of [customer, others, customer, others]) await person.ticket()
    const answer = await fetch(`${server.origin}/tickets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${others.signIn}` },
    })
    expect([answer.status, await answer.json()]).toMatchObject([429, { code: 'too_many_requests' }])
    const wait = Number(answer.headers.get('Retry-After'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    await scrumMaster.ticket()
    await clock.pass(wait)
    await customer.ticket()
  } finally {
    clock.remove()
  }
})

test('[X] whose membership ends, or whose whole account, is shown out within a minute, and the others go on', async () => {
  const clock = new Clock()
  await limited({ ...clock.environment })
  try {
    await propromo.join(OUTSIDER, ROOM)
    const guest = await Person.logIn(server, OUTSIDER)
    const staying = await scrumMaster.open()
    const leaving = await V1Socket.open(server, ROOM, await customer.ticket())
    const gone = await V1Socket.open(server, ROOM, await guest.ticket())
    const script = await guest.open()
    await propromo.leave(CUSTOMER, ROOM)
    await propromo.deleteAccount(OUTSIDER)
    await clock.pass(60)
    for (const socket of [leaving, gone]) expect(await socket.ending()).toBe('4503 no_access')
    expect(await script.closed).toEqual({ code: 4503, reason: 'no_access' })
    expect((await staying.say('who is left?')).email).toBe(SCRUM_MASTER)
    const answer = await handshake(server, `/chat/${ROOM}?auth=${await scrumMaster.ticket()}`)
    expect(outcome(answer)).toBe('open')
    await staying.close()
  } finally {
    clock.remove()
  }
})
