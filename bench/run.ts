// The benchmark: npm run bench -- [row ...] [--rounds N]. Prints a table, and writes it with charts to bench/results/
// (some rows alone: to bench/results/partial/).
import { type Failure, report } from './report.ts'
import { idle } from './rows/idle.ts'
import { join } from './rows/join.ts'
import { latency } from './rows/latency.ts'
import { processes } from './rows/processes.ts'
import { resume } from './rows/resume.ts'
import type { Row, RowResult } from './rows/row.ts'
import { throughput } from './rows/throughput.ts'

const ROUNDS = 3

const oneRoom = { rooms: 1, membersPerRoom: 1_000, inFlight: 8 }
const ROWS: readonly Row[] = [
  throughput({ name: 'one-room', ...oneRoom, redis: false, floorShare: 0.7, timesSocketIo: 5 }),
  throughput({ name: 'small-rooms', rooms: 100, membersPerRoom: 10, inFlight: 2, redis: false, floorShare: 0.6 }),
  throughput({ name: 'pairs', rooms: 500, membersPerRoom: 2, inFlight: 1, redis: false, floorShare: 0.4 }),
  throughput({ name: 'one-room-redis', ...oneRoom, redis: true, floorShare: 0.6 }),
  latency,
  idle,
  resume,
  join,
  processes,
]

const { rows, rounds } = wanted(process.argv.slice(2))
const startedAt = new Date()
const results: RowResult[] = []
const failures: Failure[] = []
for (const row of rows) {
  console.error(`\n${row.name}`)
  try {
    results.push(await row.measure({ rounds, say: (line) => console.error(`  ${line}`) }))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.error(`  could not be measured: ${why}`)
    failures.push({ name: row.name, why })
  }
}
const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
const seconds = (Date.now() - startedAt.getTime()) / 1000
console.log(`\n${report({ command, startedAt, seconds, rounds, whole: rows === ROWS, rows: results, failures })}`)
// A figure that is missed is news; a row that cannot be measured is a fault.
process.exit(failures.length > 0 ? 1 : 0)

function wanted(given: readonly string[]): { rows: readonly Row[]; rounds: number } {
  const at = given.indexOf('--rounds')
  const rounds = at < 0 ? ROUNDS : Number(given[at + 1])
  const names = at < 0 ? given : given.toSpliced(at, 2)
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name))
  if (unknown.length === 0 && Number.isInteger(rounds) && rounds > 0) {
    return { rows: names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name)), rounds }
  }
  console.error(`Usage: npm run bench -- [${ROWS.map(({ name }) => name).join('] [')}] [--rounds ${ROUNDS}]`)
  process.exit(2)
}
