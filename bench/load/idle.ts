// Connections that only are there: what does each cost the server in memory?
import { residentKilobytes } from './cpu.ts'
import { type CrowdJob, comeIn } from './crowd.ts'

export interface IdleJob extends CrowdJob {
  readonly kind: 'idle'
  readonly pid: number
}

export interface IdleOutcome {
  readonly connections: number
  /** KiB before anybody came, when all were in, and when it had settled. */
  readonly before: number
  readonly full: number
  readonly settled: number
  readonly connectSeconds: number
}

/** Settled is what has moved by less than this share for so long. */
const STILL_SHARE = 0.005
const STILL_SECONDS = 6
const MOST_SECONDS = 45

export async function runIdle(job: IdleJob): Promise<IdleOutcome> {
  const before = residentKilobytes(job.pid)
  const startedAt = performance.now()
  const crowd = await comeIn(job, () => undefined)
  const connectSeconds = (performance.now() - startedAt) / 1000
  const full = residentKilobytes(job.pid)
  const settled = await settledKilobytes(job.pid)
  const connections = crowd.lines.length
  crowd.leave()
  return { connections, before, full, settled, connectSeconds }
}

async function settledKilobytes(pid: number): Promise<number> {
  let reference = residentKilobytes(pid)
  let still = 0
  for (let waited = 0; waited < MOST_SECONDS && still < STILL_SECONDS; waited++) {
    await Bun.sleep(1000)
    const now = residentKilobytes(pid)
    if (Math.abs(now - reference) < reference * STILL_SHARE) still += 1
    else [reference, still] = [now, 0]
  }
  return residentKilobytes(pid)
}
