// The frames that a v1 server sends, read by a client. A newer server may say more: what is unknown is passed over.
import type { Chat } from './chat.ts'
import type { Cursor, Message } from './event.ts'
import {
  type Fields,
  fieldsOf,
  flag,
  instant,
  isOffset,
  list,
  number,
  offset,
  optional,
  text,
  Unreadable,
} from './fields.ts'
import type { Member, MemberState, WireLimits } from './v1.ts'
import { chatOf, eventOf, limitsOf, memberOf, membersOf, messagesOf, type NumberedEvent } from './v1-contents.ts'

export type AnswerFrame =
  | { readonly type: 'sent'; readonly id: string; readonly offset: number; readonly at: number }
  | { readonly type: 'history'; readonly id: string; readonly messages: readonly Message[]; readonly more: boolean }
  | {
      readonly type: 'search'
      readonly id: string
      readonly messages: readonly Message[]
      readonly more: boolean
      readonly before?: number
    }
  | {
      readonly type: 'refused'
      readonly id?: string
      /** A `FrameRefusalCode`, or one that a newer server has. */
      readonly code: string
      readonly message: string
      readonly retryAfterSeconds?: number
    }

export interface WelcomeFrame {
  readonly type: 'welcome'
  readonly room: Chat
  readonly you: Member
  readonly cursor: Cursor
  readonly resumed: boolean
  readonly messages: readonly Message[]
  readonly events: readonly NumberedEvent[]
  readonly members: readonly MemberState[]
  readonly limits: WireLimits
}

export type ServerFrame =
  | WelcomeFrame
  | { readonly type: 'event'; readonly event: NumberedEvent }
  | AnswerFrame
  | { readonly type: 'presence'; readonly email: string; readonly online: boolean }
  | { readonly type: 'typing'; readonly email: string; readonly on: boolean }
  | { readonly type: 'read'; readonly email: string; readonly upto: number }
  | { readonly type: 'pong' }

/** `frame` is missing where there is nothing to act on; `fault` says what was wrong with a frame of a known type. */
export interface Heard {
  readonly frame?: ServerFrame
  readonly fault?: string
}

/** Never throws: what cannot be read is reported as a `fault`, and frames of unknown types are nothing at all. */
export function parseServerFrame(raw: string): Heard {
  try {
    return readServerFrame(JSON.parse(raw))
  } catch {
    return { fault: 'the frame is not JSON' }
  }
}

/** The same of what has been parsed as JSON already. */
export function readServerFrame(value: unknown): Heard {
  const faults: string[] = []
  try {
    const frame = frameOf(fieldsOf(value, 'frame'), faults)
    return { ...(frame && { frame }), ...(faults[0] !== undefined && { fault: faults[0] }) }
  } catch (error) {
    return { fault: error instanceof Unreadable ? error.message : 'the frame cannot be read' }
  }
}

function frameOf(fields: Fields, faults: string[]): ServerFrame | undefined {
  const type = text(fields, 'type')
  switch (type) {
    case 'welcome':
      return welcomeOf(fields, faults)
    case 'sent':
      return { type, id: text(fields, 'id'), offset: offset(fields, 'offset'), at: instant(fields, 'at') }
    case 'history':
      return { type, id: text(fields, 'id'), messages: messagesOf(fields), more: flag(fields, 'more') }
    case 'search':
      return {
        type,
        id: text(fields, 'id'),
        messages: messagesOf(fields),
        more: flag(fields, 'more'),
        ...optional(fields, 'before', offset, 'before'),
      }
    case 'refused':
      return {
        type,
        ...optional(fields, 'id', text, 'id'),
        code: text(fields, 'code'),
        message: text(fields, 'message'),
        ...optional(fields, 'retry_after', number, 'retryAfterSeconds'),
      }
    case 'presence':
      return { type, email: text(fields, 'email'), online: flag(fields, 'online') }
    case 'typing':
      return { type, email: text(fields, 'email'), on: flag(fields, 'on') }
    case 'read':
      return { type, email: text(fields, 'email'), upto: offset(fields, 'upto') }
    case 'pong':
      return { type }
    default:
      // Whatever has a number and an author is an event; were its number skipped, there would be a hole for ever.
      if (!isOffset(fields['offset']) || typeof fields['by'] !== 'string') return undefined
      return { type: 'event', event: eventOf(fields, faults) }
  }
}

function welcomeOf(fields: Fields, faults: string[]): WelcomeFrame {
  return {
    type: 'welcome',
    room: chatOf(fieldsOf(fields['room'], 'room')),
    you: memberOf(fieldsOf(fields['you'], 'you')),
    cursor: { epoch: text(fields, 'epoch'), offset: offset(fields, 'offset') },
    resumed: flag(fields, 'resumed'),
    messages: messagesOf(fields),
    events: list(fields, 'events').map((event) => eventOf(event, faults)),
    members: membersOf(fields),
    limits: limitsOf(fieldsOf(fields['limits'], 'limits')),
  }
}
