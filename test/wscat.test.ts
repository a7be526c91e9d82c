// wscat, a client that nobody here wrote, in the rooms; and the line with which our own page sends people there.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { unescaped } from './support/markup.ts'
import { CUSTOMER, PASSWORD, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'
import { Terminal, wscat } from './support/terminal.ts'

/** An old id as it stands in Propromo, and one that a shell would take for something else. */
const BCRYPT = '$2y$12$Yx/9.e0QmT1vK4uJ7sHqOu'
const QUOTED = "it's$(exit 3)"

let postgres: Postgres
let server: Server
let customer: Person
let scrumMaster: Person
let room: string

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  for (const hash of [BCRYPT, QUOTED]) {
    await propromo.addMonitor({ monitor_hash: hash, title: `Room ${hash}` })
    await propromo.join(SCRUM_MASTER, hash)
  }
  await propromo.close()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
  customer = await Person.logIn(server, CUSTOMER)
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
  room = `ws://127.0.0.1:${server.port}/chat/${ROOM}`
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
})

const WAYS: Readonly<Record<string, (ticket: string) => readonly string[]>> = {
  '[C1] with the ticket in the query': (ticket) => ['-c', `${room}?auth=${ticket}`],
  '[C3] with the ticket in a header': (ticket) => ['-c', room, '-H', `Authorization: Bearer ${ticket}`],
  '[C4] with the plain protocol by name': (ticket) => ['-c', `${room}?auth=${ticket}`, '-s', 'propromo.chat.plain'],
  '[C3] with the ticket as a subprotocol': (ticket) => ['-c', room, '-s', `bearer.${ticket}`],
  '[C3] with the ticket as a subprotocol beside the plain protocol': (ticket) => [
    ...['-c', room, '-s', `bearer.${ticket}`, '-s', 'propromo.chat.plain'],
  ],
}

for (const [way, options] of Object.entries(WAYS)) {
  test(`${way}, wscat gets what was said before, and what it says comes back`, async () => {
    const earlier = `said before, ${crypto.randomUUID()}`
    const typed = `typed, ${crypto.randomUUID()}`
    const other = await scrumMaster.open()
    await other.say(earlier)
    const terminal = wscat(...options(await customer.ticket()))
    await terminal.shows(`"text":"${earlier}"`)
    terminal.type(typed)
    await terminal.shows(`"email":"${CUSTOMER}"`)
    await terminal.shows(`"text":"${typed}"`)
    expect((await other.upTo(typed)).at(-1)).toMatchObject({ email: CUSTOMER, text: typed })
    await Promise.all([terminal.end(), other.close()])
    expect(terminal.errors).toBe('')
  })
}

test('[P1] wscat says what it is told to on its command line, stays for the answer, and leaves', async () => {
  const said = `with -x, ${crypto.randomUUID()}`
  const kept = `${said} too`
  const terminal = wscat('-c', `${room}?auth=${await customer.ticket()}`, '-x', said, '-x', kept, '-w', '1')
  expect(await terminal.exited).toBe(0)
  expect(terminal.output).toContain(`"text":"${said}"`)
  expect(terminal.output).toContain(`"text":"${kept}"`)
})

test('[P1] two wscat talk to each other', async () => {
  const [one, two] = [wscat('-c', `${room}?auth=${await customer.ticket()}`), await scrumMasterAtATerminal()]
  two.type('Is anybody there?')
  await two.shows('"text":"Is anybody there?"')
  await one.shows('"text":"Is anybody there?"')
  one.type('Yes: käme das noch bis Freitag? 🥖')
  await two.shows('"text":"Yes: käme das noch bis Freitag? 🥖"')
  two.type('By Thursday.')
  await one.shows('"text":"By Thursday."')
  await two.shows('"text":"By Thursday."')
  expect(conversation(one)).toHaveLength(3)
  expect(conversation(one)).toEqual(conversation(two))
  await Promise.all([one.end(), two.end()])
})

test('[P3] wscat keeps the socket alive with the word that existing clients use', async () => {
  const terminal = await scrumMasterAtATerminal()
  terminal.type('propromo.chat({event:"ping",action:"pong"})')
  await terminal.shows('pong\n')
  terminal.type('propromo.chat( { event: "pong", action: "ping" } )')
  await terminal.shows('ping\n')
  await terminal.end()
})

