// WORKERS: several processes on one port that are one chat, begin as one server, and end as one.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { type Crew, isRunning, startCrew } from './support/crew.ts'
import { knock } from './support/door.ts'
import { CUSTOMER, Person, post } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { Processes, talk, toldBefore } from './support/processes.ts'
import { RedisServer, until } from './support/redis.ts'
import { type Environment, runServer, type Server, startServer } from './support/server.ts'
import type { V1Socket } from './support/v1.ts'
import { come, comeBack, logIn, offsetsBetween, type People } from './support/v1-place.ts'

/** Stands wherever a secret may: it must never come out again. */
const SECRET = 'geheim-Wort-4711'

let chat: Processes
let crew: Crew
let people: People
/** Started by a test for itself alone. */
const others: Server[] = []

beforeAll(async () => {
  chat = await Processes.open()
  crew = await startCrew(chat.environment)
  people = await logIn(crew)
})
afterAll(async () => {
  await crew.remove()
  await chat.remove()
})
afterEach(async () => {
  for (const other of others.splice(0)) await other.remove()
})

describe('one server', () => {
  test('three processes listen on one port, and greet once, in three lines', () => {
    expect(crew.output().trimEnd().split('\n')).toEqual([
      `Propromo Chat is open at ${crew.origin}`,
      expect.stringMatching(/Messages: Redis, 127\.0\.0\.1:\d+, shared by 3 processes\. Tickets: HS256$/),
      expect.any(String),
    ])
    expect(crew.workers()).toHaveLength(3)
    expect(crew.listening()).toEqual(crew.workers())
  })

  test('[R1] [R5] each of them has some of the sockets, and all of those are in one room', async () => {
    const room = await chat.room()
    const sockets = await crowd(people, room, 40)
    expect([...crew.sockets().values()].every((count) => count > 0)).toBe(true)
    const said = (await Promise.all(sockets.map((socket) => talk(socket, 3)))).flat()
    for (const socket of sockets) await socket.event(said.length)
    const [first, ...others] = sockets.map(({ events }) => events)
    expect(first?.map(({ offset }) => offset)).toEqual(offsetsBetween(0, said.length))
    for (const events of others) expect(events).toEqual(first ?? [])
    for (const socket of sockets) {
      for (const frame of socket.frames) if (frame.type === 'sent') expect(toldBefore(socket, frame)).toBe(true)
    }
    const { welcome } = await come(people.customer, room)
    expect(welcome.members.map(({ online }) => online)).toEqual([true, true, true])
  })

  test('[T3] [L9] a ticket opens once, and a logout closes every socket, whichever process has it', async () => {
    const room = await chat.room()
    const ticket = await people.guest.ticket()
    const segment = encodeURIComponent(room)
    const answers = await Promise.all(Array.from({ length: 60 }, () => knock(crew, ticket, { segment })))
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1)
    const leaving = await Person.logIn(crew, CUSTOMER)
    const sockets = await Promise.all(Array.from({ length: 24 }, () => come(leaving, room)))
    await post(crew, '/logout', undefined, { Authorization: `Bearer ${leaving.signIn}` })
    for (const socket of sockets) expect(await socket.ending()).toBe('4502 signed_out')
  })

  test('one that is killed is replaced, and its clients come back to what they missed; the others notice nothing', async () => {
    const room = await chat.room()
    const sockets = await crowd(people, room, 24)
    const before = crew.workers()
    await sockets[0]?.say('before')
    for (const socket of sockets) await socket.event(1)
    kill(before[1])
    await until('it is gone', async () => !crew.workers().includes(before[1] ?? 0))
    const stays = await Promise.all(sockets.map(answers))
    const staying = sockets.filter((_, index) => stays[index])
    const cut = sockets.filter((_, index) => !stays[index])
    expect([staying, cut].map(({ length }) => length > 0)).toEqual([true, true])
    await staying[0]?.say('meanwhile')
    const back = await Promise.all(cut.map((socket) => comeBack(personOf(socket), room, socket)))
    for (const { welcome } of back) expect(welcome).toMatchObject({ resumed: true, offset: 2 })
    await until('another listens', async () => crew.listening().length === 3)
    expect(crew.workers()).toEqual(expect.arrayContaining([before[0], before[2]]))
    await until('the new one has sockets too', async () => {
      await Promise.all((await crowd(people, room, 12)).map((socket) => socket.close()))
      const late = await crowd(people, room, 12)
      const [newest] = crew.workers().filter((pid) => !before.includes(pid))
      const { offset } = (await late[0]?.say('all here')) ?? { offset: 0 }
      for (const socket of [...staying, ...back, ...late]) await socket.event(offset)
      return (crew.sockets().get(newest ?? 0) ?? 0) > 0
    })
    expect(crew.output()).toContain('another takes its place')
  })

  test('when all of them are killed at once, all are replaced, and nothing is lost', async () => {
    const room = await chat.room()
    const sockets = await crowd(people, room, 6)
    const { offset } = (await sockets[0]?.pour(['one', 'two', 'three'])) ?? { offset: 0 }
    for (const socket of sockets) await socket.event(offset)
    const before = crew.workers()
    for (const pid of before) kill(pid)
    await Promise.all(sockets.map(({ closed }) => closed))
    await until('three listen again', async () => crew.listening().length === 3)
    expect(crew.workers().filter((pid) => before.includes(pid))).toEqual([])
    for (const socket of sockets) {
      const { welcome } = await comeBack(personOf(socket), room, socket)
      expect(welcome).toMatchObject({ resumed: true, offset: 3, events: [] })
    }
  })
})

