// Searches of this process: one at a time for a member and a few for everybody, since each may read much of a room.
// Not over all processes: whoever waits here would have to ask the others again and again whether it is their turn, and seats tell
// that something is free a moment late, so that a second window would be refused for nothing. What all of them together may cost the
// store is bounded by the few of each process and by the pace of lookups.
import type { RoomId } from '../../protocol/chat.ts'
import { FrameRefusal } from '../../protocol/refusal.ts'
import { Turns } from './turns.ts'

const AT_ONCE = 4
/** Of all members together, those that have their own turn already. */
const MOST_WAITING = 200
/** Of one member: a person looks for one thing, in a few windows. */
export const MOST_WAITING_OF_ONE = 10

interface Line {
  many: number
  last: Promise<unknown>
}

export class Searches {
  readonly #turns = new Turns(AT_ONCE, MOST_WAITING)
  readonly #lines = new Map<string, Line>()

  /** Runs the search when those that the member began before are done; throws the refusal of rule V16 when too many wait. */
  async run<Found>(who: string, room: RoomId, search: () => Promise<Found>): Promise<Found> {
    const line = this.#lines.get(who) ?? { many: 0, last: Promise.resolve() }
    if (line.many > MOST_WAITING_OF_ONE) throw tooMany()
    this.#lines.set(who, line)
    line.many += 1
    const turn = line.last.then(() => this.#turns.run(who, room, search))
    line.last = turn.catch(() => {}) // Whoever asked for it is told; the next has its turn all the same.
    try {
      const found = await turn
      if (found === 'busy') throw tooMany()
      return found
    } finally {
      line.many -= 1
      if (line.many === 0) this.#lines.delete(who)
    }
  }
}

function tooMany(): FrameRefusal {
  return new FrameRefusal('rate_limited', 'Cannot search right now: too many searches wait. Try again in a second', 1)
}
