// What a run leaves behind: a table for people, everything measured for machines, and the charts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { barChart } from './chart.ts'
import { percent } from './figures.ts'
import { MOST_OTHERS } from './quiet.ts'
import type { RowResult } from './rows/row.ts'

const RESULTS = join(import.meta.dir, 'results')
/** Some rows alone do not take the place of a whole run. */
const PARTIAL = join(RESULTS, 'partial')
/** From here on a verdict is about the machine. */
const TOO_NOISY = 0.3

export interface Failure {
  readonly name: string
  readonly why: string
}

export interface Ran {
  readonly command: string
  readonly startedAt: Date
  readonly seconds: number
  readonly rounds: number
  /** Whether every row there is was asked for. */
  readonly whole: boolean
  readonly rows: readonly RowResult[]
  readonly failures: readonly Failure[]
}

/** Writes the results, and gives back the table. */
export function report(ran: Ran): string {
  const folder = ran.whole ? RESULTS : PARTIAL
  mkdirSync(folder, { recursive: true })
  const markdown = markdownOf(ran)
  writeFileSync(join(folder, 'latest.md'), markdown)
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify({ ...ran, machine: machine() }, null, 1)}\n`)
  for (const row of ran.rows) writeFileSync(join(folder, `${row.name}.svg`), chartOf(row))
  if (ran.whole) writeFileSync(join(folder, 'overview.svg'), overview(ran.rows))
  return markdown
}

function markdownOf(ran: Ran): string {
  const { processor, cores, kernel, bun, node } = machine()
  return [
    `\`${ran.command}\`, ${ran.startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${ran.rounds} rounds, ${Math.round(ran.seconds)} s`,
    `${cores} × ${processor}, Linux ${kernel}, Bun ${bun}, Node ${node}; servers on one core, the load on the other`,
    '',
    '| work | asked | got | ours | floor | peers | CPU: server / load | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...ran.rows.map(line),
    ...ran.failures.map(({ name, why }) => `| ${name} | | | | | | | **could not be measured**: ${oneLine(why)} |`),
    '',
    ...ran.rows.flatMap(notesOf),
    '',
  ].join('\n')
}

function line({ work, figures, ours, floor, peers, cpu, noise }: RowResult): string {
  const doubt = noise > TOO_NOISY ? ' (too noisy to say)' : ''
  const asked = figures.map((figure) => figure.asked).join('<br>')
  const got = figures.map((figure) => figure.got).join('<br>')
  const verdict = figures.map(({ met }) => `${met ? 'met' : '**missed**'}${doubt}`).join('<br>')
  return `| ${work} | ${asked} | ${got} | ${ours} | ${floor} | ${peers} | ${cpu || '–'} | ${verdict} |`
}

function notesOf({ name, notes, noise }: RowResult): readonly string[] {
  const noisy = noise > MOST_OTHERS ? [`noisy: others took up to ${percent(noise)} of a core`] : []
  return [...notes, ...noisy].map((note) => `- ${name}: ${note}`)
}

function chartOf({ work, unit, lessIsBetter, bars }: RowResult): string {
  return barChart({ title: work, subtitle: `${unit}; ${lessIsBetter ? 'less' : 'more'} is better`, bars })
}

function overview(rows: readonly RowResult[]): string {
  const bars = rows.flatMap(({ name, figures }) =>
    figures.map(({ asked, margin, met }) => {
      return { label: `${name}: ${asked}`, value: margin, low: margin, high: margin, ours: met }
    }),
  )
  return barChart({
    title: 'What was asked, and what came out',
    subtitle: 'each bar: how many times what was asked for (1 just meets it; grey misses it)',
    bars,
    mark: { value: 1, label: 'asked' },
    most: 3,
    shown: (value) => `${value.toFixed(2)} ×`,
  })
}

function machine() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    kernel: release(),
    bun: Bun.version,
    node: Bun.spawnSync(['node', '--version']).stdout.toString().trim().replace('v', ''),
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 300)
}