describe('the end', () => {
  test('SIGTERM tells every socket to come back, keeps what was confirmed, and ends all of them with code 0', async () => {
    const { crew, people } = await another()
    const room = await chat.room()
    const sockets = await crowd(people, room, 24)
    const [witness] = sockets
    const workers = crew.workers()
    void Promise.allSettled(sockets.map((socket) => talk(socket, 10_000)))
    await witness?.event(50)
    const stopped = crew.stop()
    for (const socket of sockets) expect(await socket.ending()).toBe('1012 restarting')
    expect(await stopped).toBe(0)
    expect(workers.filter(isRunning)).toEqual([])
    expect(crew.output().match(/^Stopping: /gm)).toHaveLength(1)
    expect(crew.output()).not.toContain('another takes its place')
    const confirmed = sockets.flatMap(({ frames }) =>
      frames.flatMap((frame) => (frame.type === 'sent' ? frame.offset : [])),
    )
    const { welcome } = await come(chat.one.people.customer, room)
    expect(welcome.offset).toBeGreaterThanOrEqual(Math.max(...confirmed))
  })

  test('Ctrl-C in a terminal signals all of them at once: they end the same way', async () => {
    const { crew, people } = await another()
    const sockets = await crowd(people, await chat.room(), 6)
    const workers = crew.workers()
    for (const pid of [...workers, crew.pid]) process.kill(pid, 'SIGINT')
    for (const socket of sockets) expect(await socket.ending()).toBe('1012 restarting')
    await until('all have ended', async () => ![...workers, crew.pid].some(isRunning))
    expect(crew.output()).not.toContain('another takes its place')
  })

  test('a signal while one of them is being replaced ends all of them too', async () => {
    const { crew } = await another()
    const workers = crew.workers()
    kill(workers[0])
    await until('it was noticed', async () => crew.output().includes('another takes its place'))
    expect(await crew.stop()).toBe(0)
    expect(workers.filter(isRunning)).toEqual([])
    expect(await refusesConnections(crew.port)).toBe(true)
  })

  test('when the one that leads is killed the others end, in order, and leave the port', async () => {
    const { crew, people } = await another()
    const sockets = await crowd(people, await chat.room(), 12)
    const workers = crew.workers()
    await crew.kill()
    for (const socket of sockets) expect(await socket.ending()).toBe('1012 restarting')
    await until('none is left', async () => !workers.some(isRunning))
    expect(await refusesConnections(crew.port)).toBe(true)
  })

  test('when the one that leads is killed while the others begin, they end too', async () => {
    const { crew } = await another()
    const workers = crew.workers()
    for (const pid of workers) kill(pid)
    const starting = await newcomers(crew, workers)
    await crew.kill()
    await until('none is left', async () => !starting.some(isRunning))
    expect(await refusesConnections(crew.port)).toBe(true)
  })

  test('when the one that leads is killed while they wait for a Redis that hangs, they end too', async () => {
    const redis = await RedisServer.start()
    const { crew } = await another({ CHAT_STORAGE_URL: redis.url })
    redis.stop()
    const workers = crew.workers()
    for (const pid of workers) kill(pid)
    const starting = await newcomers(crew, workers)
    await crew.kill()
    redis.cont()
    await until('none is left', async () => !starting.some(isRunning))
    expect(await refusesConnections(crew.port)).toBe(true)
    await redis.remove()
  })
})

