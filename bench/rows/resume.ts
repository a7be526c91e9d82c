// Ten thousand sockets cut at once: how long until the last has caught up?
import { during } from '../contestants.ts'
import { median, percent } from '../figures.ts'
import type { ResumeOutcome } from '../load/resume.ts'
import { runLoad } from '../load/run-load.ts'
import { LOAD_CORE, SERVER_CORE } from '../pinned.ts'
import { quietly } from '../quiet.ts'
import { atMost, type Row, type RowResult, type Run } from './row.ts'

const ROOMS = 100
const PER_ROOM = 100
/** Ten tabs each: a sign-in belongs to a browser, and a room of a hundred people is rare. */
const ACCOUNTS_PER_ROOM = 10
const PER_SECOND = 200

export const resume: Row = { name: 'resume', measure: measureRow }

async function measureRow(run: Run): Promise<RowResult> {
  const all: ResumeOutcome[] = []
  for (let round = 0; round < run.rounds; round++) {
    all.push(await quietly(measure, told, run))
  }
  const seconds = all.map((outcome) => outcome.seconds)
  const missing = all.reduce((sum, { notResumed, lost, outOfOrder }) => sum + notResumed + lost + outOfOrder, 0)
  const shown = (value: number) => `${value.toFixed(1)} s`
  const time = atMost(median(seconds), 10, 'until the last has caught up', shown)
  return {
    name: 'resume',
    work: `${(ROOMS * PER_ROOM).toLocaleString('en')} sockets cut at once while ${PER_SECOND} messages/s are said; each gets a ticket and resumes`,
    unit: 's until the last has caught up',
    lessIsBetter: true,
    bars: [
      {
        label: 'Propromo Chat',
        value: median(seconds),
        low: Math.min(...seconds),
        high: Math.max(...seconds),
        ours: true,
      },
    ],
    ours: shown(median(seconds)),
    floor: '–',
    peers: '–',
    cpu: `${percent(median(all.map(({ serverCpu }) => serverCpu)))} / load ${percent(median(all.map(({ loadCpu }) => loadCpu)))}`,
    figures: [time, { asked: 'none lost', got: `${missing} lost`, margin: missing === 0 ? 1 : 0, met: missing === 0 }],
    notes: ['the floor and the peers keep nothing, so nobody could resume there'],
    noise: Math.max(...all.map(({ others }) => others)),
    raw: all,
  }
}

function measure(): Promise<ResumeOutcome> {
  const crowd = { rooms: ROOMS, membersPerRoom: ACCOUNTS_PER_ROOM }
  return during('ours', { crowd }, ({ dialect, port, secret, pid }) =>
    runLoad<ResumeOutcome>({
      kind: 'resume',
      dialect,
      ports: [port],
      secret,
      rooms: ROOMS,
      membersPerRoom: PER_ROOM,
      accountsPerRoom: ACCOUNTS_PER_ROOM,
      perSecond: PER_SECOND,
      warmSeconds: 2,
      watched: [{ pid, core: SERVER_CORE }],
      core: LOAD_CORE,
    }),
  )
}

function told(outcome: ResumeOutcome): string {
  const { seconds, halfSeconds, notResumed, lost, outOfOrder, eventsResumed } = outcome
  const back = `all back after ${seconds.toFixed(2)} s, half after ${halfSeconds.toFixed(2)} s, with ${eventsResumed} events`
  return `${back}; ${notResumed} not resumed, ${lost} lost, ${outOfOrder} out of order`
}
