// Coming into a room where a million messages have been said, beside one with a hundred.
import { type Contestant, during } from '../contestants.ts'
import { median } from '../figures.ts'
import type { JoinOutcome } from '../load/join.ts'
import { runLoad } from '../load/run-load.ts'
import { bigRooms, LARGE_ROOM, SMALL_ROOM, WARM_UP_ROOM } from './big-rooms.ts'
import { atMost, type Row, type RowResult, type Run } from './row.ts'

const MEMBERS = 2
/** Joins of each room while the server has it open. */
const WARM_JOINS = 150
const COLD_STARTS = 5

interface Joins {
  readonly small: number[]
  readonly large: number[]
}

export const join: Row = { name: 'join', measure: measureRow }

async function measureRow(run: Run): Promise<RowResult> {
  run.say('making the rooms, if this version of the store has none yet')
  const storageUrl = await bigRooms()
  const cold: Joins = { small: [], large: [] }
  for (let round = 0; round < COLD_STARTS; round++) {
    cold.small.push(await firstJoin(storageUrl, SMALL_ROOM))
    cold.large.push(await firstJoin(storageUrl, LARGE_ROOM))
  }
  const warm = await warmJoins(storageUrl)
  run.say(`first join of the room: ${told(cold)}`)
  run.say(`room open already: ${told(warm)}`)
  const milliseconds = (value: number) => `${value.toFixed(2)} ms`
  const bar = (label: string, values: readonly number[], ours: boolean) => {
    return { label, value: median(values), low: Math.min(...values), high: Math.max(...values), ours }
  }
  const times = (value: number) => `${value.toFixed(2)} ×`
  return {
    name: 'join',
    work: 'joining a room of 1,000,000 messages, beside one of 100, SQLite',
    unit: 'ms from the request to the welcome',
    lessIsBetter: true,
    bars: [
      bar('1,000,000, first join', cold.large, true),
      bar('100, first join', cold.small, false),
      bar('1,000,000, room open', warm.large, true),
      bar('100, room open', warm.small, false),
    ],
    ours: `first ${milliseconds(median(cold.large))}, open ${milliseconds(median(warm.large))}`,
    floor: '–',
    peers: `of 100: first ${milliseconds(median(cold.small))}, open ${milliseconds(median(warm.small))}`,
    cpu: '',
    figures: [
      atMost(median(cold.large) / median(cold.small), 2, 'the time of 100, first join', times),
      atMost(median(warm.large) / median(warm.small), 2, 'the time of 100, room open', times),
    ],
    notes: ['first join: a server just started, which has let somebody into a third room before'],
    noise: 0, // Both rooms are joined in turns, so that noise meets both.
    raw: { cold, warm },
  }
}

/** In a server that has just started. Somebody has been let into another room before: what is measured is the room. */
function firstJoin(storageUrl: string, room: number): Promise<number> {
  return during('ours', settingFor(storageUrl), async (contestant) => {
    const { milliseconds } = await joinAll(contestant, [...new Array(20).fill(WARM_UP_ROOM), room])
    return milliseconds.at(-1) ?? Number.NaN
  })
}

function warmJoins(storageUrl: string): Promise<Joins> {
  return during('ours', settingFor(storageUrl), async (contestant) => {
    await joinAll(contestant, [...new Array(50).fill(WARM_UP_ROOM), SMALL_ROOM, LARGE_ROOM])
    const rooms = Array.from({ length: 2 * WARM_JOINS }, (_, index) => (index % 2 === 0 ? SMALL_ROOM : LARGE_ROOM))
    const { milliseconds } = await joinAll(contestant, rooms)
    return {
      small: milliseconds.filter((_, index) => index % 2 === 0),
      large: milliseconds.filter((_, index) => index % 2 === 1),
    }
  })
}

function joinAll({ port, secret }: Contestant, rooms: readonly number[]): Promise<JoinOutcome> {
  return runLoad<JoinOutcome>({ kind: 'join', port, secret, accountsPerRoom: MEMBERS, rooms })
}

function settingFor(storageUrl: string) {
  return { crowd: { rooms: 3, membersPerRoom: MEMBERS }, storageUrl }
}

function told({ small, large }: Joins): string {
  return `100 messages ${median(small).toFixed(2)} ms, 1,000,000 messages ${median(large).toFixed(2)} ms`
}
