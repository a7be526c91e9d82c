// Rows about deliveries a second, closed loop: ours and the floor in turns, and the peers on the same work.
import { type Contestant, type ContestantName, during } from '../contestants.ts'
import { median, percent, short } from '../figures.ts'
import type { ClosedLoopJob, ClosedLoopOutcome } from '../load/closed-loop.ts'
import type { Faults } from '../load/roll.ts'
import { runLoad } from '../load/run-load.ts'
import { LOAD_CORE, SERVER_CORE } from '../pinned.ts'
import { quietly } from '../quiet.ts'
import { REDIS_CORE, type Redis, startRedis } from '../redis.ts'
import { atLeast, type Figure, type Row, type RowResult, type Run } from './row.ts'

export interface Work {
  readonly name: string
  readonly rooms: number
  readonly membersPerRoom: number
  readonly inFlight: number
  readonly redis: boolean
  readonly floorShare: number
  readonly timesSocketIo?: number
}

export interface Measured extends ClosedLoopOutcome {
  readonly contestant: ContestantName
  /** Deliveries for each second that the server had of its core: what is left of the machine's noise when it is taken out. */
  readonly perCpuSecond: number
}

const TEXT_LENGTH = 64
const WARM_SECONDS = 2
const SECONDS = 4
export function throughput(work: Work): Row {
  return { name: work.name, measure: (run) => measureRow(work, run) }
}

async function measureRow(work: Work, run: Run): Promise<RowResult> {
  const all: Measured[] = []
  for (let round = 0; round < run.rounds; round++) {
    // The peers only stand beside, and once is enough for that; unless a figure is asked of one of them.
    const peers: readonly ContestantName[] =
      round === 0 || (work.timesSocketIo !== undefined && round % 2 === 0) ? ['ws', 'socket.io'] : []
    for (const name of ['ours', 'floor', ...peers] as const)
      all.push(await quietly(() => measure(name, work), told, run))
  }
  return resultOf(work, all)
}

async function measure(name: ContestantName, work: Work): Promise<Measured> {
  const redis = work.redis ? await startRedis() : undefined
  const crowd = { rooms: work.rooms, membersPerRoom: work.membersPerRoom }
  const setting = { crowd, ...(redis ? { storageUrl: redis.url } : {}) }
  try {
    const outcome = await during(name, setting, (contestant) =>
      runLoad<ClosedLoopOutcome>(jobFor(work, contestant, redis)),
    )
    refuseFaults(name, outcome)
    return { ...outcome, contestant: name, perCpuSecond: outcome.deliveriesPerSecond / (outcome.cpu[0] ?? Number.NaN) }
  } finally {
    await redis?.stop()
  }
}

function jobFor(work: Work, contestant: Contestant, redis: Redis | undefined): ClosedLoopJob {
  return {
    kind: 'closed-loop',
    dialect: contestant.dialect,
    ports: [contestant.port],
    secret: contestant.secret,
    rooms: work.rooms,
    membersPerRoom: work.membersPerRoom,
    accountsPerRoom: work.membersPerRoom,
    inFlight: work.inFlight,
    textLength: TEXT_LENGTH,
    warmSeconds: WARM_SECONDS,
    seconds: SECONDS,
    watched: [{ pid: contestant.pid, core: SERVER_CORE }, ...(redis ? [{ pid: redis.pid, core: REDIS_CORE }] : [])],
    core: LOAD_CORE,
  }
}

/** A run in which anything was lost, doubled or out of order has no figures. */
export function refuseFaults(who: string, { lost, doubled, outOfOrder }: Faults): void {
  if (lost === 0 && doubled === 0 && outOfOrder === 0) return
  throw new Error(`${who}: ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order`)
}

function resultOf(work: Work, all: readonly Measured[]): RowResult {
  const of = (name: ContestantName) => all.filter(({ contestant }) => contestant === name)
  const rate = (name: ContestantName) => median(of(name).map(({ deliveriesPerSecond }) => deliveriesPerSecond))
  const share = rate('ours') / rate('floor')
  const figures: Figure[] = [atLeast(share, work.floorShare, 'of the floor', percent)]
  if (work.timesSocketIo !== undefined) {
    figures.push(
      atLeast(rate('ours') / rate('socket.io'), work.timesSocketIo, 'Socket.IO', (times) => `${times.toFixed(1)} ×`),
    )
  }
  const { rooms, membersPerRoom, inFlight, redis } = work
  const crowd = `${rooms === 1 ? 'one room' : `${rooms} rooms`} × ${membersPerRoom.toLocaleString('en')} members`
  return {
    name: work.name,
    work: `${crowd}, ${inFlight} in flight${rooms === 1 ? '' : ' each'}, ${redis ? 'one Redis' : 'SQLite'}`,
    unit: 'deliveries/s',
    lessIsBetter: false,
    bars: (['ours', 'floor', 'ws', 'socket.io'] as const).map((name) => barOf(name, of(name), redis)),
    ours: short(rate('ours')),
    floor: short(rate('floor')),
    peers: `ws ${short(rate('ws'))}, Socket.IO ${short(rate('socket.io'))}`,
    cpu: (['ours', 'floor'] as const).map((name) => `${name} ${cpuOf(of(name))}`).join('; '),
    figures,
    notes: notesOf(of),
    noise: Math.max(...all.map(({ others }) => others)),
    raw: all,
  }
}

function barOf(name: ContestantName, measured: readonly Measured[], redis: boolean) {
  const rates = measured.map(({ deliveriesPerSecond }) => deliveriesPerSecond)
  const label = redis && name === 'socket.io' ? 'Socket.IO + Redis' : LABELS[name]
  return { label, value: median(rates), low: Math.min(...rates), high: Math.max(...rates), ours: name === 'ours' }
}

export const LABELS: Readonly<Record<ContestantName, string>> = {
  ours: 'Propromo Chat',
  floor: 'floor (Bun publish)',
  ws: 'ws broadcast',
  'socket.io': 'Socket.IO',
}

function cpuOf(measured: readonly Measured[]): string {
  const server = median(measured.map(({ cpu }) => cpu[0] ?? Number.NaN))
  const redis = median(measured.map(({ cpu }) => cpu[1] ?? Number.NaN))
  const load = median(measured.map(({ loadCpu }) => loadCpu))
  return `${percent(server)}${Number.isFinite(redis) ? ` + Redis ${percent(redis)}` : ''} / load ${percent(load)}`
}

function notesOf(of: (name: ContestantName) => readonly Measured[]): readonly string[] {
  const perCpu = (name: ContestantName) => median(of(name).map(({ perCpuSecond }) => perCpuSecond))
  const notes = [
    `for each second that the server had of its core: ${percent(perCpu('ours') / perCpu('floor'))} of the floor`,
  ]
  if (median(of('floor').map(({ loadCpu }) => loadCpu)) > 0.95) {
    notes.push('the load is at its limit against the floor, which could do more: the first share flatters ours')
  }
  return notes
}

function told(measured: Measured): string {
  const { contestant, deliveriesPerSecond, cpu, loadCpu } = measured
  const shares = cpu.map(percent).join(' + ')
  return `${contestant}: ${short(deliveriesPerSecond)}/s (server ${shares}, load ${percent(loadCpu)})`
}
