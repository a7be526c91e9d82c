// What was told is kept: the server killed while people talk, its store locked by another process, its disk full.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cheapAccounts } from './support/accounts.ts'
import { lockElsewhere } from './support/lock.ts'
import { CUSTOMER, Person, type PlainMessage, type PlainSocket, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'
import { handshake } from './support/wire.ts'

/** Nothing here is about limits, and joining shows everything that the room ever held. */
const SETTINGS = {
  PLAIN_HISTORY: '10000',
  LIMIT_BACKLOG_BYTES: '0',
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
}
/** After how many messages heard the server is killed, once for each. */
const KILLS = [1, 60, 8, 400]
const MOST_POURED = 750

let server: Server
let customer: Person
let scrumMaster: Person
let railway: string

beforeAll(async () => {
  server = await startServer({ ...SETTINGS, ...(await cheapAccounts()) })
  customer = await Person.logIn(server, CUSTOMER)
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
  railway = scrumMaster.chats.find(({ monitor_hash }) => monitor_hash !== ROOM)?.monitor_hash ?? ''
})
afterAll(() => server.remove())

test('[R3] whatever anyone heard before a kill -9 is there after it: once, in order, without a hole', async () => {
  for (const [round, heard] of KILLS.entries()) {
    const talkers = await Promise.all([
      Talker.come(customer, ROOM, `${round}: first`),
      Talker.come(customer, ROOM, `${round}: second`),
      Talker.come(scrumMaster, ROOM, `${round}: third`),
      Talker.come(scrumMaster, railway, `${round}: fourth`),
      Talker.come(scrumMaster, railway, `${round}: fifth`),
    ])
    const pouring = talkers.map((talker) => talker.pour())
    await talkers[0]?.hear(heard, `${round}: `)
    await server.kill()
    await Promise.all([...pouring, ...talkers.map(({ socket }) => socket.closed)])
    await server.restart()

    for (const room of [ROOM, railway]) {
      const history = await historyOf(scrumMaster, room)
      expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => String(index + 1)))
      const texts = history.map(({ text }) => text)
      expect(new Set(texts).size).toBe(texts.length)
      for (const { socket, sent, name } of talkers.filter((talker) => talker.room === room)) {
        const heardHere = socket.frames.map((frame) => JSON.parse(frame) as PlainMessage)
        expect(heardHere).toEqual(history.slice(0, heardHere.length))
        const kept = texts.filter((text) => text.startsWith(`${name}, `))
        expect(kept).toEqual(sent.slice(0, kept.length))
      }
    }
  }
})

test('[R6] while the store is locked senders are told so, everyone stays, and all recovers by itself', async () => {
  const talking = await customer.open()
  const listening = await scrumMaster.open()
  const elsewhere = await scrumMaster.open(railway)
  const before = await talking.say('before the lock')
  await listening.upTo('before the lock')
  await elsewhere.say('before the lock')
  const ticket = await customer.ticket()

  const lock = await lockElsewhere(storeOf(server))
  talking.send('lost')
  elsewhere.send('lost too')
  const entering = handshake(server, `/chat/${ROOM}?auth=${ticket}`)
  const loggingIn = post(server, '/login', { email: CUSTOMER, password: 'password' })
  expect((await fetch(`${server.origin}/health`)).status).toBe(200)
  expect(await refusal(talking)).toEqual(STORE_UNAVAILABLE)
  expect(await refusal(elsewhere)).toEqual(STORE_UNAVAILABLE)
  const [entered, loggedIn] = [await entering, await loggingIn]
  expect([entered.status, JSON.parse(entered.body)]).toEqual([503, STORE_UNAVAILABLE])
  expect([loggedIn.status, await loggedIn.json()]).toEqual([503, STORE_UNAVAILABLE])
  for (const after of [entered.headers.get('retry-after'), loggedIn.headers.get('Retry-After')]) {
    expect(Number(after)).toBeGreaterThan(0)
  }

  talking.send('sent while locked, kept when it is over')
  await lock.release()
  expect(await listening.nextMessage()).toMatchObject({
    id: String(Number(before.id) + 1),
    text: 'sent while locked, kept when it is over',
  })
  await elsewhere.say('after the lock')
  const late = await handshake(server, `/chat/${ROOM}?auth=${ticket}`)
  expect(late.status).toBe(101) // What was refused for the store's sake did not spend the ticket.
  late.socket.destroy()
  for (const socket of [talking, listening, elsewhere]) await socket.close()
})

