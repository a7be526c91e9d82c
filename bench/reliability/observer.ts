// Somebody who only watches, over a bare v1 socket: comes back to where it was, and notes every event in the order in which it came.
import type { Cursor } from '../../protocol/event.ts'
import type { NumberedEvent } from '../../protocol/v1-contents.ts'
import { parseServerFrame, type ServerFrame, type WelcomeFrame } from '../../protocol/v1-server-frames.ts'
import { type Jump, type Told, toldOf, type Watched } from './evidence.ts'
import type { Tally } from './tally.ts'
import { type Place, within } from './visiting.ts'

const V1 = 'propromo.chat.v1'
const PAUSE_MILLISECONDS = 200
const PING_MILLISECONDS = 10_000
/** A socket that is silent for longer than this after a ping is as good as closed. */
const SILENT_MILLISECONDS = 25_000
const PAGE = 100

export class Observer {
  readonly who: string
  readonly room: string
  readonly told: (Told | Jump)[] = []
  readonly #place: Place
  readonly #tally: Tally
  #cursor: Cursor | null = null
  #from = 0
  #socket: WebSocket | undefined
  #heardAt = 0
  #left = false
  #gap: { readonly from: number; readonly shown: Set<number> } | undefined

  constructor(who: string, place: Place, tally: Tally) {
    this.who = who
    this.room = place.room
    this.#place = place
    this.#tally = tally
    void this.#watch()
  }

  get watched(): Watched {
    return { who: this.who, from: this.#from, told: this.told }
  }

  get end(): number {
    return this.#cursor?.offset ?? -1
  }

  leave(): void {
    this.#left = true
    this.#socket?.close()
  }

  async #watch(): Promise<void> {
    while (!this.#left) {
      const ticket = await within(this.#place.ticket()).catch(() => null)
      if (ticket !== null) await this.#visit(ticket)
      if (this.#cursor && !this.#left) this.#tally.isHere(this.who, false)
      await Bun.sleep(PAUSE_MILLISECONDS)
    }
  }

  #visit(ticket: string): Promise<void> {
    const since = this.#cursor ? `?since=${this.#cursor.offset}&epoch=${encodeURIComponent(this.#cursor.epoch)}` : ''
    const socket = new WebSocket(this.#place.address + since, [V1, `bearer.${ticket}`])
    this.#socket = socket
    this.#heardAt = performance.now()
    return new Promise((resolve) => {
      const pulse = setInterval(() => {
        if (performance.now() - this.#heardAt > SILENT_MILLISECONDS) end()
        else if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}')
      }, PING_MILLISECONDS)
      const end = () => {
        clearInterval(pulse)
        if (this.#socket === socket) this.#socket = undefined
        socket.terminate()
        resolve()
      }
      socket.addEventListener('message', ({ data }) => {
        if (this.#socket === socket) this.#hear(String(data))
      })
      socket.addEventListener('error', () => undefined) // Its close comes too.
      socket.addEventListener('close', ({ code }) => {
        this.#tally.count(`close ${code}`)
        end()
      })
    })
  }

  #hear(raw: string): void {
    this.#heardAt = performance.now()
    const { frame, fault } = parseServerFrame(raw)
    if (fault !== undefined) this.#tally.count(`frames that make no sense: ${fault}`)
    if (frame) this.#take(frame)
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#welcomed(frame)
    else if (frame.type === 'event') this.#event(frame.event)
    else if (frame.type === 'history') this.#shown(frame.messages, frame.more)
  }

  #welcomed({ cursor, resumed, events, messages }: WelcomeFrame): void {
    const before = this.#cursor
    this.#tally.isHere(this.who, true)
    this.#cursor = before && resumed ? before : cursor
    if (!before) this.#from = cursor.offset
    else if (resumed) {
      this.#tally.count('resumed watchers')
      for (const event of events) this.#event(event)
    } else {
      const shown = new Set<number>()
      this.#tally.count('watchers that started afresh')
      this.told.push({ from: before.offset, to: cursor.offset, sameEpoch: before.epoch === cursor.epoch, shown })
      this.#gap = { from: before.offset, shown }
      this.#shown(messages, true)
    }
  }

  #event(event: NumberedEvent): void {
    const told = event.type === 'unknown' ? { offset: event.offset, print: 'unknown', text: '' } : toldOf(event)
    this.told.push(told)
    if (this.#cursor) this.#cursor = { epoch: this.#cursor.epoch, offset: told.offset }
    this.#tally.heard(told.text)
  }

  /** What a fresh start left out is read page by page. */
  #shown(messages: readonly { readonly id: string }[], more: boolean): void {
    if (!this.#gap) return
    const { from, shown } = this.#gap
    for (const { id } of messages) shown.add(Number(id))
    const oldest = Number(messages[0]?.id ?? 0)
    if (!more || oldest <= from + 1) this.#gap = undefined
    else this.#socket?.send(JSON.stringify({ type: 'history', id: 'gap', before: oldest, limit: PAGE }))
  }
}
