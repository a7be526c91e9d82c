// Open loop: how long a message takes to everyone, counted from the moment it was due to leave.
import { type ContestantName, during } from '../contestants.ts'
import { median } from '../figures.ts'
import type { OpenLoopOutcome } from '../load/open-loop.ts'
import { runLoad } from '../load/run-load.ts'
import { LOAD_CORE, SERVER_CORE } from '../pinned.ts'
import { quietly } from '../quiet.ts'
import { atMost, type Row, type RowResult, type Run } from './row.ts'
import { LABELS, refuseFaults } from './throughput.ts'

const MEMBERS = 200
const SPEAKERS = 10
const PER_SECOND = 100
const SECONDS = 8
const NAMES = ['ours', 'floor', 'ws', 'socket.io'] as const

type Measured = OpenLoopOutcome & { readonly contestant: ContestantName }

export const latency: Row = { name: 'latency', measure: measureRow }

async function measureRow(run: Run): Promise<RowResult> {
  const all: Measured[] = []
  for (let round = 0; round < run.rounds; round++) {
    for (const name of round === 0 ? NAMES : NAMES.slice(0, 2)) {
      all.push(await quietly(() => measure(name), told, run))
    }
  }
  return resultOf(all)
}

async function measure(name: ContestantName): Promise<Measured> {
  const outcome = await during(
    name,
    { crowd: { rooms: 1, membersPerRoom: MEMBERS } },
    ({ dialect, port, secret, pid }) =>
      runLoad<OpenLoopOutcome>({
        kind: 'open-loop',
        dialect,
        ports: [port],
        secret,
        rooms: 1,
        membersPerRoom: MEMBERS,
        accountsPerRoom: MEMBERS,
        speakers: SPEAKERS,
        textLength: 64,
        perSecond: PER_SECOND,
        warmSeconds: 2,
        seconds: SECONDS,
        watched: [{ pid, core: SERVER_CORE }],
        core: LOAD_CORE,
      }),
  )
  refuseFaults(name, outcome)
  return { ...outcome, contestant: name }
}

function resultOf(all: readonly Measured[]): RowResult {
  const of = (name: ContestantName) => all.filter(({ contestant }) => contestant === name)
  const p99 = (name: ContestantName) => median(of(name).map(({ each }) => each.p99))
  const max = (name: ContestantName) => median(of(name).map(({ each }) => each.max))
  const milliseconds = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`
  const both = (name: ContestantName) => `p99 ${milliseconds(p99(name))}, max ${milliseconds(max(name))}`
  return {
    name: 'latency',
    work: `open loop, one room × ${MEMBERS} members, ${PER_SECOND} messages/s, SQLite`,
    unit: 'ms, p99 of all deliveries',
    lessIsBetter: true,
    bars: NAMES.map((name) => {
      const values = of(name).map(({ each }) => each.p99)
      return {
        label: LABELS[name],
        value: p99(name),
        low: Math.min(...values),
        high: Math.max(...values),
        ours: name === 'ours',
      }
    }),
    ours: both('ours'),
    floor: both('floor'),
    peers: `ws ${both('ws')}; Socket.IO ${both('socket.io')}`,
    cpu: '',
    figures: [atMost(p99('ours'), 10, 'p99', milliseconds), atMost(max('ours'), 50, 'max', milliseconds)],
    notes: [
      `to the last of the ${MEMBERS}: p50 ${milliseconds(median(of('ours').map(({ last }) => last.p50)))}, p99 ${milliseconds(median(of('ours').map(({ last }) => last.p99)))}`,
    ],
    noise: Math.max(...all.map(({ others }) => others)),
    raw: all,
  }
}

function told({ contestant, each, last, lateness }: Measured): string {
  const spread = `each p50 ${each.p50.toFixed(2)} p99 ${each.p99.toFixed(2)} max ${each.max.toFixed(1)} ms`
  return `${contestant}: ${spread}, last p99 ${last.p99.toFixed(2)} ms (the load was late by ${lateness.p99.toFixed(2)} ms at p99)`
}
