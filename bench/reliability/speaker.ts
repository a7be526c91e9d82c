// Somebody who talks with the SDK: says, edits, reacts, deletes, looks up, and remembers all that the outbox took.
import { messagesIn, openRoom, type Room, savedTimeline } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { hashOf, type Spoken } from './evidence.ts'
import { OutboxNotes } from './outbox-notes.ts'
import type { Tally } from './tally.ts'
import type { Place } from './visiting.ts'

const MOST_WAITING = 100
/** So far apart do visits begin, at random; and so long are those who come and go away. */
const STAY_MILLISECONDS = [15_000, 40_000] as const
const AWAY_MILLISECONDS = [500, 8_000] as const

export interface Habits {
  /** On average, between two things that they do. */
  readonly pauseMilliseconds: number
  /** Whether they close the page now and then, and come back with what it had kept, or with the outbox alone. */
  readonly comesAndGoes: boolean
  /** How long what they say is; as short as it comes, unless told otherwise. */
  readonly characters?: number
  /** Says nothing but messages, and those only while this is so. */
  readonly only?: () => boolean
}

export class Speaker {
  readonly who: string
  readonly room: string
  readonly #place: Place
  readonly #tally: Tally
  readonly #habits: Habits
  readonly #notes: OutboxNotes
  /** What they said themselves, by offset, and may still change. */
  readonly #own: number[] = []
  #chat: Room
  #timers: Timer[] = []
  #silent = false
  #isAway = false
  #said = 0

  constructor(who: string, place: Place, tally: Tally, habits: Habits) {
    this.who = who
    this.room = place.room
    this.#place = place
    this.#tally = tally
    this.#habits = habits
    this.#notes = new OutboxNotes(tally)
    this.#chat = this.#open({})
    this.#later([0, 2 * habits.pauseMilliseconds], () => this.#act())
    if (habits.comesAndGoes) this.#later(STAY_MILLISECONDS, () => this.#go())
  }

  get spoken(): Spoken {
    return { who: this.who, by: this.#place.email, ...this.#notes.asOf(this.#chat.state.outbox) }
  }

  /** What their page shows in the end. */
  get shown(): readonly Message[] {
    return messagesIn(this.#chat.state.timeline)
  }

  get end(): number {
    return this.#chat.state.timeline.cursor?.offset ?? -1
  }

  get isSettled(): boolean {
    const { outbox, connection } = this.#chat.state
    const isLive = connection.status === 'live' && !this.#isAway
    return isLive && outbox.entries.every(({ status }) => status === 'failed')
  }

  get account(): string {
    const { outbox, connection } = this.#chat.state
    return `${this.who}: ${JSON.stringify(connection)}, ${outbox.entries.length} in the outbox, at ${this.end}`
  }

  /** Says and changes nothing more; what waits is still sent. */
  hush(): void {
    this.#silent = true
    for (const timer of this.#timers) clearTimeout(timer)
    if (this.#isAway) this.#return(true)
  }

  leave(): void {
    this.hush()
    this.#chat.close()
  }

  #act(): void {
    const { pauseMilliseconds, only } = this.#habits
    this.#later([0, 2 * pauseMilliseconds], () => this.#act())
    if (this.#isAway || this.#chat.state.outbox.entries.length > MOST_WAITING) return
    if (only) {
      if (only()) this.#say()
      return
    }
    const chance = Math.random()
    if (chance < 0.72) this.#say()
    else if (chance < 0.8) this.#edit()
    else if (chance < 0.88) this.#react()
    else if (chance < 0.91) this.#delete()
    else if (chance < 0.95) this.#lookUp()
    else if (chance < 0.98) this.#chat.typing(true)
    else this.#chat.read()
  }

  #say(): void {
    const text = this.#text()
    this.#notes.take('message', this.#chat.send(text), (offset) => this.#own.push(offset))
  }

  #edit(): void {
    const latest = this.#own.at(-1)
    if (latest !== undefined) this.#notes.take('edited', this.#chat.edit(String(latest), this.#text()))
  }

  #react(): void {
    const message = this.shown.at(-1 - Math.floor(Math.random() * 5))
    if (message && !message.deleted)
      this.#notes.take('reacted', this.#chat.react(message.id, '👍', message.reactions['👍'] === undefined))
  }

  #delete(): void {
    const oldest = this.#own.length > 3 ? this.#own.shift() : undefined
    if (oldest !== undefined) this.#notes.take('deleted', this.#chat.delete(String(oldest)))
  }

  #lookUp(): void {
    const asked = Math.random() < 0.5 ? this.#chat.history({ limit: 50 }) : this.#chat.search('word')
    asked.then(
      () => this.#tally.count('pages of history and searches answered'),
      () => this.#tally.count('pages of history and searches that failed'),
    )
  }

  #text(): string {
    const text = `${this.who} word ${++this.#said}`.padEnd(this.#habits.characters ?? 0, '.')
    this.#tally.said(hashOf(text), this.who)
    return text
  }

  #go(): void {
    this.#isAway = true
    this.#tally.left(this.who)
    this.#chat.close()
    this.#tally.count('pages closed')
    this.#later(AWAY_MILLISECONDS, () => this.#return(Math.random() < 0.5))
  }

  #return(remembers: boolean): void {
    const timeline = remembers ? savedTimeline(this.#chat.state.timeline) : null
    this.#isAway = false
    this.#chat = this.#open({ outbox: this.#chat.save(), ...(timeline && { timeline }) })
    if (!this.#silent) this.#later(STAY_MILLISECONDS, () => this.#go())
  }

  #open(kept: { readonly outbox?: unknown; readonly timeline?: unknown }): Room {
    const { origin: url, room, ticket } = this.#place
    const chat = openRoom({ url, room, ticket, ...kept, onFault: () => this.#tally.count('frames that make no sense') })
    let wasLive = false
    chat.subscribe(({ connection }) => {
      if (chat !== this.#chat || this.#isAway) return
      const isLive = connection.status === 'live'
      if (wasLive || isLive) this.#tally.isHere(this.who, isLive)
      wasLive ||= isLive
      if (connection.status === 'ended' && connection.remedy !== 'none') {
        this.#tally.count(`ended for good: ${connection.why.code}`)
        this.#return(true)
      }
    })
    return chat
  }

  #later([least, most]: readonly [number, number], work: () => void): void {
    if (this.#silent) return
    const timer = setTimeout(
      () => {
        this.#timers = this.#timers.filter((one) => one !== timer)
        work()
      },
      least + Math.random() * (most - least),
    )
    this.#timers.push(timer)
  }
}
