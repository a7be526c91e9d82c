// Two processes on one Redis, beside one. Two servers, Redis and the load want four cores, and there are two: so both
// processes share the servers' core, and what they lose there by being two tells what they would gain with a core each.
import { type Contestant, explained, start } from '../contestants.ts'
import { median, percent, short } from '../figures.ts'
import type { ClosedLoopOutcome } from '../load/closed-loop.ts'
import { runLoad } from '../load/run-load.ts'
import { LOAD_CORE, SERVER_CORE } from '../pinned.ts'
import { quietly } from '../quiet.ts'
import { REDIS_CORE, startRedis } from '../redis.ts'
import { atLeast, type Row, type RowResult, type Run } from './row.ts'
import { refuseFaults } from './throughput.ts'

const MEMBERS = 1_000
const CROWD = { rooms: 1, membersPerRoom: MEMBERS }

interface Measured extends ClosedLoopOutcome {
  readonly processes: number
  readonly perCpuSecond: number
}

export const processes: Row = { name: 'processes', measure: measureRow }

async function measureRow(run: Run): Promise<RowResult> {
  const all: Measured[] = []
  for (let round = 0; round < run.rounds; round++) {
    for (const count of [1, 2]) {
      all.push(await quietly(() => measure(count), told, run))
    }
  }
  return resultOf(all)
}

function resultOf(all: readonly Measured[]): RowResult {
  const of = (count: number) => all.filter(({ processes }) => processes === count)
  const rate = (count: number) => median(of(count).map(({ deliveriesPerSecond }) => deliveriesPerSecond))
  const perCpu = (count: number) => median(of(count).map(({ perCpuSecond }) => perCpuSecond))
  const times = (value: number) => `${value.toFixed(2)} ×`
  // With a core each they have twice the time, and do with every second what they do here.
  const projected = (2 * perCpu(2)) / perCpu(1)
  const bar = (label: string, count: number) => {
    const values = of(count).map(({ deliveriesPerSecond }) => deliveriesPerSecond)
    return { label, value: rate(count), low: Math.min(...values), high: Math.max(...values), ours: true }
  }
  return {
    name: 'processes',
    work: `two processes on one Redis beside one, one room × ${MEMBERS.toLocaleString('en')} members, 8 in flight`,
    unit: 'deliveries/s on one core together',
    lessIsBetter: false,
    bars: [bar('one process', 1), bar('two processes', 2)],
    ours: `one ${short(rate(1))}, two ${short(rate(2))}`,
    floor: '–',
    peers: '–',
    cpu: `one ${percent(median(of(1).map(({ cpu }) => cpu[0] ?? 0)))}; two ${[0, 1].map((at) => percent(median(of(2).map(({ cpu }) => cpu[at] ?? 0)))).join(' + ')}`,
    figures: [atLeast(projected, 1.6, 'one process, reckoned for a core each', times)],
    notes: [
      `both processes on one core: ${times(rate(2) / rate(1))} the deliveries of one process on that core`,
      'the figure is reckoned from deliveries for each second of a core, because no core is free here',
    ],
    noise: Math.max(...all.map(({ others }) => others)),
    raw: all,
  }
}

async function measure(count: number): Promise<Measured> {
  const redis = await startRedis()
  const servers: Contestant[] = []
  try {
    for (let started = 0; started < count; started++) {
      const secret = servers[0]?.secret
      servers.push(await start('ours', { crowd: CROWD, storageUrl: redis.url, ...(secret ? { secret } : {}) }))
    }
    const outcome = await runLoad<ClosedLoopOutcome>({
      kind: 'closed-loop',
      dialect: 'v1',
      ports: servers.map(({ port }) => port),
      secret: servers[0]?.secret ?? '',
      ...CROWD,
      accountsPerRoom: MEMBERS,
      inFlight: 8,
      textLength: 64,
      warmSeconds: 2,
      seconds: 4,
      watched: [...servers.map(({ pid }) => ({ pid, core: SERVER_CORE })), { pid: redis.pid, core: REDIS_CORE }],
      core: LOAD_CORE,
    })
    refuseFaults(`${count} process(es)`, outcome)
    const had = outcome.cpu.slice(0, count).reduce((sum, share) => sum + share, 0)
    return { ...outcome, processes: count, perCpuSecond: outcome.deliveriesPerSecond / had }
  } catch (error) {
    throw explained(error, servers)
  } finally {
    for (const server of servers) await server.stop()
    await redis.stop()
  }
}

function told({ processes, deliveriesPerSecond, perCpuSecond, cpu, loadCpu }: Measured): string {
  const rates = `${short(deliveriesPerSecond)}/s, ${short(perCpuSecond)} for each second of a core`
  return `${processes} process(es): ${rates} (servers and Redis ${cpu.map(percent).join(' + ')}, load ${percent(loadCpu)})`
}
