// Pings every socket often enough for proxies, and drops the ones whose other side is gone (rule C7).
import type { Beating } from './websocket.ts'

const BEAT_MILLISECONDS = 1_000
/** One group a beat, so that every socket is pinged every 20 s and thousands of pings never come at once. */
const GROUPS = 20
const SILENT_MILLISECONDS = 120_000
/** A close that is not answered for this long is no longer waited for. */
const CLOSING_MILLISECONDS = 10_000

export class Heartbeat {
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Beating>())
  readonly #clock: () => number
  #added = 0
  #beat = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  add(socket: Beating): void {
    socket.data.group = this.#added++ % GROUPS
    this.#groups[socket.data.group]?.add(socket)
  }

  remove(socket: Beating): void {
    this.#groups[socket.data.group]?.delete(socket)
  }

  /** Bytes that wait for sockets to take them. */
  get waitingBytes(): number {
    let bytes = 0
    for (const group of this.#groups) for (const socket of group) bytes += socket.getBufferedAmount()
    return bytes
  }

  /** Starts beating; gives back what stops it. */
  start(): () => void {
    const timer = setInterval(() => this.beat(), BEAT_MILLISECONDS)
    return () => clearInterval(timer)
  }

  beat(): void {
    const now = this.#clock()
    for (const socket of this.#groups[this.#beat++ % GROUPS] ?? []) {
      const { heardAt, closedAt } = socket.data
      const gone = now - heardAt > SILENT_MILLISECONDS || (closedAt !== null && now - closedAt > CLOSING_MILLISECONDS)
      if (gone) socket.terminate()
      else socket.ping()
    }
  }
}
