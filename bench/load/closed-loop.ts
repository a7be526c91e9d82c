// Closed loop: every room always has the same number of messages under way, and who hears their own says the next.
import { type Watched, watchCpu } from './cpu.ts'
import { type CrowdJob, comeIn } from './crowd.ts'
import { DIALECTS } from './dialects.ts'
import { Roll } from './roll.ts'
import { Speech } from './speech.ts'

export interface ClosedLoopJob extends CrowdJob {
  readonly kind: 'closed-loop'
  /** Messages under way in each room, each of another speaker. */
  readonly inFlight: number
  readonly textLength: number
  readonly warmSeconds: number
  readonly seconds: number
  /** Processes whose share of a core is wanted, and the core of the load itself. */
  readonly watched: readonly Watched[]
  readonly core: number
}

export interface ClosedLoopOutcome {
  readonly deliveriesPerSecond: number
  readonly messagesPerSecond: number
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
  /** Shares of a core within the window, in the order of `watched`. */
  readonly cpu: readonly number[]
  readonly loadCpu: number
  /** What others took of these cores. */
  readonly others: number
}

const STUCK_MILLISECONDS = 10_000
const latin1 = new TextDecoder('latin1')

export async function runClosedLoop(job: ClosedLoopJob): Promise<ClosedLoopOutcome> {
  const { rooms, membersPerRoom, inFlight, textLength } = job
  const dialect = DIALECTS[job.dialect]
  const roll = new Roll(rooms * membersPerRoom, inFlight, dialect.numberAfter)
  const said = new Int32Array(rooms * inFlight)
  const speeches = Array.from({ length: inFlight }, (_, speaker) => new Speech(dialect, speaker, textLength))
  let underWay = 0
  let talking = true

  const crowd = await comeIn(job, (receiver, bytes, from, to) => {
    if (!roll.take(receiver, bytes, from, to)) {
      const answer = dialect.aside(latin1.decode(bytes.subarray(from, to)))
      if (answer !== null) crowd.lines[receiver]?.send(answer)
      return
    }
    const member = receiver % membersPerRoom
    if (member !== roll.speaker) return
    underWay -= 1
    if (talking) say(Math.floor(receiver / membersPerRoom), member)
  })
  const say = (room: number, speaker: number) => {
    const number = said[room * inFlight + speaker] ?? 0
    said[room * inFlight + speaker] = number + 1
    underWay += 1
    const frame = speeches[speaker]?.frame(number)
    if (frame) crowd.lines[room * membersPerRoom + speaker]?.sendFrame(frame)
  }
  for (let room = 0; room < rooms; room++) for (let speaker = 0; speaker < inFlight; speaker++) say(room, speaker)

  await Bun.sleep(job.warmSeconds * 1000)
  const used = watchCpu([{ pid: process.pid, core: job.core }, ...job.watched])
  const [before, startedAt] = [roll.deliveries, performance.now()]
  await Bun.sleep(job.seconds * 1000)
  const [after, endedAt] = [roll.deliveries, performance.now()]
  const { shares, others } = used()
  const [loadCpu = 0, ...cpu] = shares

  talking = false
  const owed = () => said.reduce((sum, count) => sum + count, 0) * membersPerRoom
  await quiet(() => underWay === 0 && roll.deliveries >= owed())
  const room = (receiver: number) => Math.floor(receiver / membersPerRoom)
  const faults = roll.faults((receiver, speaker) => said[room(receiver) * inFlight + speaker] ?? 0, roll.deliveries)
  crowd.leave()
  const deliveriesPerSecond = ((after - before) * 1000) / (endedAt - startedAt)
  return {
    deliveriesPerSecond,
    messagesPerSecond: deliveriesPerSecond / membersPerRoom,
    ...faults,
    cpu,
    loadCpu,
    others,
  }
}

/** Waits until everything has arrived, or nothing more comes; then a little longer, for what comes twice. */
async function quiet(arrived: () => boolean): Promise<void> {
  const until = performance.now() + STUCK_MILLISECONDS
  while (!arrived() && performance.now() < until) await Bun.sleep(20)
  await Bun.sleep(100)
}
