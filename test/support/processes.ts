// Several server processes that are one chat: one Redis, one Postgres, one key, and the same three people everywhere.
import { Clock } from './clock.ts'
import { CUSTOMER, OUTSIDER, type Person, SCRUM_MASTER } from './people.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { RedisServer } from './redis.ts'
import { type Environment, type Server, startServer, UNLIMITED } from './server.ts'
import { Propromo } from './tables.ts'
import { freshId, isEvent, type Sent, type ServerFrame, type V1Socket } from './v1.ts'
import { logIn, type People } from './v1-place.ts'

export interface ServerProcess {
  readonly server: Server
  /** They log in here and open their sockets here. */
  readonly people: People
  /** This process' own clock. */
  readonly clock: Clock
}

export interface ProcessesOptions {
  readonly environment?: Environment
  /** Whether each process goes by a clock in the hand of the test. */
  readonly clocks?: boolean
}

const KEY = Buffer.alloc(32, 'one chat').toString('base64')

export class Processes {
  readonly redis: RedisServer
  readonly propromo: Propromo
  readonly one: ServerProcess
  readonly two: ServerProcess
  readonly #postgres: Postgres
  readonly #all: ServerProcess[]
  readonly #options: ProcessesOptions
  #rooms = 0

  /** Two processes; more can join. */
  static async open(options: ProcessesOptions = {}): Promise<Processes> {
    const [redis, postgres] = await Promise.all([RedisServer.start(), startPostgres('dummy/test.sql')])
    const propromo = new Propromo(postgres)
    await propromo.makeLoginsCheap()
    await propromo.addMonitor({ monitor_hash: 'lobby' })
    await propromo.join(OUTSIDER, 'lobby')
    const start = () => startProcess(environmentOf(redis, postgres, options), options)
    const [one, two] = await Promise.all([start(), start()])
    return new Processes({ redis, postgres, propromo, options, one, two })
  }

  private constructor(parts: {
    redis: RedisServer
    postgres: Postgres
    propromo: Propromo
    options: ProcessesOptions
    one: ServerProcess
    two: ServerProcess
  }) {
    this.redis = parts.redis
    this.propromo = parts.propromo
    this.one = parts.one
    this.two = parts.two
    this.#postgres = parts.postgres
    this.#options = parts.options
    this.#all = [parts.one, parts.two]
  }

  /** Makes a server one of this group. */
  get environment(): Environment {
    return environmentOf(this.redis, this.#postgres, this.#options)
  }

  /** Another process of the group. */
  async join(changes: Environment = {}): Promise<ServerProcess> {
    const another = await startProcess({ ...this.environment, ...changes }, this.#options)
    this.#all.push(another)
    return another
  }

  /** A new room with all three as members, the scrum master first; nobody is in it yet. */
  async room(): Promise<string> {
    const room = `room ${++this.#rooms}`
    await this.propromo.addMonitor({ monitor_hash: room })
    for (const email of [SCRUM_MASTER, CUSTOMER, OUTSIDER]) await this.propromo.join(email, room)
    return room
  }

  async remove(): Promise<void> {
    for (const { server, clock } of this.#all) {
      await server.remove()
      clock.remove()
    }
    await this.propromo.close()
    await this.#postgres.remove()
    await this.redis.remove()
  }
}

/** Everyone who speaks gets through this much, a few things at a time, and looks at what each was answered. */
export async function talk(speaker: V1Socket, count: number): Promise<readonly Sent[]> {
  const said: Sent[] = []
  while (said.length < count)
    said.push(...(await Promise.all(['one', 'two', 'three'].map((text) => speaker.say(text)))))
  return said
}

/** Sends with this id of the client's own, and waits for what answers it. */
export function saying(text: string, id: string = freshId()) {
  return { type: 'send', id, text } as const
}

/** Where among everything it heard the socket was told of this event, and where it was answered. */
export function toldBefore(socket: V1Socket, { id, offset }: Sent): boolean {
  const told = socket.frames.findIndex((frame) => isEvent(frame) && frame.offset === offset)
  const answered = socket.frames.findIndex((frame) => frame.type === 'sent' && frame.id === id)
  return told >= 0 && told < answered
}

/** From now on: the frames of this type, once everything that the server has to say so far is here. */
export function newsOf(socket: V1Socket, type: ServerFrame['type']): () => Promise<readonly ServerFrame[]> {
  const from = socket.frames.length
  return async () => {
    await socket.settle()
    return socket.frames.slice(from).filter((frame) => frame.type === type)
  }
}

/** The frame of this type that says just this of the member, once it is here; passes everything before it. */
export function hears(socket: V1Socket, expected: ServerFrame): Promise<ServerFrame> {
  return socket.next(expected.type, (frame) => JSON.stringify(frame) === JSON.stringify(expected))
}

export function presence(person: Person | string, online: boolean) {
  return { type: 'presence', email: typeof person === 'string' ? person : person.email, online } as const
}

export function typing(email: string, on: boolean) {
  return { type: 'typing', email, on } as const
}

/** As `next` of a socket, for what takes longer than a socket's own patience. */
export async function within<Result>(seconds: number, what: string, promise: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no ${what} within ${seconds} s`)), seconds * 1000)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function environmentOf(redis: RedisServer, postgres: Postgres, { environment = {} }: ProcessesOptions): Environment {
  const shared = { DATABASE_URL: postgres.url, CHAT_STORAGE_URL: redis.url, JWT_PRIVATE_KEY: KEY }
  return { ...UNLIMITED, ...shared, ...environment }
}

async function startProcess(environment: Environment, { clocks = false }: ProcessesOptions): Promise<ServerProcess> {
  const clock = new Clock()
  const server = await startServer({ ...environment, ...(clocks ? clock.environment : {}) })
  return { server, people: await logIn(server), clock }
}
