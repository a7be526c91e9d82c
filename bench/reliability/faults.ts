// What goes wrong, and when: a server killed every minute, and everything else in turn, on a timetable.
import type { Tally } from './tally.ts'
import type { Town } from './town.ts'

export interface Fault {
  readonly what: string
  /** Seconds since the run began; `to` when it was over, as far as whoever runs the chat is concerned. */
  readonly from: number
  readonly to: number
}

interface Planned {
  readonly what: string
  readonly at: number
  inflict(): Promise<void>
}

const LONG_MILLISECONDS = 10_000
const REDIS_FROZEN_MILLISECONDS = 5_000
const KILL_SECONDS = 60
/** Ten minutes have one of each of these, and some twice; less time has the first of them, as many as there is room for. */
const SHORTEST_TURN_SECONDS = 20

/** Runs until the last fault is over. */
export async function inflictFaults(town: Town, seconds: number, tally: Tally, say: (line: string) => void) {
  const faults: Fault[] = []
  const inflict = async ({ what, at, inflict }: Planned) => {
    await Bun.sleep(Math.max(0, (at - tally.seconds) * 1_000))
    const from = tally.seconds
    await inflict()
    faults.push({ what, from, to: tally.seconds })
    say(`${from.toFixed(0)} s: ${what}`)
  }
  // Kills and the rest never meet, so that each is seen by itself; all in one row, so that no two touch one process at once.
  for (const planned of timetable(town, seconds)) await inflict(planned)
  return faults
}

function timetable(town: Town, seconds: number): readonly Planned[] {
  const turn = Math.max(Math.min(SHORTEST_TURN_SECONDS, seconds), Math.min(KILL_SECONDS, seconds / 10))
  const turns = Math.max(1, Math.floor(seconds / turn) - 1)
  const others = othersOf(town, turns)
  const planned: Planned[] = []
  for (let index = 0; index < turns; index++) {
    const other = others[index % others.length]
    planned.push({ what: 'a server killed', at: (index + 1 / 12) * turn, inflict: () => killed(town, index) })
    if (other) planned.push({ ...other, at: (index + 0.3) * turn })
  }
  return planned
}

function othersOf(town: Town, turns: number): readonly Omit<Planned, 'at'>[] {
  const { postgres, redis, network } = town
  const long = () => Bun.sleep(LONG_MILLISECONDS)
  const ofRedis = (what: string, inflict: (redis: NonNullable<Town['redis']>) => Promise<void>) =>
    redis ? [{ what, inflict: () => inflict(redis) }] : []
  const frozenRedis = ofRedis('Redis frozen', async (redis) => {
    redis.stop()
    await Bun.sleep(REDIS_FROZEN_MILLISECONDS)
    redis.cont()
  })
  const killedRedis = ofRedis('Redis killed', (redis) => redis.restart())
  const cut = { what: 'clients cut off', inflict: async () => network.cut() }
  const stopped = {
    what: 'Postgres stopped',
    inflict: async () => {
      await postgres.kill()
      await long()
      await postgres.restart()
    },
  }
  const frozen = {
    what: 'Postgres frozen',
    inflict: async () => {
      postgres.freeze()
      await long()
      postgres.thaw()
    },
  }
  const silent = { what: 'clients’ network silent', inflict: async () => network.silence() }
  const rolling = { what: 'rolling restart', inflict: () => restartedInTurn(town) }
  const all = [...frozenRedis, ...killedRedis, stopped, cut, frozen, silent, ...frozenRedis, ...killedRedis]
  // It comes last, so that the process that is never killed lives until then; where there is no time for all, it comes first.
  return turns > all.length ? [...all, rolling] : [rolling, ...all]
}

/** The last server is never killed; where there is one only, it is. */
async function killed({ servers }: Town, index: number): Promise<void> {
  const server = servers[index % Math.max(1, servers.length - 1)]
  await server?.kill()
  await server?.restart()
}

async function restartedInTurn({ servers }: Town): Promise<void> {
  for (const server of servers) {
    await server.stop()
    await server.restart()
  }
}
