// Others work on these cores too: a measurement waits until they are quiet, though not for ever, and says how quiet it was.
import { busySeconds } from './load/cpu.ts'
import { LOAD_CORE, SERVER_CORE } from './pinned.ts'
import type { Run } from './rows/row.ts'

/** What others may take of a core before a measurement says little. */
export const MOST_OTHERS = 0.15
const TRIES = 2
const LOOK_MILLISECONDS = 500
const MOST_WAIT_MILLISECONDS = 10_000

/** Measures when it is quiet, once more if it was not after all, and gives back the quieter one. */
export async function quietly<Measured extends { readonly others: number }>(
  measure: () => Promise<Measured>,
  told: (measured: Measured) => string,
  run: Run,
): Promise<Measured> {
  let best: Measured | undefined
  for (let attempt = 0; attempt < TRIES; attempt++) {
    await untilQuiet()
    const measured = await measure()
    run.say(`${told(measured)}, others took ${Math.round(measured.others * 100)} % of a core`)
    if (!best || measured.others < best.others) best = measured
    if (best.others <= MOST_OTHERS) break
  }
  if (!best) throw new Error('nothing was measured')
  return best
}

export async function untilQuiet(): Promise<void> {
  const until = performance.now() + MOST_WAIT_MILLISECONDS
  while ((await busiest()) > MOST_OTHERS && performance.now() < until);
}

async function busiest(): Promise<number> {
  const cores = [SERVER_CORE, LOAD_CORE]
  const [before, startedAt] = [cores.map(busySeconds), performance.now()]
  await Bun.sleep(LOOK_MILLISECONDS)
  const seconds = (performance.now() - startedAt) / 1000
  return Math.max(...cores.map((core, index) => (busySeconds(core) - (before[index] ?? 0)) / seconds))
}