test('[T2] [T3] [T4] a refused ticket shows its status', async () => {
  const spent = await customer.ticket()
  const socket = wscat('-c', `${room}?auth=${spent}`, '-x', 'once', '-w', '-1')
  await socket.shows('"text":"once"')
  const railway = room.replace(ROOM, encodeURIComponent(RAILWAY))
  const refused: [status: number, options: readonly string[]][] = [
    [403, ['-c', `${room}?auth=${spent}`]],
    [403, ['-c', `${railway}?auth=${await customer.ticket()}`]],
    [401, ['-c', `${room}?auth=${spent}x`]],
    [401, ['-c', room, '-H', 'Authorization: Bearer nothing.of.ours']],
    [400, ['-c', room]],
    [403, ['-c', `${room}?auth=${await customer.ticket()}`, '-o', 'https://elsewhere.example']],
    [404, ['-c', `ws://127.0.0.1:${server.port}/nowhere?auth=${await customer.ticket()}`]],
  ]
  const told = refused.map(async ([, options]) => {
    const terminal = wscat(...options, '-x', 'never said')
    return { failed: (await terminal.exited) !== 0, errors: terminal.errors, output: terminal.output }
  })
  expect(await Promise.all(told)).toEqual(
    refused.map(([status]) => ({ failed: true, errors: `error: Unexpected server response: ${status}\n`, output: '' })),
  )
  expect(socket.output).not.toContain('never said')
  await socket.end()
})

test('[L9] logging out ends the wscat that its sign-in had let in', async () => {
  const person = await Person.logIn(server, CUSTOMER)
  const terminal = wscat('-c', `${room}?auth=${await person.ticket()}`, '-x', 'for a while', '-w', '-1')
  await terminal.shows('"text":"for a while"')
  const headers = { Authorization: `Bearer ${person.signIn}` }
  expect((await fetch(`${server.origin}/logout`, { method: 'POST', headers })).status).toBe(200)
  expect(await terminal.exited).toBe(0)
})

test('[L10] the line that the page prints for each chat opens it, run as it stands', async () => {
  const rooms = [ROOM, RAILWAY, BCRYPT]
  for (const [index, line] of (await printedLines(rooms.length)).entries()) await expectLineOpens(line, rooms[index])
})

test('[L10] the line that the page prints survives a room whose id a shell would take apart', async () => {
  const [, , , line] = await printedLines(4)
  await expectLineOpens(line, QUOTED)
})

/** A wscat of which it is known that it is in. */
async function scrumMasterAtATerminal(): Promise<Terminal> {
  const socket = await scrumMaster.open()
  await socket.say('coming in')
  await socket.close()
  const terminal = wscat('-c', `${room}?auth=${await scrumMaster.ticket()}`)
  await terminal.shows('coming in')
  return terminal
}

/** The frames from the question on, without the prompt that wscat prints now and then. */
function conversation({ output }: Terminal): readonly string[] {
  const frames = output.split('\n').map((line) => line.replace(/^> /, ''))
  return frames.slice(frames.findIndex((frame) => frame.includes('Is anybody there?'))).filter(Boolean)
}

/** The first `count` lines that the scrum master reads after logging in with the form, in the order of the chats. */
async function printedLines(count: number): Promise<readonly string[]> {
  const body = new URLSearchParams({ email: SCRUM_MASTER, password: PASSWORD })
  const answer = await fetch(`${server.origin}/login`, { method: 'POST', body, headers: { Accept: 'text/html' } })
  expect(`${answer.status} ${answer.headers.get('Content-Type')}`).toStartWith('200 text/html')
  const lines = [...(await answer.text()).matchAll(/<code[^>]*>(wscat [^<]*)<\/code>/g)]
  expect(lines).toHaveLength(4)
  return lines.slice(0, count).map(([, line = '']) => unescaped(line))
}

async function expectLineOpens(line: string | undefined, id: string | undefined): Promise<void> {
  const socket = await scrumMaster.open(id)
  await socket.say(`said in ${id}`)
  const terminal = Terminal.run(['sh', '-c', line ?? 'false'])
  await terminal.shows(JSON.stringify(`said in ${id}`))
  terminal.type('read on the page')
  await socket.upTo('read on the page')
  terminal.endInput()
  expect(await terminal.exited).toBe(0)
  await socket.close()
}
