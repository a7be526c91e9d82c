// Where two servers share one Redis: Propromo's accounts, a room for each crowd, and the log read past every server.
import { randomBytes } from 'node:crypto'
import { AdmissionRefused, logIn, ticketsFrom } from '../../client/index.ts'
import type { Cursor } from '../../protocol/event.ts'
import { eventFrame } from '../../protocol/v1.ts'
import { parseAddress } from '../../server/adapters/redis/lines/address.ts'
import { connect } from '../../server/adapters/redis/lines/connection.ts'
import { redisLog } from '../../server/adapters/redis/log.ts'
import { CUSTOMER, OUTSIDER, PASSWORD, SCRUM_MASTER } from './people.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Environment, type Server, startServer, UNLIMITED } from './server.ts'
import { Propromo } from './tables.ts'
import type { EventFrame } from './v1.ts'

/** Two processes of the chat that share a Redis and believe each other's tickets. */
export type Pair = readonly [first: Server, second: Server]

const MOST_EVENTS = 1_000

export class RedisPlace {
  readonly #postgres: Postgres
  readonly #propromo: Propromo
  readonly #secret = randomBytes(32).toString('base64')
  #rooms = 0

  static async open(): Promise<RedisPlace> {
    const postgres = await startPostgres('dummy/test.sql')
    const propromo = new Propromo(postgres)
    await propromo.makeLoginsCheap()
    return new RedisPlace(postgres, propromo)
  }

  private constructor(postgres: Postgres, propromo: Propromo) {
    this.#postgres = postgres
    this.#propromo = propromo
  }

  /** A new room with everybody in it. */
  async room(): Promise<string> {
    const room = `room ${++this.#rooms}`
    await this.#propromo.addMonitor({ monitor_hash: room })
    for (const email of [SCRUM_MASTER, CUSTOMER, OUTSIDER]) await this.#propromo.join(email, room)
    return room
  }

  /** Makes a server one of those that share this Redis. */
  environment(redisUrl: string): Environment {
    const shared = { DATABASE_URL: this.#postgres.url, JWT_PRIVATE_KEY: this.#secret, CHAT_STORAGE_URL: redisUrl }
    return { ...UNLIMITED, ...shared }
  }

  server(redisUrl: string, environment: Environment = {}): Promise<Server> {
    return startServer({ ...this.environment(redisUrl), ...environment })
  }

  async pair(firstUrl: string, secondUrl = firstUrl): Promise<Pair> {
    return Promise.all([this.server(firstUrl), this.server(secondUrl)])
  }

  async remove(): Promise<void> {
    await this.#propromo.close()
    await this.#postgres.remove()
  }
}

/** Fresh tickets as a page gets them: from the sign-in, and from the password where that has ended. */
export function ticketsOf({ origin: url }: Pick<Server, 'origin'>, email: string): () => Promise<string> {
  let signIn: string | undefined
  return async () => {
    try {
      if (signIn !== undefined) return await ticketsFrom({ url, signIn })()
    } catch (error) {
      if (!(error instanceof AdmissionRefused) || error.code !== 'signed_out') throw error
    }
    const admission = await logIn({ url, email, password: PASSWORD, remember: true })
    signIn = admission.signIn
    return admission.ticket
  }
}

/** Every event that is kept of the room, as it would be told, read from the store itself and not from what a server remembers. */
export async function keptIn(redisUrl: string, room: string): Promise<Cursor & { readonly events: EventFrame[] }> {
  const connection = await connect(parseAddress(redisUrl))
  try {
    const log = redisLog(connection, Date.now, (bytes) => randomBytes(bytes).toString('base64url'))
    const end = await log.end(room)
    const events = await log.since(room, { ...end, offset: 0 }, MOST_EVENTS)
    if (events === 'gap') throw new Error(`not every event up to ${end.offset} is kept`)
    return { ...end, events: events.map((event) => JSON.parse(eventFrame(event)) as EventFrame) }
  } finally {
    connection.close()
  }
}
