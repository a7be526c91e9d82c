// What a connection costs that only is there.
import { type ContestantName, during } from '../contestants.ts'
import type { IdleOutcome } from '../load/idle.ts'
import { runLoad } from '../load/run-load.ts'
import { atMost, type Row, type RowResult, type Run } from './row.ts'
import { LABELS } from './throughput.ts'

const ROOMS = 150
const PER_ROOM = 100
const NAMES = ['ours', 'floor'] as const

type Measured = IdleOutcome & { readonly contestant: ContestantName; readonly kilobytesEach: number }

export const idle: Row = { name: 'idle', measure: measureRow }

async function measureRow(run: Run): Promise<RowResult> {
  const all: Measured[] = []
  for (const name of NAMES) {
    const measured = await measure(name)
    run.say(
      `${name}: ${measured.kilobytesEach.toFixed(2)} KB each (${measured.before} KiB before, ${measured.full} when all were in, ${measured.settled} settled; in after ${measured.connectSeconds.toFixed(1)} s)`,
    )
    all.push(measured)
  }
  const [ours, floor] = all
  if (!ours || !floor) throw new Error('nothing was measured')
  const kilobytes = (value: number) => `${value.toFixed(2)} KB`
  return {
    name: 'idle',
    work: `${(ROOMS * PER_ROOM).toLocaleString('en')} idle v1 connections, ${ROOMS} rooms of ${PER_ROOM} members`,
    unit: 'KB of resident memory each',
    lessIsBetter: true,
    bars: all.map(({ contestant, kilobytesEach }) => ({
      label: LABELS[contestant],
      value: kilobytesEach,
      low: kilobytesEach,
      high: kilobytesEach,
      ours: contestant === 'ours',
    })),
    ours: kilobytes(ours.kilobytesEach),
    floor: kilobytes(floor.kilobytesEach),
    peers: '–',
    cpu: '',
    figures: [atMost(ours.kilobytesEach, 6, 'each', kilobytes)],
    notes: [
      `all in after ${ours.connectSeconds.toFixed(1)} s (${Math.round(ours.connections / ours.connectSeconds)} joins/s)`,
    ],
    noise: 0, // Memory does not depend on who else is at work.
    raw: all,
  }
}

async function measure(name: ContestantName): Promise<Measured> {
  const outcome = await during(name, { crowd: { rooms: ROOMS, membersPerRoom: PER_ROOM } }, (contestant) =>
    runLoad<IdleOutcome>({
      kind: 'idle',
      dialect: contestant.dialect,
      ports: [contestant.port],
      secret: contestant.secret,
      rooms: ROOMS,
      membersPerRoom: PER_ROOM,
      accountsPerRoom: PER_ROOM,
      pid: contestant.pid,
    }),
  )
  const kilobytesEach = (outcome.settled - outcome.before) / outcome.connections
  return { ...outcome, contestant: name, kilobytesEach }
}
