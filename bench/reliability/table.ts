// The figures as one table, which the run prints and the documentation shows.
import { short } from '../figures.ts'
import type { AroundFault, Figures, Latency, Memory } from './figures.ts'
import type { Trend } from './flat.ts'

export function tableOf({ events, counts, wrong, quiet, faults, memory, lags }: Figures): string {
  const of = (what: string) => (counts.get(what) ?? 0).toLocaleString('en')
  const rows: [string, string][] = [
    [
      '**lost / doubled / reordered / changed**',
      `**${wrong.lost} / ${wrong.doubled} / ${wrong.reordered} / ${wrong.changed}**`,
    ],
    ['events in the logs', events.toLocaleString('en')],
    ['deliveries held against the logs', of('deliveries to watchers')],
    [
      'messages, edits, reactions, deletions taken by outboxes',
      ['message', 'edited', 'reacted', 'deleted'].map((kind) => of(`${kind}, taken by outboxes`)).join(', '),
    ],
    [
      'changes given back: their message was deleted, or may be another one after a restart of Redis',
      String(sumOf(counts, /^(?!message).* given back/)),
    ],
    [
      'messages of plain clients; of those, came back to them',
      `${of('messages of plain clients')}; ${of('messages of plain clients that came back to them')}`,
    ],
    [
      'watchers: resumed; started afresh, in another epoch',
      `${of('resumed watchers')}; ${of('watchers that started afresh')}`,
    ],
    ['pages closed and opened again', of('pages closed')],
    [
      'logins with a look around: done; cut short by a fault',
      `${of('visits with a password: done')}; ${sumOf(counts, /^visits with a password: (?!done)/)}`,
    ],
    [
      'pages of history and searches: answered; failed',
      `${of('pages of history and searches answered')}; ${of('pages of history and searches that failed')}`,
    ],
    [
      'slow clients: read that they were closed with 4000; found themselves cut off',
      `${of('slow clients: closed with 4000')}; ${of('slow clients: visits cut short')}`,
    ],
    ['quiet: from written to heard', latency(quiet)],
    ...faults.map((fault): [string, string] => [`${fault.what}, ${fault.times} ×`, around(fault)]),
    ...memory.map((one): [string, string] => [`memory of server ${one.server + 1}`, remembered(one)]),
    [
      'event loops: beats later than 10 ms / 100 ms',
      lags.map((lag) => `${share(lag.laterThan10ms)} / ${share(lag.laterThan100ms)}`).join('; '),
    ],
  ]
  return ['| what | figure |', '| --- | --- |', ...rows.map(([what, figure]) => `| ${what} | ${figure} |`)].join('\n')
}

function around({ latency: felt, cutOff, backMedian, backLast }: AroundFault): string {
  const back =
    cutOff > 0
      ? `${cutOff} cut off, back after ${short(backMedian)} s, the last after ${short(backLast)} s`
      : 'nobody cut off'
  return `${latency(felt)}; ${back}`
}

function latency({ p50, p99, max }: Latency): string {
  return `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)}`
}

function milliseconds(value: number): string {
  return value >= 1_000 ? `${short(value / 1_000)} s` : `${short(value)} ms`
}

function remembered({ trend, isFlat, least, most, heap, external }: Memory): string {
  const range = `${short(least)} to ${short(most)} MiB`
  if (!trend) return `${range}; lived too shortly for more`
  const verdict = `over ${short(trend.minutes)} minutes: ${isFlat ? 'flat' : '**not flat**'}`
  const inside = [heap && `heap ${line(heap)}`, external && `beside it ${line(external)}`].filter(Boolean)
  return [range, `warm: ${line(trend)} ${verdict}`, ...inside].join('; ')
}

function line({ slope, uncertainty, level }: Trend): string {
  return `${short(level)} MiB, ${slope.toFixed(2)} ± ${uncertainty.toFixed(2)} a minute`
}

function sumOf(counts: ReadonlyMap<string, number>, pattern: RegExp): number {
  return [...counts].reduce((sum, [what, count]) => sum + (pattern.test(what) ? count : 0), 0)
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}
