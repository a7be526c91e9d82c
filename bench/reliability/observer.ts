// Somebody who only watches, over a bare v1 socket that has to say something: notes every event in the order in which it came.
import type { Cursor } from '../../protocol/event.ts'
import type { NumberedEvent } from '../../protocol/v1-contents.ts'
import { parseServerFrame, type ServerFrame, type WelcomeFrame } from '../../protocol/v1-server-frames.ts'
import { Returning } from '../../test/support/returning.ts'
import { type Jump, type Told, toldOf, type Watched } from './evidence.ts'
import type { Tally } from './tally.ts'
import { type Place, within } from './visiting.ts'

const PAUSE_MILLISECONDS = 200
const PING_MILLISECONDS = 10_000
/** A socket that is silent for longer than this after a ping is as good as closed. */
const SILENT_MILLISECONDS = 25_000
const PAGE = 100

export class Observer {
  readonly who: string
  readonly room: string
  readonly told: (Told | Jump)[] = []
  readonly #tally: Tally
  readonly #returning: Returning
  #cursor: Cursor | null = null
  #from = 0
  #socket: WebSocket | undefined
  #heardAt = 0
  #gap: { readonly from: number; readonly shown: Set<number> } | undefined

  constructor(who: string, place: Place, tally: Tally) {
    this.who = who
    this.room = place.room
    this.#tally = tally
    this.#returning = new Returning({
      address: place.address,
      pauseMilliseconds: PAUSE_MILLISECONDS,
      ticket: () => within(place.ticket()),
      end: () => this.#cursor,
      open: (url, protocols) => this.#open(new WebSocket(url, protocols)),
      away: () => {
        if (this.#cursor) tally.isHere(who, false)
      },
    })
  }

  get watched(): Watched {
    return { who: this.who, from: this.#from, told: this.told }
  }

  get end(): number {
    return this.#cursor?.offset ?? -1
  }

  leave(): void {
    this.#returning.leave()
  }

  #open(socket: WebSocket): WebSocket {
    this.#socket = socket
    this.#heardAt = performance.now()
    const pulse = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENT_MILLISECONDS) socket.terminate()
      else if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}')
    }, PING_MILLISECONDS)
    socket.addEventListener('message', ({ data }) => this.#hear(String(data)))
    socket.addEventListener('close', ({ code }) => {
      clearInterval(pulse)
      this.#socket = undefined
      this.#tally.count(`close ${code}`)
    })
    return socket
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
