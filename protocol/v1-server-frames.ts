// The frames that a v1 server sends, read by a client. A newer server may say more: what is unknown is passed over.
import type { Chat } from './chat.ts'
import type { Change, Cursor, Message, RoomEvent } from './event.ts'
import type { Member, MemberState, WireLimits } from './v1.ts'

/** A numbered change of a kind that this client does not know, or cannot read: only that it happened counts. */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly offset: number
}

export type NumberedEvent = RoomEvent | UnknownEvent

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
  const faults: string[] = []
  try {
    const frame = frameOf(fieldsOf(JSON.parse(raw), 'frame'), faults)
    return { ...(frame && { frame }), ...(faults[0] !== undefined && { fault: faults[0] }) }
  } catch (error) {
    return { fault: error instanceof Unreadable ? error.message : 'the frame is not JSON' }
  }
}

class Unreadable extends Error {}

type Fields = Readonly<Record<string, unknown>>

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
    members: list(fields, 'members').map((member) => ({
      ...memberOf(member),
      owner: flag(member, 'owner'),
      online: flag(member, 'online'),
      read: offset(member, 'read'),
    })),
    limits: limitsOf(fieldsOf(fields['limits'], 'limits')),
  }
}

/** Its number is needed; what cannot be read besides that is reported, and passed over. */
function eventOf(fields: Fields, faults: string[]): NumberedEvent {
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

function messagesOf(fields: Fields): readonly Message[] {
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
function chatOf(fields: Fields): Chat {
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

function memberOf(fields: Fields): Member {
  return { email: text(fields, 'email'), name: text(fields, 'name') }
}

/** A limit that is not told is none: 0, as in rule V12. */
function limitsOf(fields: Fields): WireLimits {
  const limit = (name: string) => (typeof fields[name] === 'number' ? fields[name] : 0)
  return {
    text_bytes: limit('text_bytes'),
    frame_bytes: limit('frame_bytes'),
    history_page: limit('history_page'),
    sends_per_10s: limit('sends_per_10s'),
  }
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : wrong(name)
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  return typeof value === 'boolean' ? value : wrong(name)
}

function number(fields: Fields, name: string): number {
  const value = fields[name]
  return typeof value === 'number' ? value : wrong(name)
}

function offset(fields: Fields, name: string): number {
  const value = fields[name]
  return isOffset(value) ? value : wrong(name)
}

function instant(fields: Fields, name: string): number {
  const at = Date.parse(text(fields, name))
  return Number.isNaN(at) ? wrong(name) : at
}

function optional<Value, As extends string>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => Value,
  as: As,
): { readonly [Key in As]?: Value } {
  return fields[name] === undefined ? {} : ({ [as]: read(fields, name) } as { [Key in As]: Value })
}

function list(fields: Fields, name: string): readonly Fields[] {
  return array(fields, name).map((value) => fieldsOf(value, name))
}

function array(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name]
  return Array.isArray(value) ? value : wrong(name)
}

function fieldsOf(value: unknown, name: string): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : wrong(name)
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function wrong(name: string): never {
  throw new Unreadable(`the field ${JSON.stringify(name)} is missing or wrong`)
}
