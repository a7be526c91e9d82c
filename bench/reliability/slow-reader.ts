// Somebody whose device hangs again and again: stops reading, is closed with 4000, and comes back to where it was.

import type { NumberedEvent } from '../../protocol/v1-contents.ts'
import { parseServerFrame } from '../../protocol/v1-server-frames.ts'
import type { Server } from '../../test/support/server.ts'
import { frameBytes, handshake, type RawSocket } from '../../test/support/wire.ts'
import type { Tally } from './tally.ts'
import { type Place, within } from './visiting.ts'

const READS_MILLISECONDS = 3_000
const PAUSE_MILLISECONDS = 500
const TEXT = 0x1
const CLOSE = 0x8

export class SlowReader {
  readonly #place: Place
  readonly #tally: Tally
  readonly #server: () => Server
  readonly #hangs: () => Promise<void>
  #left = false
  #socket: RawSocket | undefined
  /** Where it was, to go on from. */
  #since = ''

  /** `hangs` resolves when it reads again: long after a server has lost patience. */
  constructor(place: Place, server: () => Server, tally: Tally, hangs: () => Promise<void>) {
    this.#place = place
    this.#server = server
    this.#tally = tally
    this.#hangs = hangs
    void this.#stay()
  }

  leave(): void {
    this.#left = true
    this.#socket?.destroy()
  }

  async #stay(): Promise<void> {
    while (!this.#left) {
      await this.#visit().catch(() => this.#tally.count('slow clients: visits cut short'))
      await Bun.sleep(PAUSE_MILLISECONDS)
    }
  }

  async #visit(): Promise<void> {
    const ticket = await within(this.#place.ticket())
    const path = `${new URL(this.#place.address).pathname}${this.#since}`
    const headers = { 'Sec-WebSocket-Protocol': `propromo.chat.v1, bearer.${ticket}` }
    const { status, socket } = await handshake(this.#server(), path, headers)
    this.#socket = socket
    if (status !== 101) return socket.destroy()
    try {
      await this.#read(socket, performance.now() + READS_MILLISECONDS)
      socket.pause()
      await this.#hangs()
      socket.resume()
      await this.#read(socket, performance.now() + READS_MILLISECONDS * 3)
      socket.write(frameBytes(CLOSE))
    } finally {
      socket.destroy()
    }
  }

  async #read(socket: RawSocket, until: number): Promise<void> {
    while (!this.#left && performance.now() < until) {
      const frame = await socket.frame(Math.max(1, until - performance.now())).catch(() => null)
      if (!frame) return
      if (frame === 'ended') throw new Error('cut off')
      if (frame.opcode === TEXT) this.#take(frame.payload.toString())
      if (frame.opcode !== CLOSE) continue
      this.#tally.count(`slow clients: closed with ${frame.payload.readUInt16BE(0)}`)
      return
    }
  }

  #take(raw: string): void {
    const { frame } = parseServerFrame(raw)
    if (frame?.type === 'welcome') {
      const came =
        this.#since === '' ? 'came' : frame.resumed ? 'came back and resumed' : 'came back and started afresh'
      this.#tally.count(`slow clients: ${came}`)
      this.#since = `?since=${frame.cursor.offset}&epoch=${encodeURIComponent(frame.cursor.epoch)}`
    } else if (frame?.type === 'event') this.#saw(frame.event)
  }

  #saw({ offset }: NumberedEvent): void {
    this.#since = this.#since.replace(/since=\d+/, `since=${offset}`)
  }
}
