// Open loop: messages leave on schedule, whatever comes back, and latency counts from the moment a message was due to leave.
import { quantile } from '../figures.ts'
import { type Watched, watchCpu } from './cpu.ts'
import { type CrowdJob, comeIn } from './crowd.ts'
import { DIALECTS } from './dialects.ts'
import { Roll } from './roll.ts'
import { Speech } from './speech.ts'

export interface OpenLoopJob extends CrowdJob {
  readonly kind: 'open-loop'
  /** Members who speak, in turn. */
  readonly speakers: number
  readonly textLength: number
  readonly perSecond: number
  readonly warmSeconds: number
  readonly seconds: number
  readonly watched: readonly Watched[]
  readonly core: number
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface OpenLoopOutcome {
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
  /** To every receiver of every message. */
  readonly each: Latency
  /** To the last receiver of every message. */
  readonly last: Latency
  /** How late the load itself was in sending. */
  readonly lateness: Latency
  readonly others: number
}

const STUCK_MILLISECONDS = 5_000

export async function runOpenLoop(job: OpenLoopJob): Promise<OpenLoopOutcome> {
  const { rooms, membersPerRoom, speakers, perSecond } = job
  if (rooms !== 1) throw new Error('the open loop talks in one room')
  const dialect = DIALECTS[job.dialect]
  const roll = new Roll(membersPerRoom, speakers, dialect.numberAfter)
  const speeches = Array.from({ length: speakers }, (_, speaker) => new Speech(dialect, speaker, job.textLength))
  const warm = Math.round(perSecond * job.warmSeconds)
  const total = warm + Math.round(perSecond * job.seconds)
  const due = new Float64Array(total)
  const lastAt = new Float64Array(total)
  const each = new Float64Array((total - warm) * membersPerRoom)
  let taken = 0

  const crowd = await comeIn(job, (receiver, bytes, from, to) => {
    if (!roll.take(receiver, bytes, from, to)) {
      const answer = dialect.aside(latin1.decode(bytes.subarray(from, to)))
      if (answer !== null) crowd.lines[receiver]?.send(answer)
      return
    }
    const now = performance.now()
    const message = roll.number * speakers + roll.speaker
    lastAt[message] = now
    if (message >= warm) each[taken++] = now - (due[message] ?? now)
  })
  const used = watchCpu([{ pid: process.pid, core: job.core }, ...job.watched])
  const lateness = new Float64Array(total - warm)
  const start = performance.now() + 100
  for (let message = 0; message < total; message++) {
    due[message] = start + (message * 1000) / perSecond
    const wait = (due[message] ?? 0) - performance.now()
    if (wait > 0) await Bun.sleep(wait)
    if (message >= warm) lateness[message - warm] = Math.max(0, performance.now() - (due[message] ?? 0))
    const frame = speeches[message % speakers]?.frame(Math.floor(message / speakers))
    if (frame) crowd.lines[message % speakers]?.sendFrame(frame)
  }
  const until = performance.now() + STUCK_MILLISECONDS
  while (roll.deliveries < total * membersPerRoom && performance.now() < until) await Bun.sleep(20)
  await Bun.sleep(100)
  const { others } = used()
  const said = (speaker: number) => Math.floor((total - 1 - speaker) / speakers) + 1
  const faults = roll.faults((_, speaker) => said(speaker), roll.deliveries)
  crowd.leave()
  const last = lastAt.map((at, message) => at - (due[message] ?? 0)).subarray(warm)
  return {
    ...faults,
    each: latencyOf(each.subarray(0, taken)),
    last: latencyOf(last),
    lateness: latencyOf(lateness),
    others,
  }
}

const latin1 = new TextDecoder('latin1')

function latencyOf(milliseconds: Float64Array): Latency {
  const sorted = milliseconds.sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) }
}
