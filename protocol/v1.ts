// The frames that the server sends to v1 clients.
import type { Chat } from './chat.ts'
import type { Cursor, Message, RoomEvent } from './event.ts'
import type { FrameRefusalCode } from './refusal.ts'
import type { BadFrame } from './v1-frames.ts'

export const V1 = 'propromo.chat.v1'

export interface WireMessage {
  readonly id: string
  readonly by: string
  readonly at: string
  readonly text: string
  readonly reply_to?: string
  readonly edited_at?: string
  readonly deleted?: true
  readonly pinned?: true
  readonly reactions: Readonly<Record<string, readonly string[]>>
}

export interface Member {
  readonly email: string
  readonly name: string
}

/** A member as everyone in the room sees them. `read` is the offset up to which they have read. */
export interface MemberState extends Member {
  readonly owner: boolean
  readonly online: boolean
  readonly read: number
}

/** What stands in `welcome.limits` (rule V12); 0 where there is no limit. */
export interface WireLimits {
  readonly text_bytes: number
  readonly frame_bytes: number
  readonly history_page: number
  readonly sends_per_10s: number
}

export interface Welcome {
  readonly room: Chat
  readonly you: Member
  readonly cursor: Cursor
  readonly resumed: boolean
  readonly messages: readonly Message[]
  readonly events: readonly RoomEvent[]
  readonly members: readonly MemberState[]
  readonly limits: WireLimits
}

/** Rule V2: the first frame, always. */
export function welcomeFrame(welcome: Welcome): string {
  return JSON.stringify(wireWelcome(welcome))
}

export function wireWelcome({ room, you, cursor, resumed, messages, events, members, limits }: Welcome): object {
  const { epoch, offset } = cursor
  const state = { messages: messages.map(wireMessage), events: events.map(wireEvent) }
  return { type: 'welcome', room, you, epoch, offset, resumed, ...state, members, limits }
}

/** Rule V4. */
export function eventFrame(event: RoomEvent): string {
  return JSON.stringify(wireEvent(event))
}

/** Rule V5. */
export function wireMessage(message: Message): WireMessage {
  const { id, by, at, text, replyTo, editedAt, deleted, pinned, reactions } = message
  return {
    id,
    by,
    at: instant(at),
    text,
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(editedAt === undefined ? {} : { edited_at: instant(editedAt) }),
    ...(deleted ? { deleted } : {}),
    ...(pinned ? { pinned } : {}),
    reactions,
  }
}

export const frames = {
  sent: (id: string, { offset, at }: RoomEvent) => JSON.stringify({ type: 'sent', id, offset, at: instant(at) }),
  /** `after` says where a page that was asked for by a moment begins (rule V18). */
  history: (id: string, messages: readonly Message[], more: boolean, after?: number) => {
    const begin = after === undefined ? {} : { after }
    return JSON.stringify({ type: 'history', id, messages: messages.map(wireMessage), more, ...begin })
  },
  pins: (id: string, messages: readonly Message[], more: boolean) =>
    JSON.stringify({ type: 'pins', id, messages: messages.map(wireMessage), more }),
  search: (id: string, messages: readonly Message[], more: boolean, before: number | undefined) =>
    JSON.stringify({
      type: 'search',
      id,
      messages: messages.map(wireMessage),
      more,
      ...(before === undefined ? {} : { before }),
    }),
  refused: (id: string | undefined, code: FrameRefusalCode, message: string, retryAfterSeconds?: number) => {
    const wait = retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }
    return JSON.stringify({ type: 'refused', ...(id === undefined ? {} : { id }), code, message, ...wait })
  },
  bad: ({ id, field }: BadFrame) =>
    frames.refused(
      id,
      'bad_frame',
      `Cannot understand the frame: the field ${JSON.stringify(field)} is missing or wrong`,
    ),
  presence: (email: string, online: boolean) => JSON.stringify({ type: 'presence', email, online }),
  typing: (email: string, on: boolean) => JSON.stringify({ type: 'typing', email, on }),
  read: (email: string, upto: number) => JSON.stringify({ type: 'read', email, upto }),
  pong: () => '{"type":"pong"}',
}

/** To be made JSON of, which leaves out what is undefined. */
function wireEvent(event: RoomEvent): object {
  const { offset, by } = event
  const at = instant(event.at)
  switch (event.type) {
    case 'message': {
      const { type, text, replyTo, clientId } = event
      return { type, offset, at, by, text, reply_to: replyTo, client_id: clientId }
    }
    case 'edited':
      return { type: event.type, offset, at, by, message: event.message, text: event.text }
    case 'deleted':
      return { type: event.type, offset, at, by, message: event.message }
    case 'reacted':
      return { type: event.type, offset, at, by, message: event.message, emoji: event.emoji, on: event.on }
    case 'pinned':
      return { type: event.type, offset, at, by, message: event.message, on: event.on }
  }
}

let latest = { at: 0, text: new Date(0).toISOString() }

/** `2026-05-04T09:30:00.123Z`, always three digits. The same moment is asked for again and again: for its event, and for `sent`. */
function instant(at: number): string {
  if (latest.at !== at) latest = { at, text: new Date(at).toISOString() }
  return latest.text
}