describe('the beginning', () => {
  test('a secret that was made up at start is the same for all of them', async () => {
    const { crew, people } = await another({ JWT_PRIVATE_KEY: '' })
    expect(crew.output()).toMatch(/^ONLY FOR TRYING OUT: .*made up just now \(JWT_PRIVATE_KEY keeps one\)/m)
    const room = await chat.room()
    const sockets = await crowd(people, room, 30)
    expect([...crew.sockets().values()].every((count) => count > 0)).toBe(true)
    expect(sockets.every(({ isOpen }) => isOpen)).toBe(true)
  })

  // To the chat the second looks like an address that others can reach; it is this machine alone.
  test.each(['127.0.0.1', '::ffff:127.0.0.1'])(
    'demo accounts are the same at all of them, on HOST=%s',
    async (HOST) => {
      const { crew } = await another({ DATABASE_URL: '', JWT_PRIVATE_KEY: '', HOST })
      const [, password = ''] = /log in with the password "([^"]+)"/.exec(crew.output()) ?? []
      expect(password === 'password').toBe(HOST === '127.0.0.1')
      const person = await Person.logIn({ ...crew, origin: `http://127.0.0.1:${crew.port}` }, CUSTOMER, password)
      for (let time = 0; time < 12; time++) await newlyConnected(crew.port, person.signIn)
    },
  )

  test('PORT=0 takes one free port for all of them', async () => {
    const { crew, people } = await another({ PORT: '0' })
    expect(crew.port).toBeGreaterThan(0)
    expect(crew.listening()).toHaveLength(3)
    const sockets = await crowd(people, await chat.room(), 30)
    expect([...crew.sockets().values()].every((count) => count > 0)).toBe(true)
    await sockets[0]?.say('all of you')
    for (const socket of sockets) await socket.event(1)
  })

  test('several processes with messages in SQLite are refused, naming WORKERS', async () => {
    const { exitCode, output } = await runServer({ WORKERS: '3', PORT: String(await freePort()) })
    expect(exitCode).toBe(1)
    expect(output.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^Cannot start, one setting is wrong\. WORKERS: held 3, with messages in SQLite; .*CHAT_STORAGE_URL/,
      ),
    ])
  })

  test.each(['1', '3'])(
    '[E2] a Redis that is not there is one sentence that names CHAT_STORAGE_URL, with WORKERS=%s',
    async (WORKERS) => {
      const at = `127.0.0.1:${await freePort()}`
      const told = await startsNot({ WORKERS, CHAT_STORAGE_URL: `redis://chat:${SECRET}@${at}` })
      expect(told).toStartWith('Cannot start, one setting is wrong. CHAT_STORAGE_URL: ')
      expect(told).toContain(at)
    },
  )

  test.each(['1', '3'])('[E2] so is one that hangs, or wants another password, with WORKERS=%s', async (WORKERS) => {
    const redis = await RedisServer.start()
    await redis.cli('CONFIG', 'SET', 'requirepass', 'something else')
    const CHAT_STORAGE_URL = `redis://:${SECRET}@127.0.0.1:${redis.port}`
    expect(await startsNot({ WORKERS, CHAT_STORAGE_URL })).toContain(' CHAT_STORAGE_URL: ')
    redis.stop()
    expect(await startsNot({ WORKERS, CHAT_STORAGE_URL })).toContain(' CHAT_STORAGE_URL: ')
    await redis.remove()
  })

  test('a port that is in use is one sentence that names PORT, and no process is left', async () => {
    const server = await startServer()
    others.push(server)
    const told = await startsNot({ ...chat.environment, WORKERS: '3', PORT: String(server.port) })
    expect(told).toStartWith(`Cannot start, one setting is wrong. PORT: held ${server.port}, which is in use`)
    expect((await fetch(`${server.origin}/health`)).status).toBe(200)
  })

  test('a port that another chat of several processes uses is in use', async () => {
    const told = await startCrew({ ...chat.environment, WORKERS: '2', PORT: String(crew.port) }).then(
      (other) => others.push(other) && 'nothing, and started',
      String,
    )
    expect(told).toContain(`Cannot start, one setting is wrong. PORT: held ${crew.port}, which is in use`)
    expect(crew.workers()).toHaveLength(3)
  })
})

