// The customer and the scrum master meet, each time in a room of its own.
import { CUSTOMER, Person, type PlainMessage, type PlainSocket, SCRUM_MASTER } from './people.ts'
import { startPostgres } from './postgres.ts'
import { type Environment, type Server, startServer } from './server.ts'
import { Propromo } from './tables.ts'

export interface Meeting {
  readonly room: string
  /** Of the customer. */
  readonly speaker: PlainSocket
  /** Of the scrum master. */
  readonly witness: PlainSocket
}

export interface MeetingPlace {
  readonly server: Server
  readonly customer: Person
  readonly scrumMaster: Person
  /** A new room, with both of them in it. */
  meet(): Promise<Meeting>
  restart(): Promise<void>
  /** Restarts with these settings for as long as the work takes, and as before afterwards. */
  during(changes: Environment, work: () => Promise<void>): Promise<void>
  remove(): Promise<void>
}

export async function openMeetingPlace(environment: Environment = {}): Promise<MeetingPlace> {
  const postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  const lifted = { LIMIT_SENDS_PER_10S: '0', LIMIT_SOCKETS_PER_MEMBER: '0', LIMIT_TICKETS_PER_MINUTE: '0' }
  const server = await startServer({ DATABASE_URL: postgres.url, ...lifted, ...environment })
  const customer = await Person.logIn(server, CUSTOMER)
  const scrumMaster = await Person.logIn(server, SCRUM_MASTER)
  const restart = async (changes: Environment = {}) => {
    await server.stop()
    await server.restart(changes)
  }
  let rooms = 0
  return {
    server,
    customer,
    scrumMaster,
    meet: async () => {
      const room = `room ${++rooms}`
      await propromo.addMonitor({ monitor_hash: room })
      for (const email of [CUSTOMER, SCRUM_MASTER]) await propromo.join(email, room)
      return { room, speaker: await customer.open(room), witness: await scrumMaster.open(room) }
    },
    restart,
    during: async (changes, work) => {
      await restart(changes)
      try {
        await work()
      } finally {
        await restart()
      }
    },
    remove: async () => {
      await propromo.close()
      await server.remove()
      await postgres.remove()
    },
  }
}

export async function take(socket: PlainSocket, count: number): Promise<readonly PlainMessage[]> {
  const messages: PlainMessage[] = []
  while (messages.length < count) messages.push(await socket.nextMessage())
  return messages
}

/** Says them all without waiting, and gives back what became of them. */
export async function sayAll(speaker: PlainSocket, texts: readonly string[]): Promise<readonly PlainMessage[]> {
  for (const text of texts) speaker.send(text)
  return take(speaker, texts.length)
}

let marks = 0

/** Everything that came before a mark that the newcomer sets now. */
export async function heardSoFar(newcomer: PlainSocket): Promise<readonly PlainMessage[]> {
  const mark = `mark ${++marks}`
  newcomer.send(mark)
  return (await newcomer.upTo(mark)).slice(0, -1)
}
