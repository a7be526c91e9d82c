// A crowd that has come in: every seat on a line of its own, and what each of them hears.
import { accountOf, emailOf } from '../place.ts'
import { DIALECTS, type Dialect, type DialectName } from './dialects.ts'
import { type Line, openLine } from './line.ts'
import { signTicket } from './tickets.ts'

export interface CrowdJob {
  readonly dialect: DialectName
  /** Servers behind these ports share the seats evenly. */
  readonly ports: readonly number[]
  readonly rooms: number
  readonly membersPerRoom: number
  /** How many accounts the seats of a room belong to; fewer than seats means several devices each. */
  readonly accountsPerRoom: number
  readonly secret: string
}

/** What a seat hears once it is in. `receiver` counts over all rooms: room by room, member by member. */
export type HearSeat = (receiver: number, bytes: Uint8Array, from: number, to: number) => void

export interface Crowd {
  readonly lines: readonly Line[]
  /** Ends every line, and expects it to end. */
  leave(): void
}

/** Handshakes under way at a time: more would only wait in the server's queue. */
const AT_A_TIME = 100
const latin1 = new TextDecoder('latin1')

/** `greeted` gets the frame that told each seat that it was in. */
export async function comeIn(
  job: CrowdJob,
  hear: HearSeat,
  greeted: (receiver: number, frame: string) => void = () => undefined,
): Promise<Crowd> {
  const dialect = DIALECTS[job.dialect]
  const total = job.rooms * job.membersPerRoom
  const lines: Line[] = new Array(total)
  let leaving = false
  let next = 0
  const ended = (receiver: number) => (why: string) => {
    if (leaving) return
    console.error(`seat ${receiver} lost its line: ${why}`)
    process.exit(1)
  }
  const walkIn = async () => {
    while (next < total) {
      const receiver = next++
      lines[receiver] = await sitDown({ job, dialect, receiver, hear, greeted, ended: ended(receiver) })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, walkIn))
  return {
    lines,
    leave() {
      leaving = true
      for (const line of lines) line.cut()
    },
  }
}

interface Arriving {
  readonly job: CrowdJob
  readonly dialect: Dialect
  readonly receiver: number
  readonly hear: HearSeat
  readonly greeted: (receiver: number, frame: string) => void
  readonly ended: (why: string) => void
}

async function sitDown({ job, dialect, receiver, hear, greeted, ended }: Arriving): Promise<Line> {
  const { ports, membersPerRoom, accountsPerRoom, secret } = job
  const room = Math.floor(receiver / membersPerRoom)
  const account = accountOf(room, (receiver % membersPerRoom) % accountsPerRoom, accountsPerRoom)
  const ticket = dialect.tickets ? await signTicket(account, emailOf(account), secret) : ''
  const inside = Promise.withResolvers<void>()
  let isIn = false
  const early: string[] = []
  let line: Line | undefined
  const answer = (frame: string) => {
    if (line) line.send(frame)
    else early.push(frame)
  }
  const port = ports[receiver % ports.length] ?? 0
  line = await openLine(
    dialect.address(port, room, ticket),
    (_, bytes, from, to) => {
      if (isIn) return hear(receiver, bytes, from, to)
      const frame = latin1.decode(bytes.subarray(from, to))
      const means = dialect.enter(frame, room)
      if (means === 'in') {
        isIn = true
        greeted(receiver, frame)
        inside.resolve()
      } else if (means) answer(means.answer)
    },
    ended,
  )
  for (const frame of early.splice(0)) line.send(frame)
  await inside.promise
  return line
}
