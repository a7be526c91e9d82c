// Where v1 clients meet: a Postgres, a server, three people, and as many rooms as a test wants for itself.
import { CUSTOMER, OUTSIDER, Person, SCRUM_MASTER } from './people.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Environment, type Server, startServer, UNLIMITED } from './server.ts'
import { Propromo } from './tables.ts'
import { type Opening, V1Socket } from './v1.ts'

/** The same three people everywhere; the scrum master is the first in every room, and so its owner (rule R7). */
export interface People {
  readonly scrumMaster: Person
  readonly customer: Person
  readonly guest: Person
}

export const NAMES = { [SCRUM_MASTER]: 'René Aubertin', [CUSTOMER]: 'Käthe Grüßmehl', [OUTSIDER]: 'Tomasz Wilk' }

/** One room with a socket of each. */
export interface V1Meeting {
  readonly room: string
  readonly owner: V1Socket
  readonly customer: V1Socket
  readonly guest: V1Socket
}

export class V1Place {
  readonly postgres: Postgres
  readonly propromo: Propromo
  readonly server: Server
  readonly people: People
  #rooms = 0

  static async open(environment: Environment = UNLIMITED): Promise<V1Place> {
    const postgres = await startPostgres('dummy/test.sql')
    const propromo = new Propromo(postgres)
    await propromo.makeLoginsCheap()
    await propromo.addMonitor({ monitor_hash: 'lobby' })
    await propromo.join(OUTSIDER, 'lobby')
    const server = await startServer({ DATABASE_URL: postgres.url, ...environment })
    return new V1Place(postgres, propromo, server, await logIn(server))
  }

  private constructor(postgres: Postgres, propromo: Propromo, server: Server, people: People) {
    this.postgres = postgres
    this.propromo = propromo
    this.server = server
    this.people = people
  }

  /** A new room that these accounts joined in this order. */
  async room(...emails: readonly string[]): Promise<string> {
    const room = `room ${++this.#rooms}`
    await this.propromo.addMonitor({ monitor_hash: room })
    for (const email of emails.length > 0 ? emails : [SCRUM_MASTER, CUSTOMER, OUTSIDER])
      await this.propromo.join(email, room)
    return room
  }

  /** A new room with all three in it; everyone has heard that the others came. */
  async meet(people = this.people): Promise<V1Meeting> {
    const room = await this.room()
    const owner = await come(people.scrumMaster, room)
    const customer = await come(people.customer, room)
    const guest = await come(people.guest, room)
    for (const early of [owner, customer]) await early.next('presence', ({ email }) => email === OUTSIDER)
    return { room, owner, customer, guest }
  }

  /** Another server with the same accounts and its own messages, and the same people logged in there. */
  async another(environment: Environment): Promise<People & { readonly server: Server }> {
    const server = await startServer({ DATABASE_URL: this.postgres.url, ...environment })
    return { server, ...(await logIn(server)) }
  }

  async remove(): Promise<void> {
    await this.propromo.close()
    await this.server.remove()
    await this.postgres.remove()
  }
}

/** Opens the room with a fresh ticket. */
export async function come(person: Person, room: string, opening: Opening = {}): Promise<V1Socket> {
  return V1Socket.open(person.server, room, await person.ticket(), opening)
}

/** Comes back to where the welcome and the events of an earlier socket ended. */
export function comeBack(person: Person, room: string, before: V1Socket): Promise<V1Socket> {
  return come(person, room, { query: cursorOf(before) })
}

export function cursorOf({ welcome, events }: V1Socket): { since: number; epoch: string } {
  return { since: events.at(-1)?.offset ?? welcome.offset, epoch: welcome.epoch }
}

/** They talk as fast as they are answered, a few things at a time; gives back what ends it. */
export function talkOn(...speakers: readonly V1Socket[]): () => Promise<void> {
  let talking = true
  const talks = speakers.map(async (speaker) => {
    while (talking) await Promise.all(['one', 'two', 'three'].map((text) => speaker.say(text)))
  })
  return async () => {
    talking = false
    await Promise.all(talks)
  }
}

/** Every offset after `since` and up to `upto`. */
export function offsetsBetween(since: number, upto: number): number[] {
  return Array.from({ length: upto - since }, (_, index) => since + 1 + index)
}

export async function logIn(server: Server): Promise<People> {
  const [scrumMaster, customer, guest] = await Promise.all(
    [SCRUM_MASTER, CUSTOMER, OUTSIDER].map((email) => Person.logIn(server, email)),
  )
  if (!scrumMaster || !customer || !guest) throw new Error('unreachable: three came in, fewer came out')
  return { scrumMaster, customer, guest }
}
