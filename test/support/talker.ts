// Somebody who talks with the SDK on one device, remembers all that they said, and logs in again when they have to.
import { type Cursor, openRoom, type Room, type RoomOptions, type Sending, type World } from '../../client/index.ts'
import { recordedSocket, type Visit, welcomeIn } from './recorded-socket.ts'
import { ticketsOf } from './redis-place.ts'
import type { Server } from './server.ts'

/** What waits in an outbox beyond this says nothing new. */
const MOST_WAITING = 20
/** Every so manieth thing is an edit of what was said before. */
const EDITS = 5
/** A client's clock runs so much faster than the servers', so that no test waits for a client's patience. */
const HASTE = 4

/** Which message was to be changed, and what it said. */
export interface Edit {
  readonly message: string
  readonly of: string
}

export class Talker {
  readonly name: string
  readonly email: string
  readonly visits: Visit[] = []
  /** Texts that were said; of those, where each is stored, and why each of the rest is not. */
  readonly texts: string[] = []
  readonly stored = new Map<string, Cursor>()
  readonly failed = new Map<string, string>()
  readonly edits = new Map<string, Edit>()
  readonly #options: RoomOptions
  #room: Room
  #latest: (Edit & { readonly epoch: string }) | undefined

  constructor(name: string, server: Server, email: string, room: string, more: Partial<RoomOptions> = {}) {
    this.name = name
    this.email = email
    const world = { ...HASTY, WebSocket: recordedSocket(name, this.visits), ...more.world }
    this.#options = { url: server.origin, room, ticket: ticketsOf(server, email), ...more, world }
    this.#room = this.#open()
  }

  get room(): Room {
    return this.#room
  }

  /** The connection that is open now. */
  get visit(): Visit | undefined {
    return this.visits.findLast((visit) => welcomeIn(visit) && !visit.closed)
  }

  /** Everything that was said is stored or has failed, and the connection is live. */
  get isSettled(): boolean {
    const { outbox, connection } = this.#room.state
    return connection.status === 'live' && outbox.entries.every(({ status }) => status === 'failed')
  }

  /** Says the next thing that comes to mind, unless too much waits to be sent already. Gives back whether it was said. */
  speak(): boolean {
    if (this.#room.state.outbox.entries.length >= MOST_WAITING) return false
    const text = `${this.name} ${this.texts.length + 1}`
    // A page shows what the log holds now: what was in another one cannot be edited there.
    const latest = this.#latest?.epoch === this.#epoch ? this.#latest : undefined
    if (latest && this.texts.length % EDITS === EDITS - 1) this.#edit(latest, text)
    else this.say(text)
    return true
  }

  async say(text: string): Promise<void> {
    const offset = await this.#note(text, this.#room.send(text))
    const epoch = this.stored.get(text)?.epoch
    if (offset !== undefined && epoch !== undefined) this.#latest = { message: String(offset), of: text, epoch }
  }

  leave(): void {
    this.#room.close()
  }

  get #epoch(): string {
    return this.#room.state.timeline.cursor?.epoch ?? ''
  }

  #edit(what: Edit, text: string): void {
    this.edits.set(text, what)
    void this.#note(text, this.#room.edit(what.message, text))
  }

  /** Gives back where it is stored, if it is. */
  async #note(text: string, { settled }: Sending): Promise<number | undefined> {
    this.texts.push(text)
    const end = await settled
    if (end.status === 'failed') this.failed.set(text, end.failure.code)
    if (end.status !== 'stored') return undefined
    this.stored.set(text, { epoch: this.#epoch, offset: end.offset })
    return end.offset
  }

  /** As a page does: where it was, with what was not sent yet. */
  #open(before?: Room): Room {
    const cursor = before?.state.timeline.cursor
    const carried = before ? { outbox: before.save(), ...(cursor ? { cursor } : {}) } : {}
    const room = openRoom({ ...this.#options, ...carried })
    const stop = room.subscribe(({ connection }) => {
      if (connection.status !== 'ended' || connection.remedy !== 'sign_in') return
      stop()
      this.#room = this.#open(room)
    })
    return room
  }
}

const began = Date.now()

const HASTY: Partial<World> = {
  now: () => began + (Date.now() - began) * HASTE,
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds / HASTE)
    return () => clearTimeout(timer)
  },
  random: () => 0.02,
}
