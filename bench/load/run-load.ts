// Runs a job of the load on its own core, in a process of its own, so that no job inherits the habits of the one before.
import { BUN, endWithBench, LOAD_CORE, ROOT } from '../pinned.ts'
import type { Job } from './main.ts'

const MOST_MILLISECONDS = 120_000

export async function runLoad<Outcome>(job: Job): Promise<Outcome> {
  const running = Bun.spawn(['taskset', '-c', String(LOAD_CORE), BUN, 'bench/load/main.ts'], {
    cwd: ROOT,
    stdin: new Blob([JSON.stringify(job)]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: MOST_MILLISECONDS,
  })
  endWithBench(running)
  const [out, err, code] = await Promise.all([
    new Response(running.stdout).text(),
    new Response(running.stderr).text(),
    running.exited,
  ])
  if (code !== 0) throw new Error(`the load ended with ${code}: ${err.trim() || 'it said nothing'}`)
  return JSON.parse(out) as Outcome
}
