// The broker in Redis: what is said in a room goes over the room's own channel, and sign-outs over one that all hear.
import type { RoomId } from '../../../protocol/chat.ts'
import { type Broker, GONE_MILLISECONDS } from '../../ports/broker.ts'
import type { Connection, Subscription } from './lines/connection.ts'
import type { After } from './pulse.ts'
import { RoomHearing, takingLeave } from './room-hearing.ts'
import { SignOuts } from './sign-outs.ts'
import type { Storing } from './storing.ts'

export interface RedisBroker extends Broker {
  /** How many milliseconds a word to oneself takes through Redis and back, measured now; rejects when it does not come. */
  roundTrip(): Promise<number>
  /** Takes leave of every room. Resolves when the others have been told, or cannot be. Twice is harmless. */
  close(): Promise<void>
}

export interface Pace {
  /** How often a process says, in each of its rooms, who is there; it hears that itself, and knows that it hears. */
  readonly everyMilliseconds: number
  /** How often a process says something to itself on the channel that all hear: it is the first to show a line that is deaf. */
  readonly probeMilliseconds: number
  /** What has not been heard for so long will not be. */
  readonly hearingMilliseconds: number
  readonly goneMilliseconds: number
}

export interface RedisBrokerParts {
  readonly connection: Connection
  /** The log's own. */
  readonly storing: Storing
  /** Names this process among all that share the store. */
  readonly process: string
  /** Milliseconds of a clock that nobody sets back. */
  readonly now: () => number
  readonly after: After
  readonly pace?: Pace
}

const PACE: Pace = {
  everyMilliseconds: 5_000,
  probeMilliseconds: 3_000,
  hearingMilliseconds: 2_000,
  goneMilliseconds: GONE_MILLISECONDS,
}
/** Far more than Redis takes, and too little for people to notice. */
const LAG_MILLISECONDS = 300
/** Steps of this size, taken round a circle again and again, keep apart from each other as evenly as can be. */
const GOLDEN = 0.618_033_988_75

export function redisBroker(parts: RedisBrokerParts): RedisBroker {
  const { connection, storing, process, now, after, pace = PACE } = parts
  const { everyMilliseconds, probeMilliseconds, hearingMilliseconds, goneMilliseconds } = pace
  // Whoever is gone is noticed with the first beat after their lease, or with the answer to it.
  const leaseMilliseconds = goneMilliseconds - everyMilliseconds - hearingMilliseconds
  const isOurs = (speaker: string) => speaker.startsWith(`${process}.`)
  const common = {
    connection,
    storing,
    isOurs,
    everyMilliseconds,
    hearingMilliseconds,
    leaseMilliseconds,
    now,
    after,
    doubt,
  }
  const hearings = new Map<RoomId, RoomHearing>()
  const signOuts = new SignOuts({ ...common, everyMilliseconds: probeMilliseconds, speaker: `${process}.0` })
  let count = 0
  let doubtedAt = Number.NEGATIVE_INFINITY
  let closed = false

  return {
    lagMilliseconds: LAG_MILLISECONDS,
    async listen(room, ear) {
      if (closed) throw takingLeave()
      return (hearings.get(room) ?? begin(room)).listen(ear)
    },
    signedOut: (signIns) => signOuts.say(signIns),
    onSignedOut: (hear) => signOuts.onHeard(hear),
    roundTrip: () => signOuts.roundTrip(),
    async close() {
      closed = true
      await Promise.all([signOuts.close(), ...[...hearings.values()].map((hearing) => hearing.close())])
    },
  }

  /**
   * Thousands of rooms go over one line, and all of them notice within seconds that it is deaf. The first to say so has it
   * replaced; were the others believed too, each would cut off the new line while the rest are still on their way to it.
   */
  function doubt(subscription: Subscription | undefined): void {
    if (!subscription || now() - doubtedAt < hearingMilliseconds) return
    doubtedAt = now()
    subscription.doubt()
  }

  function begin(room: RoomId): RoomHearing {
    const number = ++count
    const over = () => {
      if (hearings.get(room) === hearing) hearings.delete(room)
    }
    const phase = (number * GOLDEN) % 1
    const hearing = new RoomHearing(room, { ...common, speaker: `${process}.${number}`, phase, over })
    hearings.set(room, hearing)
    return hearing
  }
}
