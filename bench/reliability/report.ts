// What a run leaves behind: one table for people, the figures for machines, a picture; and the table in docs/reliability.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { type Figures, figuresOf } from './figures.ts'
import { WHOLE_MINUTES } from './options.ts'
import { pictureOf } from './picture.ts'
import type { Ran } from './run.ts'
import { tableOf } from './table.ts'

const RESULTS = join(import.meta.dir, '../results')
/** A shorter run does not take the place of a whole one. */
const PARTIAL = join(RESULTS, 'partial')
const DOCS = join(import.meta.dir, '../../docs/reliability.md')
const FIGURES = /(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/

/** Writes the results, and gives back the table. */
export function report(ran: Ran, command: string): string {
  const { minutes, store } = ran.options
  const isWhole = minutes >= WHOLE_MINUTES && store === 'redis'
  const folder = isWhole ? RESULTS : PARTIAL
  mkdirSync(folder, { recursive: true })
  const figures = figuresOf(ran)
  const table = [headOf(ran, command), tableOf(figures)].join('\n\n')
  const name = store === 'redis' ? 'reliability' : `reliability-${store}`
  writeFileSync(join(folder, `${name}.svg`), pictureOf(ran))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(forMachines(ran, figures, command), null, 1)}\n`)
  if (isWhole) writeFileSync(DOCS, readFileSync(DOCS, 'utf8').replace(FIGURES, `$1\n${table}\n\n$2`))
  return table
}

function headOf({ startedAt }: Ran, command: string): string {
  const { processor, cores, kernel, bun } = machine()
  const when = startedAt.toISOString().slice(0, 16).replace('T', ' ')
  return [
    `\`${command}\`, ${when} UTC, on ${cores} × ${processor}, Linux ${kernel}, Bun ${bun};`,
    'servers, Redis, Postgres and everyone who talks share these cores.',
  ].join('\n')
}

function forMachines(
  { options, startedAt, seconds, tally, faults, lags, findings }: Ran,
  figures: Figures,
  command: string,
) {
  const counts = Object.fromEntries([...tally.counts].sort())
  return { command, machine: machine(), options, startedAt, seconds, figures, counts, faults, lags, findings }
}

function machine() {
  return { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, kernel: release(), bun: Bun.version }
}
