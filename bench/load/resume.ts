// Everybody's network goes away at once, and everybody comes back: a fresh ticket each, from a remembered sign-in, and
// `since`. Meanwhile the talk goes on. Nobody may miss a message, and the clock stops when the last has caught up.
import { accountOf, emailOf, PASSWORD } from '../place.ts'
import { type Watched, watchCpu } from './cpu.ts'
import { type CrowdJob, comeIn } from './crowd.ts'
import { DIALECTS, roomName } from './dialects.ts'
import { type Line, openLine } from './line.ts'
import { signTicket } from './tickets.ts'

export interface ResumeJob extends CrowdJob {
  readonly kind: 'resume'
  /** In every room one more seat, which is not cut, talks: together they say this many messages a second. */
  readonly perSecond: number
  readonly warmSeconds: number
  readonly watched: readonly Watched[]
  readonly core: number
}

export interface ResumeOutcome {
  readonly sockets: number
  /** From the cut until the last had its welcome, and until half had. */
  readonly seconds: number
  readonly halfSeconds: number
  /** Sockets that were told to start afresh. */
  readonly notResumed: number
  readonly outOfOrder: number
  readonly lost: number
  /** Events that came in the welcomes, after the cut. */
  readonly eventsResumed: number
  readonly messages: number
  /** Shares of a core while everybody came back. */
  readonly serverCpu: number
  readonly loadCpu: number
  readonly others: number
}

/** What a seat knows: as much as a client needs to come back. */
interface Seat {
  readonly room: number
  readonly account: number
  epoch: string
  offset: number
  line: Line | null
}

const LOGINS_AT_A_TIME = 20
const MOST_SECONDS = 60
const latin1 = new TextDecoder('latin1')
const EVENT = '{"type":"message","offset":'

export async function runResume(job: ResumeJob): Promise<ResumeOutcome> {
  const [port = 0] = job.ports
  const signIns = await logIn(job, port)
  const seats: Seat[] = Array.from({ length: job.rooms * job.membersPerRoom }, (_, receiver) => {
    const room = Math.floor(receiver / job.membersPerRoom)
    const member = (receiver % job.membersPerRoom) % job.accountsPerRoom
    return { room, account: accountOf(room, member, job.accountsPerRoom), epoch: '', offset: 0, line: null }
  })
  let outOfOrder = 0
  let notResumed = 0
  let eventsResumed = 0
  const hear = (seat: Seat, frame: string) => {
    if (!frame.startsWith(EVENT)) return
    const offset = Number.parseInt(frame.slice(EVENT.length, EVENT.length + 12), 10)
    if (offset !== seat.offset + 1) outOfOrder += 1
    seat.offset = offset
  }
  const crowd = await comeIn(
    job,
    (receiver, bytes, from, to) => {
      const seat = seats[receiver]
      if (seat) hear(seat, latin1.decode(bytes.subarray(from, to)))
    },
    (receiver, frame) => Object.assign(seats[receiver] ?? {}, cursorIn(frame)),
  )
  const talk = await startTalk(job, port)
  await Bun.sleep(job.warmSeconds * 1000)

  const used = watchCpu([{ pid: process.pid, core: job.core }, ...job.watched])
  crowd.leave()
  const cutAt = performance.now()
  const caughtUpAt: number[] = []
  const comeBack = async (seat: Seat) => {
    const ticket = await freshTicket(port, signIns.get(seat.account) ?? '')
    const greet = (welcome: Welcome) => {
      if (!welcome.resumed) notResumed += 1
      eventsResumed += welcome.events.length
      for (const { offset } of welcome.events) {
        if (offset !== seat.offset + 1) outOfOrder += 1
        seat.offset = offset
      }
      if (seat.offset !== welcome.offset) outOfOrder += 1
      caughtUpAt.push(performance.now())
    }
    await open({ port, seat, ticket, greet, hear: (frame) => hear(seat, frame) })
  }
  const late = Bun.sleep(MOST_SECONDS * 1000).then(() => {
    throw new Error(`only ${caughtUpAt.length} of ${seats.length} were back after ${MOST_SECONDS} s`)
  })
  await Promise.race([Promise.all(seats.map(comeBack)), late])
  const { shares, others } = used()
  const [loadCpu = 0, serverCpu = 0] = shares
  const said = await talk.stop()
  await Bun.sleep(500)
  const lost = seats.reduce((sum, { room, offset }) => sum + Math.abs((said[room] ?? 0) - offset), 0)
  caughtUpAt.sort((a, b) => a - b)
  const secondsAt = (place: number) => ((caughtUpAt[place] ?? Number.NaN) - cutAt) / 1000
  return {
    sockets: seats.length,
    seconds: secondsAt(seats.length - 1),
    halfSeconds: secondsAt(Math.floor(seats.length / 2)),
    notResumed,
    outOfOrder,
    lost,
    eventsResumed,
    messages: said.reduce((sum, count) => sum + count, 0),
    serverCpu,
    loadCpu,
    others,
  }
}

