// Somebody in a room without the SDK: a bare v1 socket, opened again whenever it is closed, from where it ended.
import type { Cursor } from '../../protocol/event.ts'
import { V1 } from './v1.ts'

export interface Stay {
  /** Of the room's socket. */
  readonly address: string
  readonly pauseMilliseconds: number
  /** Throws while nobody is there to give one. */
  ticket(): Promise<string>
  /** Up to where everything has been told; `null` before the first welcome. */
  end(): Cursor | null
  open(url: string, protocols: string[]): WebSocket
  /** Called when a try to be there is over, whatever became of it. */
  away?(): void
}

export class Returning {
  readonly #stay: Stay
  #socket: WebSocket | undefined
  #left = false

  constructor(stay: Stay) {
    this.#stay = stay
    void this.#comeBack()
  }

  leave(): void {
    this.#left = true
    this.#socket?.close()
  }

  async #comeBack(): Promise<void> {
    while (!this.#left) {
      const ticket = await this.#stay.ticket().catch(() => null) // Nobody may be there to give one, or to take it.
      if (ticket !== null) await this.#visit(ticket)
      if (!this.#left) this.#stay.away?.()
      await Bun.sleep(this.#stay.pauseMilliseconds)
    }
  }

  #visit(ticket: string): Promise<void> {
    const { address, end, open } = this.#stay
    const from = end()
    const query = from ? `?since=${from.offset}&epoch=${encodeURIComponent(from.epoch)}` : ''
    const socket = open(address + query, [V1, `bearer.${ticket}`])
    this.#socket = socket
    if (this.#left) socket.close()
    return new Promise((resolve) => {
      socket.addEventListener('error', () => undefined) // Its close comes too.
      socket.addEventListener('close', () => resolve())
    })
  }
}
