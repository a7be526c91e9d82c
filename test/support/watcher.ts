// Somebody who watches a room without the SDK, and remembers every frame of every visit.
import { endOf, recordedSocket, type Visit, welcomeIn } from './recorded-socket.ts'
import { ticketsOf } from './redis-place.ts'
import { Returning } from './returning.ts'
import type { Server } from './server.ts'

const PAUSE_MILLISECONDS = 100

export class Watcher {
  readonly visits: Visit[] = []
  readonly #returning: Returning

  constructor(who: string, server: Server, email: string, room: string) {
    const Socket = recordedSocket(who, this.visits)
    this.#returning = new Returning({
      address: `${server.origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(room)}`,
      pauseMilliseconds: PAUSE_MILLISECONDS,
      ticket: ticketsOf(server, email),
      end: () => {
        const before = this.visits.findLast((visit) => welcomeIn(visit))
        return before ? endOf(before) : null
      },
      open: (url, protocols) => new Socket(url, protocols),
    })
  }

  /** The connection that is open now. */
  get visit(): Visit | undefined {
    return this.visits.findLast((visit) => welcomeIn(visit) && !visit.closed)
  }

  leave(): void {
    this.#returning.leave()
  }
}
