// An existing client: the plain protocol, comes back when it is closed, and says nothing a second time.

import { hashOf, type PlainSpoken } from './evidence.ts'
import { plainMessageIn } from './plain-message.ts'
import type { Tally } from './tally.ts'
import { type Place, within } from './visiting.ts'

const PAUSE_MILLISECONDS = 300

export class PlainSpeaker {
  readonly who: string
  readonly room: string
  readonly #place: Place
  readonly #tally: Tally
  readonly #said: string[] = []
  readonly #seen = new Set<string>()
  readonly #visits: number[][] = []
  readonly #talking: Timer
  #socket: WebSocket | undefined
  #left = false

  constructor(who: string, place: Place, tally: Tally, pauseMilliseconds: number) {
    this.who = who
    this.room = place.room
    this.#place = place
    this.#tally = tally
    this.#talking = setInterval(() => this.#say(), pauseMilliseconds)
    void this.#stay()
  }

  get spoken(): PlainSpoken {
    return {
      ...{ who: this.who, by: this.#place.email, said: this.#said, seen: this.#seen },
      visits: this.#visits,
    }
  }

  hush(): void {
    clearInterval(this.#talking)
  }

  leave(): void {
    this.hush()
    this.#left = true
    this.#socket?.close()
  }

  #say(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    const text = `${this.who} word ${this.#said.length + 1}`
    const hash = hashOf(text)
    this.#said.push(hash)
    this.#tally.said(hash, this.who)
    this.#tally.count('messages of plain clients')
    this.#socket.send(text)
  }

  async #stay(): Promise<void> {
    while (!this.#left) {
      const ticket = await within(this.#place.ticket()).catch(() => null)
      if (ticket !== null) await this.#visit(ticket)
      if (!this.#left && this.#visits.length > 0) this.#tally.isHere(this.who, false)
      await Bun.sleep(PAUSE_MILLISECONDS)
    }
  }

  #visit(ticket: string): Promise<void> {
    const socket = new WebSocket(`${this.#place.address}?auth=${ticket}`)
    const ids: number[] = []
    this.#socket = socket
    return new Promise((resolve) => {
      socket.addEventListener('open', () => {
        this.#visits.push(ids)
        this.#tally.isHere(this.who, true)
      })
      socket.addEventListener('message', ({ data }) => {
        const message = plainMessageIn(String(data))
        if (!message) return this.#tally.count('refusals to plain clients')
        ids.push(message.id)
        const hash = hashOf(message.text)
        if (message.email !== this.#place.email || this.#seen.has(hash)) return
        this.#seen.add(hash)
        this.#tally.count('messages of plain clients that came back to them')
      })
      socket.addEventListener('error', () => undefined) // Its close comes too.
      socket.addEventListener('close', () => {
        socket.terminate()
        resolve()
      })
    })
  }
}