test('[R6] a full disk refuses what does not fit, keeps everyone, and goes on when there is room again', async () => {
  const talking = await customer.open()
  const listening = await scrumMaster.open()
  const before = await talking.say('before the disk is full')
  await listening.upTo('before the disk is full')

  const largest = Math.max(...['', '-wal'].map((ending) => statSync(storeOf(server) + ending).size))
  limitFiles(server, String(largest + 100_000))
  let kept = 0
  for (;;) {
    talking.send(`${kept} ${'x'.repeat(16_000)}`)
    const frame = JSON.parse(await talking.next()) as PlainMessage | typeof STORE_UNAVAILABLE
    if ('success' in frame) {
      expect(frame).toEqual(STORE_UNAVAILABLE)
      break
    }
    expect(frame.id).toBe(String(Number(before.id) + ++kept))
    expect(kept).toBeLessThan(100)
  }
  expect(kept).toBeGreaterThan(0)
  talking.send(`lost ${'x'.repeat(16_000)}`)
  expect(await refusal(talking)).toEqual(STORE_UNAVAILABLE)

  limitFiles(server, 'unlimited')
  const after = await talking.say('there is room again')
  expect(Number(after.id)).toBe(Number(before.id) + kept + 1)
  expect(await listening.upTo('there is room again')).toHaveLength(kept + 1)

  await server.kill()
  await server.restart()
  const history = await historyOf(customer, ROOM)
  expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => String(index + 1)))
  expect(history[Number(after.id) - 1]).toEqual(after)
})

const STORE_UNAVAILABLE = { success: false, code: 'store_unavailable', message: expect.stringMatching(/\w+ \w+/) }

/** Somebody who talks without waiting for an answer, for as long as anyone listens. */
class Talker {
  readonly sent: string[] = []
  readonly room: string
  readonly name: string
  readonly socket: PlainSocket

  private constructor(room: string, name: string, socket: PlainSocket) {
    this.room = room
    this.name = name
    this.socket = socket
  }

  static async come(person: Person, room: string, name: string): Promise<Talker> {
    return new Talker(room, name, await person.open(room))
  }

  async pour(): Promise<void> {
    while (this.socket.isOpen && this.sent.length < MOST_POURED) {
      const text = `${this.name}, ${this.sent.length}`
      this.sent.push(text)
      this.socket.send(text)
      if (this.sent.length % 5 === 0) await new Promise(setImmediate)
    }
  }

  async hear(count: number, start: string): Promise<void> {
    for (let heard = 0; heard < count; ) if ((await this.socket.nextMessage()).text.startsWith(start)) heard++
  }
}

/** Everything that the room holds, the last of it said just now to find the end. */
async function historyOf(person: Person, room: string): Promise<readonly PlainMessage[]> {
  const socket = await person.open(room)
  const end = `the end, ${crypto.randomUUID()}`
  socket.send(end)
  const history = await socket.upTo(end)
  await socket.close()
  return history
}

async function refusal(socket: PlainSocket): Promise<unknown> {
  return JSON.parse(await socket.next())
}

function storeOf({ folder }: Server): string {
  return join(folder, 'chat.sqlite')
}

/** How large a file the server may write: what a full disk is to it, without one, and for nobody else. */
function limitFiles({ pid }: Server, most: string): void {
  const { exitCode, stderr } = Bun.spawnSync(['prlimit', '--pid', String(pid), `--fsize=${most}:unlimited`])
  if (exitCode !== 0) throw new Error(`prlimit: ${stderr.toString()}`)
}
