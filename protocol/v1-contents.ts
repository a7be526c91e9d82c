// What the server's frames hold, as a client reads it: events, messages, rooms, people.
import type { Chat } from './chat.ts'
import type { Change, Message, RoomEvent } from './event.ts'
import {
  array,
  type Fields,
  fieldsOf,
  flag,
  instant,
  isOffset,
  list,
  offset,
  optional,
  text,
  Unreadable,
} from './fields.ts'
import type { Member, MemberState, WireLimits } from './v1.ts'

/** A numbered change of a kind that this client does not know, or cannot read: only that it happened counts. */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly offset: number
}

export type NumberedEvent = RoomEvent | UnknownEvent

/** Its number is needed; what cannot be read besides that is reported, and passed over. */
export function eventOf(fields: Fields, faults: string[]): NumberedEvent {
  const number = offset(fields, 'offset')
  try {
    const change = changeOf(fields)
    if (!change) return { type: 'unknown', offset: number }
    const stamp = { offset: number, at: instant(fields, 'at'), by: text(fields, 'by') }
    return { ...change, ...stamp, ...optional(fields, 'client_id', text, 'clientId') }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    faults.push(`event ${number}: ${error.message}`)
    return { type: 'unknown', offset: number }
  }
}

function changeOf(fields: Fields): Change | undefined {
  const type = text(fields, 'type')
  switch (type) {
    case 'message':
      return { type, text: text(fields, 'text'), ...optional(fields, 'reply_to', text, 'replyTo') }
    case 'edited':
      return { type, message: text(fields, 'message'), text: text(fields, 'text') }
    case 'deleted':
      return { type, message: text(fields, 'message') }
    case 'reacted':
      return { type, message: text(fields, 'message'), emoji: text(fields, 'emoji'), on: flag(fields, 'on') }
    case 'pinned':
      return { type, message: text(fields, 'message'), on: flag(fields, 'on') }
    default:
      return undefined
  }
}

export function messagesOf(fields: Fields): readonly Message[] {
  return list(fields, 'messages').map((message) => {
    const id = text(message, 'id')
    if (!isOffset(Number(id))) throw new Unreadable('the field "id" of a message is no offset')
    return {
      id,
      by: text(message, 'by'),
      at: instant(message, 'at'),
      text: text(message, 'text'),
      ...optional(message, 'reply_to', text, 'replyTo'),
      ...optional(message, 'edited_at', instant, 'editedAt'),
      ...(message['deleted'] === true && { deleted: true as const }),
      ...(message['pinned'] === true && { pinned: true as const }),
      reactions: reactionsOf(fieldsOf(message['reactions'], 'reactions')),
    }
  })
}

function reactionsOf(fields: Fields): Message['reactions'] {
  const emails = (emoji: string) => array(fields, emoji).filter((email) => typeof email === 'string')
  return Object.fromEntries(Object.keys(fields).map((emoji) => [emoji, emails(emoji)]))
}

/** Every column but the name may be `null`; so is what an older server leaves out. */
export function chatOf(fields: Fields): Chat {
  const column = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null)
  return {
    monitor_hash: text(fields, 'monitor_hash'),
    organization_name: column('organization_name'),
    type: text(fields, 'type'),
    title: column('title'),
    short_description: column('short_description'),
    public: typeof fields['public'] === 'boolean' ? fields['public'] : null,
    created_at: column('created_at'),
    updated_at: column('updated_at'),
    project_url: column('project_url'),
  }
}

export function membersOf(fields: Fields): readonly MemberState[] {
  return list(fields, 'members').map((member) => ({
    ...memberOf(member),
    owner: flag(member, 'owner'),
    online: flag(member, 'online'),
    read: offset(member, 'read'),
  }))
}

export function memberOf(fields: Fields): Member {
  return { email: text(fields, 'email'), name: text(fields, 'name') }
}

/** A limit that is not told is none: 0, as in rule V12. */
export function limitsOf(fields: Fields): WireLimits {
  const limit = (name: string) => (typeof fields[name] === 'number' ? fields[name] : 0)
  return {
    text_bytes: limit('text_bytes'),
    frame_bytes: limit('frame_bytes'),
    history_page: limit('history_page'),
    sends_per_10s: limit('sends_per_10s'),
  }
}
