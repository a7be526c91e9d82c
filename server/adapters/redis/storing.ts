// What is being stored from here, by room. What others have stored meanwhile is told together with it: writing to a thousand
// sockets is what telling a large room costs, and one write carries several events as well as one.
import type { RoomId } from '../../../protocol/chat.ts'

interface Room {
  /** Appends that are not answered yet. */
  underWay: number
  /** In the order in which it came. */
  waiting: (() => void)[]
  timer: Timer | undefined
}

/** A Redis that answers slowly, or waits for a replica, must not keep back what has come already. */
const MOST_MILLISECONDS = 5

export class Storing {
  readonly #rooms = new Map<RoomId, Room>()

  begin(room: RoomId): void {
    this.#at(room).underWay += 1
  }

  /** Call it before anyone is told of the answer: what waits for it is older. */
  end(room: RoomId): void {
    const here = this.#at(room)
    here.underWay -= 1
    this.#release(room, here)
  }

  /**
   * Does the work at the end of this turn of the event loop, or after the next answer of this room if one is due; in order,
   * and never much later. The work must not throw.
   */
  afterwards(room: RoomId, work: () => void): void {
    const here = this.#at(room)
    here.waiting.push(work)
    if (here.waiting.length > 1) return
    // What arrived in the same turn may be about to be stored: only after it is it known whether there is anything to wait for.
    setImmediate(() => {
      if (here.waiting.length === 0 || here.timer) return
      if (here.underWay === 0) this.#release(room, here)
      else here.timer = setTimeout(() => this.#release(room, here), MOST_MILLISECONDS)
    })
  }

  #at(room: RoomId): Room {
    const before = this.#rooms.get(room)
    if (before) return before
    const here: Room = { underWay: 0, waiting: [], timer: undefined }
    this.#rooms.set(room, here)
    return here
  }

  #release(room: RoomId, here: Room): void {
    clearTimeout(here.timer)
    here.timer = undefined
    const { waiting } = here
    here.waiting = []
    if (here.underWay === 0) this.#rooms.delete(room)
    for (const work of waiting) work()
  }
}
