// The load, in a process of its own: one job comes in on stdin, one outcome goes out on stdout.
import { type ClosedLoopJob, runClosedLoop } from './closed-loop.ts'
import { type IdleJob, runIdle } from './idle.ts'
import { type JoinJob, runJoin } from './join.ts'
import { type OpenLoopJob, runOpenLoop } from './open-loop.ts'
import { type ResumeJob, runResume } from './resume.ts'

export type Job = ClosedLoopJob | OpenLoopJob | IdleJob | ResumeJob | JoinJob

const job = (await Bun.stdin.json()) as Job
const outcome = await run(job)
process.stdout.write(JSON.stringify(outcome), () => process.exit(0))

function run(job: Job) {
  switch (job.kind) {
    case 'closed-loop':
      return runClosedLoop(job)
    case 'open-loop':
      return runOpenLoop(job)
    case 'idle':
      return runIdle(job)
    case 'resume':
      return runResume(job)
    case 'join':
      return runJoin(job)
  }
}
