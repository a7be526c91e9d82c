// Who is where: in every room a watcher, two who talk with the SDK and one existing client; and some with habits of their own.
import { Observer } from './observer.ts'
import { PlainSpeaker } from './plain-speaker.ts'
import { SlowReader } from './slow-reader.ts'
import { Speaker } from './speaker.ts'
import type { Tally } from './tally.ts'
import { emailOf, type Town } from './town.ts'
import { placeOf } from './visiting.ts'
import { Visitor } from './visitor.ts'

export const ROLES = ['watcher', 'steady', 'restless', 'plain', 'visitor', 'loud', 'slow'] as const

/** Of every four rooms, the people of one come over a bad network. */
const BAD_NETWORK = 4
const VISITORS = 8
const SLOW = 3
const PAUSE_MILLISECONDS = 2_500
const PLAIN_PAUSE_MILLISECONDS = 4_000
/** In the first room somebody pastes long texts for some seconds of every so many: what those who do not read choke on. */
const LOUD = { characters: 16_000, pauseMilliseconds: 70, secondsOf: 60, seconds: 30 }
/** Somebody who hangs does so over one of those. */
const HANG_MILLISECONDS = 55_000

export interface Population {
  readonly observers: readonly Observer[]
  readonly speakers: readonly Speaker[]
  readonly plain: readonly PlainSpeaker[]
  /** Nobody begins anything any more; what waits is still sent. */
  hush(): void
  leave(): void
}

export function populate(town: Town, rooms: readonly string[], tally: Tally): Population {
  const through = (index: number) => (index % BAD_NETWORK === 1 ? town.network.origin : town.balancer.origin)
  const placed = (role: (typeof ROLES)[number], room: string, origin: string) =>
    placeOf(origin, room, emailOf(role, room))
  const habits = { pauseMilliseconds: PAUSE_MILLISECONDS, comesAndGoes: false }
  const observers = rooms.map(
    (room, index) => new Observer(`watcher of ${room}`, placed('watcher', room, through(index)), tally),
  )
  const speakers = rooms.flatMap((room, index) => [
    new Speaker(`steady in ${room}`, placed('steady', room, through(index)), tally, habits),
    new Speaker(`restless in ${room}`, placed('restless', room, through(index)), tally, {
      ...habits,
      comesAndGoes: true,
    }),
  ])
  const plain = rooms.map(
    (room) =>
      new PlainSpeaker(
        `plain in ${room}`,
        placed('plain', room, town.balancer.origin),
        tally,
        PLAIN_PAUSE_MILLISECONDS,
      ),
  )
  const visitors = rooms
    .slice(0, VISITORS)
    .map((room) => new Visitor(town.balancer.origin, emailOf('visitor', room), tally))
  const [first = ''] = rooms
  const isLoud = () => tally.seconds % LOUD.secondsOf < LOUD.seconds
  const loud = new Speaker('loud', placed('loud', first, town.balancer.origin), tally, {
    ...habits,
    ...LOUD,
    only: isLoud,
  })
  const slow = Array.from({ length: SLOW }, () => {
    const server = () => town.servers.at(-1) ?? never() // The one that is never killed: the others would end it sooner.
    return new SlowReader(placed('slow', first, town.balancer.origin), server, tally, () =>
      Bun.sleep(HANG_MILLISECONDS),
    )
  })
  const everyone = [...observers, ...speakers, ...plain, ...visitors, loud, ...slow]
  return {
    observers,
    speakers: [...speakers, loud],
    plain,
    hush: () => {
      for (const one of [...speakers, loud, ...plain]) one.hush()
      for (const one of [...visitors, ...slow]) one.leave()
    },
    leave: () => {
      for (const one of everyone) one.leave()
    },
  }
}

function never(): never {
  throw new Error('unreachable: there is no server')
}
