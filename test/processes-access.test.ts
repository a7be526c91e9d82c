// What may happen once, or not too often, or no longer: counted over all processes, wherever it is tried.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { endSignIn, listSignIns } from '../client/index.ts'
import { commanded } from './support/commands.ts'
import { knock } from './support/door.ts'
import { type AdmissionBody, CUSTOMER, OUTSIDER, PASSWORD, Person, post } from './support/people.ts'
import { Processes, within } from './support/processes.ts'
import { until } from './support/redis.ts'
import type { Server } from './support/server.ts'
import { laravelHash } from './support/tables.ts'
import { V1Socket } from './support/v1.ts'
import { come } from './support/v1-place.ts'
import { raw } from './support/wire.ts'

/** Failed logins for one account from one address in a minute, as the servers have it unless told otherwise. */
const MOST_FAILURES = 10

let chat: Processes
let servers: readonly [Server, Server]

beforeAll(async () => {
  chat = await Processes.open({ environment: { LIMIT_LOGINS_PER_MINUTE: '' } })
  servers = [chat.one.server, chat.two.server]
})
afterAll(() => chat.remove())

test('[T3] of a hundred simultaneous tries of one ticket, half of them at each process, exactly one opens', async () => {
  for (let round = 0; round < 3; round++) {
    const room = encodeURIComponent(await chat.room())
    const ticket = await chat.one.people.customer.ticket()
    const tries = Array.from({ length: 100 }, (_, index) =>
      knock(servers[index % 2 ? 0 : 1], ticket, { segment: room }),
    )
    const answers = await Promise.all(tries)
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1)
    expect(answers.filter((answer) => answer === '403 ticket_spent')).toHaveLength(99)
  }
})

test('[T3] a ticket that was spent at one process is spent at the other, and still opens another room there, once', async () => {
  const [room, other] = [encodeURIComponent(await chat.room()), encodeURIComponent(await chat.room())]
  const [one, two] = servers
  const ticket = await chat.one.people.customer.ticket()
  expect(await knock(one, ticket, { segment: room })).toBe('open')
  expect(await knock(two, ticket, { segment: room })).toBe('403 ticket_spent')
  expect(await knock(two, ticket, { segment: other })).toBe('open')
  expect(await knock(one, ticket, { segment: other })).toBe('403 ticket_spent')
})

test('[L9] a sign-in from one process gets tickets at the other, and they open rooms at both', async () => {
  const room = await chat.room()
  for (const [here, there] of [servers, servers.toReversed()] as const) {
    if (!here || !there) throw new Error('unreachable: there are two servers')
    const { signIn } = await Person.logIn(here, CUSTOMER)
    const ticket = await ticketAt(there, signIn)
    const socket = await V1Socket.open(here, room, ticket)
    expect(socket.welcome.you.email).toBe(CUSTOMER)
    await socket.close()
  }
})

test('[L9] logging out at one process closes what the sign-in opened at both, and nothing else', async () => {
  const room = await chat.room()
  const [one, two] = servers
  const leaving = await Person.logIn(one, CUSTOMER)
  const opened = [
    await V1Socket.open(one, room, await leaving.ticket()),
    await V1Socket.open(two, room, await leaving.ticket()),
    await V1Socket.open(two, room, await ticketAt(two, leaving.signIn)),
  ]
  const plain = await Person.logIn(one, CUSTOMER)
  const script = await plain.open(room)
  const staying = [await come(chat.two.people.customer, room), await come(chat.one.people.customer, room)]
  const unused = await leaving.ticket()
  expect(await logOut(one, leaving.signIn)).toBe(200)
  for (const socket of opened) expect(await socket.ending()).toBe('4502 signed_out')
  for (const server of servers) {
    expect(await V1Socket.dial(server, room, unused).ending()).toBe('4502 signed_out')
    expect(await knock(server, unused, { segment: encodeURIComponent(room) })).toBe('401 signed_out')
    expect(await statusOfTickets(server, leaving.signIn)).toBe('401 signed_out')
  }
  for (const socket of staying) await socket.say('still here')
  expect(script.isOpen).toBe(true)
  expect(await logOut(two, plain.signIn)).toBe(200)
  expect(await within(5, 'close of the plain socket', script.closed)).toEqual({ code: 4502, reason: 'signed_out' })
})

