// The run: a town, its people, everything that goes wrong, and in the end what everyone was told against what is kept.
import { findings } from './checker.ts'
import type { Finding, RoomEvidence } from './evidence.ts'
import { type Fault, inflictFaults } from './faults.ts'
import { type Gauged, type Lag, lagOf, watchGauges } from './gauges.ts'
import type { Options } from './options.ts'
import { type Population, populate, ROLES } from './population.ts'
import { Tally } from './tally.ts'
import { buildTown, emailOf, type Town } from './town.ts'
import { historyOf, inMessages, logsOf } from './truth.ts'
import { placeOf } from './visiting.ts'
import { TALKER, warmUp } from './warm-up.ts'

export interface Ran {
  readonly options: Options
  readonly startedAt: Date
  readonly seconds: number
  readonly tally: Tally
  readonly faults: readonly Fault[]
  readonly gauged: readonly Gauged[]
  readonly lags: readonly Lag[]
  readonly events: number
  readonly findings: readonly Finding[]
}

/** Everyone is back, and every outbox empty, within this; otherwise that is what was found. */
const SETTLE_MILLISECONDS = 90_000
/** Shorter runs say nothing about memory. */
const WARM_MINUTES = 5
/** By then somebody else is in every room. */
const LET_GO_MILLISECONDS = 10_000

export async function run(options: Options, say: (line: string) => void): Promise<Ran> {
  const { minutes, store } = options
  const rooms = Array.from({ length: options.rooms }, (_, index) => `room-${index + 1}`)
  const startedAt = new Date()
  const town = await buildTown(store, rooms, [...ROLES, TALKER])
  const end = () => void town.remove().finally(() => process.exit(1))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  say('warming up')
  const letGo = minutes >= WARM_MINUTES ? await warmUp(town, rooms) : () => undefined
  const tally = new Tally()
  const people = populate(town, rooms, tally)
  setTimeout(letGo, LET_GO_MILLISECONDS)
  try {
    const stop = watchGauges(town.servers, tally)
    const faults = await inflictFaults(town, minutes * 60, tally, say)
    await Bun.sleep(Math.max(0, minutes * 60 - tally.seconds) * 1_000)
    const { seconds } = tally
    const gauged = stop()
    people.hush()
    const unsettled = await settle(people)
    const lags = await Promise.all(town.servers.map(lagOf))
    const { events, found } = await judged(town, rooms, people)
    return { options, startedAt, seconds, tally, faults, gauged, lags, events, findings: [...unsettled, ...found] }
  } finally {
    people.leave()
    await town.remove()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
  }
}

async function judged(town: Town, rooms: readonly string[], people: Population) {
  const histories = new Map<string, Awaited<ReturnType<typeof historyOf>>>()
  for (const room of rooms)
    histories.set(room, await historyOf(placeOf(town.balancer.origin, room, emailOf('watcher', room))))
  const logs = await logsOf(town.storageUrl, rooms)
  const found = rooms.flatMap((room): readonly Finding[] => {
    const log = logs.get(room) ?? []
    return [
      ...findings(evidenceOf(room, log, people)),
      ...inMessages(`${room}: its history`, histories.get(room) ?? [], log, true),
      ...people.speakers
        .filter((speaker) => speaker.room === room)
        .flatMap(({ who, shown }) => inMessages(`the page of ${who}`, shown, log, false)),
    ]
  })
  return { events: [...logs.values()].reduce((sum, log) => sum + log.length, 0), found }
}

function evidenceOf(room: string, log: RoomEvidence['log'], people: Population): RoomEvidence {
  const here = <One extends { readonly room: string }>(all: readonly One[]) => all.filter((one) => one.room === room)
  return {
    ...{ room, log },
    watched: here(people.observers).map(({ watched }) => watched),
    spoken: here(people.speakers).map(({ spoken }) => spoken),
    plain: here(people.plain).map(({ spoken }) => spoken),
  }
}

/** Every outbox is empty, everyone is back, and all in a room are at one place, twice in a row. */
async function settle(people: Population): Promise<readonly Finding[]> {
  const giveUpAt = performance.now() + SETTLE_MILLISECONDS
  let before = ''
  while (performance.now() < giveUpAt) {
    await Bun.sleep(1_000)
    const ends = people.observers.map(({ end }) => end)
    const isSettled = people.speakers.every(({ isSettled, room, end }) => {
      return isSettled && people.observers.every((observer) => observer.room !== room || observer.end === end)
    })
    if (isSettled && ends.join() === before) return []
    before = ends.join()
  }
  const missing = people.speakers.filter(({ isSettled }) => !isSettled).map(({ account }) => account)
  const behind = people.speakers.flatMap(({ who, room, end }) =>
    people.observers
      .filter((other) => other.room === room && other.end !== end)
      .map((other) => `${who} at ${end}, ${other.who} at ${other.end}`),
  )
  return [...missing, ...behind].map((sentence): Finding => ({ kind: 'lost', sentence: `not settled: ${sentence}` }))
}