/** A server of three processes with the same accounts and the same messages. */
async function another(changes: Environment = {}): Promise<{ readonly crew: Crew; readonly people: People }> {
  const crew = await startCrew({ ...chat.environment, ...changes })
  others.push(crew)
  return { crew, people: 'DATABASE_URL' in changes ? people : await logIn(crew) }
}

/** So many sockets of all three people in one room. */
async function crowd(people: People, room: string, count: number): Promise<readonly V1Socket[]> {
  const all = [people.scrumMaster, people.customer, people.guest]
  const sockets = Array.from({ length: count }, (_, index) => all[index % 3]).map(
    (person) => person && come(person, room),
  )
  return (await Promise.all(sockets)).filter((socket) => socket !== undefined)
}

function personOf({ welcome }: V1Socket): Person {
  const all = [people.scrumMaster, people.customer, people.guest]
  const person = all.find(({ email }) => email === welcome.you.email)
  if (!person) throw new Error(`nobody knows ${welcome.you.email}`)
  return person
}

/** Asks for a ticket over a connection of its own, which may lead to any of them. */
async function newlyConnected(port: number, signIn: string): Promise<void> {
  const headers = { Authorization: `Bearer ${signIn}`, Connection: 'close' }
  const answer = await fetch(`http://127.0.0.1:${port}/tickets`, { method: 'POST', headers, keepalive: false })
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"token"')])
}

/** What a server said that ended by itself, with code 1: one line, without the secret. */
async function startsNot(environment: Environment): Promise<string> {
  const settings = { PORT: String(await freePort()), ...environment }
  const { exitCode, output } = await runServer(settings)
  expect(exitCode).toBe(1)
  expect(output).not.toContain(SECRET)
  expect(output.trimEnd().split('\n')).toEqual([expect.any(String)])
  return output
}

/** Whether its process is still there: one whose process is gone is closed, and may not have noticed yet. */
function answers(socket: V1Socket): Promise<boolean> {
  return socket.settle().then(
    () => true,
    () => false,
  )
}

/** Those that take the places of the former ones, as soon as they are on their way. */
async function newcomers({ workers }: Crew, former: readonly number[]): Promise<readonly number[]> {
  const fresh = () => workers().filter((pid) => !former.includes(pid))
  await until('others are on their way', async () => fresh().length === former.length)
  return fresh()
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no such process')
  process.kill(pid, 'SIGKILL')
}

function refusesConnections(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    () => false,
    () => true,
  )
}
