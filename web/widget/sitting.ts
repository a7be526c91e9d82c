// One stay of a widget in its room: a ticket says who it is, then the room opens; or why it does not.
import { effect, signal } from '@preact/signals'
import type { Chat } from '../../protocol/chat.ts'
import { emailIn } from '../state/claims.ts'
import { fieldsOf } from '../state/kept.ts'
import { RoomStore } from '../state/room.ts'
import { NoTicket, type Ticket } from './tickets.ts'

export type Stage =
  | { readonly is: 'coming' }
  | { readonly is: 'open'; readonly store: RoomStore }
  /** `retries`: it tries again by itself. */
  | { readonly is: 'out'; readonly code: string; readonly retries: boolean }

export interface Way {
  /** Where the chat is: `https://chat.example.com`. */
  readonly server: string
  readonly monitor: string
  readonly ticket: Ticket
}

/** What the page around the widget is told. */
export interface Told {
  unread(count: number): void
  ended(code: string): void
}

const AGAIN_MILLISECONDS = 5_000

export class Sitting {
  readonly stage = signal<Stage>({ is: 'coming' })
  readonly #way: Way
  readonly #told: Told
  #email = ''
  /** The first one says whose room it is, and opens it too. */
  #first: string | undefined
  #store: RoomStore | undefined
  #over = false
  #again: ReturnType<typeof setTimeout> | undefined
  #stop: () => void = () => undefined

  constructor(way: Way, told: Told) {
    this.#way = way
    this.#told = told
    this.#begin()
  }

  /** For good: the room is left, and what was read and written is kept. Closing twice is harmless. */
  close(): void {
    this.#over = true
    clearTimeout(this.#again)
    this.#stop()
    this.#store?.keep()
    this.#store?.close()
  }

  async #begin(): Promise<void> {
    try {
      const ticket = await this.#way.ticket()
      const email = emailIn(ticket)
      if (email === undefined) throw new NoTicket('ticket_invalid', false)
      if (this.#over) return
      this.#first = ticket
      this.#email = email
      await this.#open()
    } catch (error) {
      if (!this.#over) this.#noTicket(error)
    }
  }

  async #open(): Promise<void> {
    const { server, monitor } = this.#way
    const store = new RoomStore(unknownChat(monitor), this.#email, { url: server, ticket: () => this.#ticket() })
    this.#store = store
    this.stage.value = { is: 'open', store }
    this.#stop = this.#follow(store)
    await store.open()
  }

  async #ticket(): Promise<string> {
    const ticket = this.#first ?? (await this.#way.ticket())
    this.#first = undefined
    // Another account signed in to the page meanwhile: what is open here is not theirs.
    if (emailIn(ticket) !== this.#email) throw new NoTicket('signed_out', false)
    return ticket
  }

  #follow(store: RoomStore): () => void {
    const ends = [
      effect(() => this.#told.unread(store.unread.value.count)),
      effect(() => {
        const connection = store.state.value?.connection
        if (connection?.status === 'ended' && connection.why.code !== 'closed') this.#ended(store, connection.why.code)
      }),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  /** What was read stays in sight, with a line that says what happened; where there is nothing, the sentence stands alone. */
  #ended(store: RoomStore, code: string): void {
    this.#told.ended(code)
    if (store.timeline?.room) return
    this.stage.value = { is: 'out', code, retries: false }
  }

  #noTicket(error: unknown): void {
    const { code, retry, retryAfterSeconds } = fieldsOf(error) // What a page throws may be anything.
    const retries = retry !== false
    this.#out(typeof code === 'string' ? code : 'no_ticket', retries)
    const wait = typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1000 : AGAIN_MILLISECONDS
    if (retries) this.#again = setTimeout(() => this.#begin(), Math.max(wait, AGAIN_MILLISECONDS))
  }

  #out(code: string, retries: boolean): void {
    this.stage.value = { is: 'out', code, retries }
    if (!retries) this.#told.ended(code)
  }
}

/** Until the server says what the room is about. */
function unknownChat(monitor: string): Chat {
  const nothing = { organization_name: null, title: null, short_description: null, public: null }
  return { ...nothing, monitor_hash: monitor, type: '', created_at: null, updated_at: null, project_url: null }
}