test('[L12] signing out everywhere at one process closes the sockets of every sign-in at both', async () => {
  const email = await account('everywhere@example.com')
  const [one, two] = servers
  const staying = await V1Socket.open(two, 'lobby', await chat.two.people.guest.ticket())
  const persons = await Promise.all([one, two, one].map((server) => Person.logIn(server, email)))
  const sockets = await Promise.all(
    persons.flatMap((person) => servers.map(async (at) => V1Socket.open(at, 'lobby', await person.ticket()))),
  )
  const tickets = await Promise.all(persons.map((person) => person.ticket()))
  const headers = { Authorization: `Bearer ${persons[1]?.signIn}` }
  expect((await post(one, '/logout', { everywhere: true }, headers)).status).toBe(200)
  for (const socket of sockets) {
    expect(await within(10, 'close', socket.closed)).toEqual({ code: 4502, reason: 'signed_out' })
  }
  for (const at of servers) {
    for (const ticket of tickets) expect(await V1Socket.dial(at, 'lobby', ticket).ending()).toBe('4502 signed_out')
    for (const { signIn } of persons) expect(await statusOfTickets(at, signIn)).toBe('401 signed_out')
  }
  await staying.say('still here')
  await staying.close()
})

test('[L13] at either process one sees all sign-ins, and ends one that was started and opened rooms at the other', async () => {
  const email = await account('everywhere-listed@example.com')
  const [one, two] = servers
  const [phone, laptop] = [await Person.logIn(one, email), await Person.logIn(two, email)]
  const lost = await Promise.all(servers.map(async (at) => V1Socket.open(at, 'lobby', await phone.ticket())))
  const kept = await V1Socket.open(one, 'lobby', await laptop.ticket())
  const listed = await listSignIns({ url: two.origin, signIn: laptop.signIn })
  expect(listed.map(({ current }) => current)).toEqual([true, false])
  await endSignIn({ url: two.origin, signIn: laptop.signIn, id: listed[1]?.id ?? '' })
  for (const socket of lost) expect(await socket.ending()).toBe('4502 signed_out')
  for (const at of servers) {
    expect(await statusOfTickets(at, phone.signIn)).toBe('401 signed_out')
    expect(await listSignIns({ url: at.origin, signIn: laptop.signIn })).toHaveLength(1)
  }
  await kept.say('still here')
  await kept.close()
})

test('[L14] tickets of one account are counted over both processes and all of its sign-ins', async () => {
  const limited = await chat.join({ LIMIT_TICKETS_PER_MINUTE: '6' })
  const email = await account('ticketed@example.com')
  const persons = await Promise.all([1, 2].map(() => Person.logIn(limited.server, email)))
  const other = await Person.logIn(limited.server, await account('unticketed@example.com'))
  const answers: string[] = []
  for (let round = 0; round < 4; round++) {
    for (const { signIn } of persons) {
      const at = round % 2 ? limited.server : chat.one.server
      const answer = await statusOfTickets(at, signIn)
      if (at === limited.server) answers.push(answer)
    }
  }
  expect(answers).toEqual(['200', '200', '200', '200'])
  for (const { signIn } of persons) answers.push(await statusOfTickets(limited.server, signIn))
  expect(answers.slice(4)).toEqual(['200', '200'])
  expect(await statusOfTickets(limited.server, persons[0]?.signIn ?? '')).toBe('429 too_many_requests')
  expect(await statusOfTickets(limited.server, other.signIn)).toBe('200')
})

