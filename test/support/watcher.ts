// Somebody who watches a room without the SDK: a bare v1 socket, opened again whenever it is closed, from where it ended.
import { endOf, recordedSocket, type Visit, welcomeIn } from './recorded-socket.ts'
import { ticketsOf } from './redis-place.ts'
import type { Server } from './server.ts'
import { V1 } from './v1.ts'

const PAUSE_MILLISECONDS = 100

export class Watcher {
  readonly visits: Visit[] = []
  readonly #ticket: () => Promise<string>
  readonly #url: string
  readonly #socketClass: typeof WebSocket
  #socket: WebSocket | undefined
  #left = false

  constructor(who: string, server: Server, email: string, room: string) {
    this.#ticket = ticketsOf(server, email)
    this.#url = `${server.origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(room)}`
    this.#socketClass = recordedSocket(who, this.visits)
    void this.#watch()
  }

  /** The connection that is open now. */
  get visit(): Visit | undefined {
    return this.visits.findLast((visit) => welcomeIn(visit) && !visit.closed)
  }

  leave(): void {
    this.#left = true
    this.#socket?.close()
  }

  async #watch(): Promise<void> {
    while (!this.#left) {
      const ticket = await this.#ticket().catch(() => null) // Nobody may be there to give one, or to take it.
      if (ticket) await this.#visitWith(ticket)
      await Bun.sleep(PAUSE_MILLISECONDS)
    }
  }

  #visitWith(ticket: string): Promise<void> {
    const before = this.visits.findLast((visit) => welcomeIn(visit))
    const end = before && endOf(before)
    const query = end ? `?since=${end.offset}&epoch=${encodeURIComponent(end.epoch)}` : ''
    const socket = new this.#socketClass(this.#url + query, [V1, `bearer.${ticket}`])
    this.#socket = socket
    if (this.#left) socket.close()
    return new Promise((resolve) => {
      socket.addEventListener('error', () => undefined) // Its close comes too.
      socket.addEventListener('close', () => resolve())
    })
  }
}
