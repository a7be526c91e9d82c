// The figures of a run, reckoned from what was noted: counts, latencies in quiet times and around each fault, ways back, memory.
import { quantile } from '../figures.ts'
import type { Fault } from './faults.ts'
import { isFlat, type Trend, trendOf } from './flat.ts'
import type { Lag } from './gauges.ts'
import type { Ran } from './run.ts'
import type { Absence, Delivery } from './tally.ts'

export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface AroundFault {
  readonly what: string
  readonly times: number
  readonly latency: Latency
  /** How many were cut off, and after how many seconds the middle one and the last of them were back. */
  readonly cutOff: number
  readonly backMedian: number
  readonly backLast: number
}

export interface Memory {
  readonly server: number
  readonly trend: Trend | null
  readonly isFlat: boolean | null
  readonly least: number
  readonly most: number
  /** Of the heap, and of what is held for it elsewhere, warm and on average. */
  readonly heap: Trend | null
  readonly external: Trend | null
}

export interface Figures {
  readonly events: number
  readonly counts: ReadonlyMap<string, number>
  readonly wrong: Readonly<Record<'lost' | 'doubled' | 'reordered' | 'changed', number>>
  readonly quiet: Latency
  /** The slowest in quiet times, to ask why. */
  readonly slowest: readonly Delivery[]
  readonly faults: readonly AroundFault[]
  /** Of each server's process that lived longest, since it was warm. */
  readonly memory: readonly Memory[]
  readonly lags: readonly Lag[]
}

/** A fault is still felt so long after it is over: whoever had to come back while a store was away was told to wait. */
const FELT_SECONDS = 10
const STORE_AWAY_SECONDS = 20
const SILENT_SECONDS = 40
const SLOWEST = 20
/** What a process does in its first minutes is warming up. */
const WARM_SECONDS = 180

export function figuresOf(ran: Ran): Figures {
  const { tally, faults, lags, events, findings } = ran
  const wrong = { lost: 0, doubled: 0, reordered: 0, changed: 0 }
  for (const { kind } of findings) wrong[kind] += 1
  const quiet = tally.deliveries.filter(({ at }) => !faults.some((fault) => isFelt(fault, at)))
  const kinds = [...new Set(faults.map(({ what }) => what))]
  return {
    ...{ events, counts: tally.counts, wrong, lags },
    quiet: latencyOf(quiet),
    slowest: quiet.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, SLOWEST),
    faults: kinds.map((what) => aroundFault(what, faults, tally.deliveries, tally.absences)),
    memory: memoryOf(ran),
  }
}

function aroundFault(
  what: string,
  all: readonly Fault[],
  deliveries: readonly Delivery[],
  absences: readonly Absence[],
): AroundFault {
  // Where two are felt at once, as in a short run, the later one counts.
  const isIts = (at: number) => all.findLast((fault) => isFelt(fault, at))?.what === what
  const felt = deliveries.filter(({ at }) => isIts(at))
  const away = absences.filter(({ from }) => isIts(from))
  const back = away.map(({ from, to }) => to - from).sort((a, b) => a - b)
  return {
    ...{
      what,
      times: all.filter((fault) => fault.what === what).length,
      latency: latencyOf(felt),
      cutOff: away.length,
    },
    backMedian: quantile(back, 0.5),
    backLast: back.at(-1) ?? Number.NaN,
  }
}

function isFelt(fault: Fault, at: number): boolean {
  return at >= fault.from && at <= untilOf(fault)
}

function untilOf({ what, to }: Fault): number {
  if (what.includes('silent')) return to + SILENT_SECONDS
  return to + (/frozen|stopped/.test(what) ? STORE_AWAY_SECONDS : FELT_SECONDS)
}

function latencyOf(deliveries: readonly Delivery[]): Latency {
  const sorted = deliveries.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  return {
    ...{ count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
    max: sorted.at(-1) ?? Number.NaN,
  }
}

function memoryOf({ gauged, options }: Ran): readonly Memory[] {
  const warm = Math.min(WARM_SECONDS, options.minutes * 20)
  const servers = [...new Set(gauged.map(({ server }) => server))].sort()
  return servers.map((server) => {
    const lives = Map.groupBy(
      gauged.filter((sample) => sample.server === server),
      ({ pid }) => pid,
    )
    const [life = []] = [...lives.values()].sort((a, b) => b.length - a.length)
    const since = (life[0]?.at ?? 0) + warm
    const warmed = life.filter(({ at }) => at >= since)
    const trendIn = (part: 'megabytes' | 'heap' | 'external') =>
      trendOf(warmed.map((sample) => ({ at: sample.at, value: sample[part] })))
    const trend = trendIn('megabytes')
    const levels = life.map(({ megabytes }) => megabytes)
    return {
      ...{ server, trend, isFlat: trend && isFlat(trend) },
      least: Math.min(...levels),
      most: Math.max(...levels),
      heap: trendIn('heap'),
      external: trendIn('external'),
    }
  })
}