/** One sign-in an account, with the password, before anything is measured. */
async function logIn({ rooms, accountsPerRoom }: ResumeJob, port: number): Promise<Map<number, string>> {
  const signIns = new Map<number, string>()
  let next = 0
  const one = async () => {
    while (next < rooms * accountsPerRoom) {
      const place = next++
      const account = accountOf(Math.floor(place / accountsPerRoom), place % accountsPerRoom, accountsPerRoom)
      const body = { email: emailOf(account), password: PASSWORD, remember: 'token' }
      const answer = await post(port, '/login', body)
      signIns.set(account, String(answer['sign_in']))
    }
  }
  await Promise.all(Array.from({ length: LOGINS_AT_A_TIME }, one))
  return signIns
}

async function freshTicket(port: number, signIn: string): Promise<string> {
  return String((await post(port, '/tickets', {}, { Authorization: `Bearer ${signIn}` }))['token'])
}

async function post(port: number, path: string, body: object, headers: Record<string, string> = {}) {
  const json = { 'Content-Type': 'application/json', ...headers }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 200)}`)
  return JSON.parse(text) as Record<string, unknown>
}

interface Welcome {
  readonly resumed: boolean
  readonly offset: number
  readonly epoch: string
  readonly events: readonly { readonly offset: number }[]
}

interface Opening {
  readonly port: number
  readonly seat: Seat
  readonly ticket: string
  readonly greet: (welcome: Welcome) => void
  readonly hear: (frame: string) => void
}

async function open({ port, seat, ticket, greet, hear }: Opening): Promise<void> {
  const address = DIALECTS.v1.address(port, seat.room, ticket)
  const path = `${address.path}&since=${seat.offset}&epoch=${seat.epoch}`
  const greeted = Promise.withResolvers<void>()
  let isIn = false
  seat.line = await openLine(
    { ...address, path },
    (_, bytes, from, to) => {
      const frame = latin1.decode(bytes.subarray(from, to))
      if (isIn) return hear(frame)
      isIn = true
      // At once: the next event may be in the same bytes.
      greet(JSON.parse(frame) as Welcome)
      greeted.resolve()
    },
    (why) => greeted.reject(new Error(`room ${roomName(seat.room)}: ${why}`)),
  )
  await greeted.promise
}

function cursorIn(frame: string): { epoch: string; offset: number } {
  const { epoch, offset } = JSON.parse(frame) as Welcome
  return { epoch, offset }
}

/** One more seat a room talks until told to stop; then gives back how much was said in each room. */
async function startTalk(job: ResumeJob, port: number): Promise<{ stop(): Promise<readonly number[]> }> {
  const said: number[] = new Array(job.rooms).fill(0)
  const kept: number[] = new Array(job.rooms).fill(0)
  const talkers = await Promise.all(
    said.map(async (_, room) => {
      const account = accountOf(room, 0, job.accountsPerRoom)
      const inside = Promise.withResolvers<void>()
      const address = DIALECTS.v1.address(port, room, await signTicket(account, emailOf(account), job.secret))
      const line = await openLine(
        address,
        (_, bytes, from, to) => {
          const frame = latin1.decode(bytes.subarray(from, to))
          if (frame.startsWith('{"type":"sent"')) kept[room] = (kept[room] ?? 0) + 1
          inside.resolve()
        },
        (why) => inside.reject(new Error(why)),
      )
      await inside.promise
      return line
    }),
  )
  let room = 0
  const timer = setInterval(() => {
    const number = said[room] ?? 0
    said[room] = number + 1
    talkers[room]?.send(DIALECTS.v1.say(`t.${number}`, `on the way: ${number}`))
    room = (room + 1) % talkers.length
  }, 1000 / job.perSecond)
  return {
    async stop() {
      clearInterval(timer)
      const until = performance.now() + 5_000
      while (kept.some((count, at) => count < (said[at] ?? 0)) && performance.now() < until) await Bun.sleep(20)
      return said
    },
  }
}