test('[L9] a logout while the other process hears nothing closes its sockets all the same', async () => {
  const room = await chat.room()
  const [one, two] = servers
  for (let round = 0; round < 5; round++) {
    const leaving = await Person.logIn(one, CUSTOMER)
    const socket = await V1Socket.open(two, room, await leaving.ticket())
    await Promise.all([logOut(one, leaving.signIn), chat.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')])
    expect(await within(10, 'close', socket.closed)).toEqual({ code: 4502, reason: 'signed_out' })
  }
})

test('[L9] [T3] whoever logs out while they come in at the other process is not let in behind their own back', async () => {
  const room = await chat.room()
  const [one, two] = servers
  for (let round = 0; round < 15; round++) {
    const leaving = await Person.logIn(one, CUSTOMER)
    const tickets = await Promise.all(Array.from({ length: 6 }, () => leaving.ticket()))
    const sockets = tickets.map((ticket) => V1Socket.dial(two, room, ticket))
    await Promise.all([sockets[0]?.next('welcome').catch(() => undefined), logOut(one, leaving.signIn)])
    for (const socket of sockets) expect(await socket.ending()).toBe('4502 signed_out')
  }
})

test('[L9] a changed password that is noticed at one process closes the sockets at the other', async () => {
  const room = await chat.room()
  const [one, two] = servers
  const person = await Person.logIn(one, OUTSIDER)
  const socket = await V1Socket.open(two, room, await person.ticket())
  await chat.propromo.setHash(OUTSIDER, await laravelHash('another password'))
  try {
    expect(await statusOfTickets(one, person.signIn)).toBe('401 signed_out')
    expect(await socket.ending()).toBe('4502 signed_out')
  } finally {
    await chat.propromo.setHash(OUTSIDER, await laravelHash(PASSWORD))
  }
})

test('[L6] failed logins are counted over both processes, and forgotten by a right one at either', async () => {
  const [one, two] = servers
  const [email, from] = [await account('counted@example.com'), '127.0.0.21']
  for (let failure = 1; failure < MOST_FAILURES; failure++) {
    expect(await logInFrom(from, failure % 2 ? one : two, email, 'wrong')).toBe('401 wrong_credentials')
  }
  expect(await logInFrom(from, two, email, PASSWORD)).toBe('200')
  for (let failure = 1; failure <= MOST_FAILURES; failure++) {
    expect(await logInFrom(from, failure % 2 ? one : two, email, 'wrong')).toBe('401 wrong_credentials')
  }
  for (const server of servers) expect(await logInFrom(from, server, email, PASSWORD)).toBe('429 too_many_attempts')
  for (const server of servers) expect(await logInFrom('127.0.0.22', server, email, PASSWORD)).toBe('200')
})

test('[L6] guesses sent to both processes all at once are not all checked', async () => {
  const [email, from] = [await account('guessed@example.com'), '127.0.0.23']
  const guesses = Array.from({ length: 60 }, (_, index) => `guess ${index}`)
  const answers = await Promise.all(
    guesses.map((guess, index) => logInFrom(from, servers[index % 2 ? 0 : 1], email, guess)),
  )
  const checked = answers.filter((answer) => answer === '401 wrong_credentials')
  // Those that are being checked at the same moment cannot know of each other: four at each process at the most.
  expect(checked.length).toBeLessThan(MOST_FAILURES + 2 * 4)
  for (const server of servers) expect(await logInFrom(from, server, email, PASSWORD)).toBe('429 too_many_attempts')
})

async function account(email: string): Promise<string> {
  await chat.propromo.addAccount(email, await laravelHash(PASSWORD), 'lobby')
  return email
}

function logOut(server: Server, signIn: string): Promise<number> {
  return post(server, '/logout', undefined, { Authorization: `Bearer ${signIn}` }).then(({ status }) => status)
}

test('[AU1] [R4] what an owner deletes of others is noted once, though another process is asked for it again', async () => {
  const room = await chat.room()
  const customer = await come(chat.one.people.customer, room)
  const here = await come(chat.one.people.scrumMaster, room)
  const there = await come(chat.two.people.scrumMaster, room)
  for (const text of ['a plan', 'another']) await customer.say(text)
  const deletion = { type: 'delete', id: 'of the first', message: '1' }
  const answer = await here.change(deletion)
  expect(await deletedIn(room, 1)).toEqual(['1'])
  expect(await there.change(deletion)).toEqual(answer)
  await there.change({ type: 'delete', message: '2' })
  expect(await deletedIn(room, 2)).toEqual(['1', '2'])
})

/** Which messages are noted to have been deleted for another, once so many are. */
async function deletedIn(room: string, many: number): Promise<readonly unknown[]> {
  let found: readonly unknown[] = []
  const enough = async () => {
    const out = await commanded('audit', { CHAT_STORAGE_URL: chat.redis.url }, '--what', 'deleted_for_another')
    const entries = out.split('\n').filter(Boolean)
    const lines = entries.map((line) => JSON.parse(line) as { readonly room: string; readonly message: string })
    found = lines.filter((line) => line.room === room).map(({ message }) => message)
    return found.length >= many
  }
  await until(`${many} deletions noted`, enough)
  return found
}

async function ticketAt(server: Server, signIn: string): Promise<string> {
  const answer = await post(server, '/tickets', undefined, { Authorization: `Bearer ${signIn}` })
  return ((await answer.json()) as AdmissionBody).token
}

async function statusOfTickets(server: Server, signIn: string): Promise<string> {
  const answer = await post(server, '/tickets', undefined, { Authorization: `Bearer ${signIn}` })
  return outcome(answer.status, await answer.text())
}

/** From an address of its own, because one address may fail only so often, whoever it tries to be. */
async function logInFrom(from: string, server: Server, email: string, password: string): Promise<string> {
  const body = JSON.stringify({ email, password })
  const headers = `Host: 127.0.0.1:${server.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  const answer = await raw(server, `POST /login HTTP/1.1\r\n${headers}\r\n\r\n${body}`, { from })
  return outcome(answer.status, answer.body)
}

function outcome(status: number, body: string): string {
  const { code = '' } = JSON.parse(body) as { code?: string }
  return `${status} ${code}`.trim()
}
