// What a session is told first: what there is already, from the end of the log that is kept at hand.
import type { Chat, RoomId } from '../../protocol/chat.ts'
import { plainMessage } from '../../protocol/plain.ts'
import { type WireLimits, welcomeFrame } from '../../protocol/v1.ts'
import type { Log } from '../ports/log.ts'
import type { People } from './people.ts'
import type { Session } from './session.ts'
import { type Missed, Tail } from './tail.ts'

/** How many messages a fresh v1 session is welcomed with (rule V2). */
const WELCOME_MESSAGES = 50

export interface Greeting {
  readonly chat: Chat
  readonly missed: Missed | null
  readonly tail: Tail
  readonly people: People
  readonly limits: WireLimits
  /** Messages that a plain session gets. */
  readonly plainHistory: number
}

/** As much of the log as any greeting is made of. */
export async function readTail(id: RoomId, log: Log, plainHistory: number): Promise<Tail> {
  const limit = Math.max(plainHistory, WELCOME_MESSAGES)
  return new Tail(await log.page(id, { limit }), limit)
}

/** The latest messages one by one, or everything about the room in one frame (rules P2 and V2). */
export function greetingOf({ member, protocol }: Session, greeting: Greeting): readonly string[] {
  const { chat, missed, tail, people, limits, plainHistory } = greeting
  if (protocol === 'plain') {
    const messages = tail.latest(plainHistory)
    return messages.filter(({ deleted }) => !deleted).map(plainMessage)
  }
  const events = missed && tail.complete(missed)
  const welcome = welcomeFrame({
    room: chat,
    you: member,
    cursor: tail.end,
    resumed: events !== null,
    messages: events ? [] : tail.latest(WELCOME_MESSAGES),
    events: events ?? [],
    members: people.states(),
    limits,
  })
  return [welcome]
}
