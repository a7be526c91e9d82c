// What a v1 session's frames do: each is parsed once, and answered to its sender.
import { CLOSE } from '../../protocol/close.ts'
import type { Change, Message } from '../../protocol/event.ts'
import { FrameRefusal, Refusal } from '../../protocol/refusal.ts'
import { frames } from '../../protocol/v1.ts'
import { type BadFrame, type ClientFrame, isMessageId, parseFrame } from '../../protocol/v1-frames.ts'
import { noMessage } from '../ports/log-refusals.ts'
import type { Pace } from './pace.ts'
import type { Room } from './room.ts'
import type { Searches } from './searches.ts'
import type { Session } from './session.ts'
import { refuseText } from './text.ts'
import type { Watch } from './watch.ts'

const MOST_BAD_FRAMES = 10
const NEVER: readonly number[] = []
const BAD_FRAME_MILLISECONDS = 60_000
/** A page of long messages is cut short, so that an answer is no burden to the client that asked for it. */
const MOST_ANSWER_CHARACTERS = 128 * 1024
export const SENDS_MILLISECONDS = 10_000

/** What changes the room. */
type Changing = ClientFrame & { readonly type: 'send' | 'edit' | 'delete' | 'react' | 'pin' }

/** What the v1 sessions of this process share. */
export interface V1Limits {
  readonly textBytes: number
  /** By member, over all of their v1 sessions: what they send, what they look up, and their typing and reading. */
  readonly sends: Pace
  readonly lookups: Pace
  readonly whispers: Pace
  readonly searches: Searches
  readonly watch: Watch
}

export class V1Session {
  readonly #room: Room
  readonly #session: Session
  readonly #limits: V1Limits
  readonly #clock: () => number
  /** When the latest bad frames came, oldest first: nothing, for nearly everyone. */
  #badFramesAt: readonly number[] = NEVER

  constructor(room: Room, session: Session, limits: V1Limits, clock: () => number) {
    this.#room = room
    this.#session = session
    this.#limits = limits
    this.#clock = clock
  }

  /** Takes one text frame. What cannot be done is refused to its sender, and to nobody else. */
  async receive(raw: string): Promise<void> {
    const frame = parseFrame(raw)
    if (frame.type === 'bad') return this.#refuseBad(frame)
    try {
      await this.#obey(frame)
    } catch (error) {
      this.#refuse('id' in frame ? frame.id : undefined, error)
    }
  }

  #refuseBad(frame: BadFrame): void {
    this.#limits.watch.refused('bad_frame')
    this.#session.send(frames.bad(frame))
    if (this.#isTenthInAMinute()) this.#session.close(CLOSE.badFrame)
  }

  /** Such a client does not speak the protocol (rule V10). */
  #isTenthInAMinute(): boolean {
    const now = this.#clock()
    this.#badFramesAt = [...this.#badFramesAt, now].filter((at) => now - at < BAD_FRAME_MILLISECONDS)
    return this.#badFramesAt.length >= MOST_BAD_FRAMES
  }

  #obey(frame: ClientFrame): void | Promise<void> {
    switch (frame.type) {
      case 'send':
      case 'edit':
      case 'delete':
      case 'react':
      case 'pin':
        return this.#change(frame)
      case 'history':
        return this.#history(frame)
      case 'search':
        return this.#search(frame)
      case 'pins':
        return this.#pins(frame)
      case 'read':
        this.#limits.whispers.keep(this.#session.member.email)
        return this.#room.read(this.#session, frame.upto)
      case 'typing':
        // Nobody is told that nobody was told: typing is left out first (rule V7).
        if (this.#limits.whispers.take(this.#session.member.email) > 0) return
        return this.#room.typing(this.#session, frame.on)
      case 'ping':
        return this.#session.send(frames.pong())
    }
  }

  #change(frame: Changing): Promise<void> {
    const { member } = this.#session
    this.#limits.sends.keep(member.email)
    if ('text' in frame) refuseText(frame.text, this.#limits.textBytes)
    const named = frame.type === 'send' ? frame.replyTo : frame.message
    if (named !== undefined && !isMessageId(named)) throw noMessage() // No need to look.
    if (frame.type === 'send') this.#room.typing(this.#session, false)
    const { epoch } = this.#room
    const owner = this.#room.people.isOwner(member)
    const draft = { ...changeOf(frame), by: member.email, clientId: frame.id, owner, epoch }
    return this.#room.receive(draft, (event) => this.#session.send(frames.sent(frame.id, event)))
  }

  async #history({ id, from, ...range }: ClientFrame & { type: 'history' }): Promise<void> {
    this.#limits.lookups.keep(this.#session.member.email)
    const begin = from === undefined ? undefined : await this.#room.lastBefore(from)
    const after = begin ?? range.after
    const { messages, more } = await this.#room.history({ ...range, ...(after === undefined ? {} : { after }) })
    const page = fitting(messages, after === undefined ? 'last' : 'first')
    this.#session.send(frames.history(id, page, more || page.length < messages.length, begin))
  }

  async #pins({ id, ...range }: ClientFrame & { type: 'pins' }): Promise<void> {
    this.#limits.lookups.keep(this.#session.member.email)
    const { messages, more } = await this.#room.pins(range)
    const page = fitting(messages, 'first')
    this.#session.send(frames.pins(id, page, more || page.length < messages.length))
  }

  async #search({ id, query, ...range }: ClientFrame & { type: 'search' }): Promise<void> {
    const { email } = this.#session.member
    this.#limits.lookups.keep(email)
    const found = await this.#limits.searches.run(email, this.#room.id, () => this.#room.search(query, range))
    const page = fitting(found.messages, 'first')
    if (page.length === found.messages.length) this.#session.send(frames.search(id, page, found.more, found.before))
    else this.#session.send(frames.search(id, page, true, Number(page.at(-1)?.id)))
  }

  #refuse(id: string | undefined, error: unknown): void {
    if (error instanceof FrameRefusal || error instanceof Refusal) this.#limits.watch.refused(error.code)
    if (error instanceof FrameRefusal) {
      this.#session.send(frames.refused(id, error.code, error.message, error.retryAfterSeconds))
    } else if (error instanceof Refusal && error.code === 'store_unavailable') {
      this.#session.send(frames.refused(id, 'store_unavailable', error.message, error.retryAfterSeconds))
    } else throw error
  }
}

/** As many of the messages as an answer should carry, from this end; always at least one. */
function fitting(messages: readonly Message[], end: 'first' | 'last'): readonly Message[] {
  const nearest = end === 'first' ? messages : messages.toReversed()
  let characters = 0
  const beyond = nearest.findIndex((message, index) => {
    characters += JSON.stringify(message).length
    return index > 0 && characters > MOST_ANSWER_CHARACTERS
  })
  if (beyond < 0) return messages
  const kept = nearest.slice(0, beyond)
  return end === 'first' ? kept : kept.toReversed()
}

function changeOf(frame: Changing): Change {
  switch (frame.type) {
    case 'send':
      return frame.replyTo === undefined
        ? { type: 'message', text: frame.text }
        : { type: 'message', text: frame.text, replyTo: frame.replyTo }
    case 'edit':
      return { type: 'edited', message: frame.message, text: frame.text }
    case 'delete':
      return { type: 'deleted', message: frame.message }
    case 'react':
      return { type: 'reacted', message: frame.message, emoji: frame.emoji, on: frame.on }
    case 'pin':
      return { type: 'pinned', message: frame.message, on: frame.on }
  }
}
