// A room as one client knows it: an immutable value, and what becomes of it with everything that arrives.
import type { Chat } from '../protocol/chat.ts'
import { type Cursor, changed, type Message, messageOf, type RoomEvent } from '../protocol/event.ts'
import type { Member, MemberState, WireLimits } from '../protocol/v1.ts'
import type { NumberedEvent } from '../protocol/v1-contents.ts'
import type { ServerFrame, WelcomeFrame } from '../protocol/v1-server-frames.ts'
import { type Block, extended, filled, type Gap, gapsIn, inBlocks, messageIn, replaced } from './blocks.ts'

/** What changed is a new object and what did not is the same one, so a view compares by reference. */
export interface Timeline {
  /** Up to where every event is applied; `null` before the first welcome. */
  readonly cursor: Cursor | null
  /** Oldest first. Between and before them may be gaps: see `gapsOf`. */
  readonly blocks: readonly Block[]
  readonly room: Chat | null
  readonly you: Member | null
  readonly limits: WireLimits | null
  readonly members: readonly MemberState[]
  /** Emails of the others who are writing now, in the order in which they began. */
  readonly typing: readonly string[]
  /** Pages of history that are on their way. */
  readonly asked: readonly Asked[]
  /** What changed messages while pages were on their way: a page may have been read before it. */
  readonly meanwhile: readonly MessageChange[]
}

/** Offsets, both exclusive, as in rule V9. */
export interface Range {
  readonly before?: number
  readonly after?: number
}

export interface Asked {
  readonly id: string
  readonly range: Range
  /** The last offset that was known when it was asked for: the page knows everything up to there. */
  readonly asOf: number
}

/** Whatever arrives: frames of the server, and what the client itself does about them. */
export type Arrived =
  | ServerFrame
  | { readonly type: 'asked'; readonly id: string; readonly range: Range }
  | { readonly type: 'unanswered'; readonly id: string }
  | { readonly type: 'disconnected' }

type MessageChange = Exclude<RoomEvent, { readonly type: 'message' }>

const EMPTY: Timeline = {
  cursor: null,
  blocks: [],
  room: null,
  you: null,
  limits: null,
  members: [],
  typing: [],
  asked: [],
  meanwhile: [],
}

/** Knows nothing yet; with a cursor, every event from there on is asked for, and everything before it is a gap. */
export function emptyTimeline(cursor: Cursor | null = null): Timeline {
  return cursor ? { ...EMPTY, cursor, blocks: [{ after: cursor.offset, upto: cursor.offset, messages: [] }] } : EMPTY
}

/**
 * The timeline after what arrived. Never fails: doubles are ignored, and so are changes of messages that are not loaded.
 * `'hole'` when events are missing before this one: come back with `timeline.cursor`, and they are told again (rules R1, V3).
 */
export function merge(timeline: Timeline, arrived: Arrived): Timeline | 'hole' {
  switch (arrived.type) {
    case 'welcome':
      return welcomed(timeline, arrived)
    case 'event':
      return happened(timeline, arrived.event)
    case 'asked':
      return asked(timeline, arrived.id, arrived.range)
    case 'history':
      return paged(timeline, arrived.id, arrived.messages, arrived.more)
    case 'unanswered':
      return answered(timeline, arrived.id)
    case 'presence':
      return withMember(arrived.online ? timeline : quiet(timeline, arrived.email), arrived.email, {
        online: arrived.online,
      })
    case 'typing':
      return arrived.on ? typing(timeline, arrived.email) : quiet(timeline, arrived.email)
    case 'read':
      return read(timeline, arrived.email, arrived.upto)
    case 'disconnected':
      return { ...timeline, typing: [], asked: [], meanwhile: [] }
    case 'sent':
    case 'search':
    case 'refused':
    case 'pong':
      return timeline
  }
}

/** The message with this id as it is now, if it is loaded. Its cost does not grow with the timeline. */
export function messageWith(timeline: Timeline, id: string): Message | undefined {
  return messageIn(timeline.blocks, id)
}

/** All that are loaded, oldest first. Copies them: to paint, go by `blocks`. */
export function messagesIn(timeline: Timeline): readonly Message[] {
  return timeline.blocks.flatMap(({ messages }) => messages)
}

/** Where messages may be that are not loaded, oldest first. Nothing is known to be missing before the first welcome. */
export function gapsOf(timeline: Timeline): readonly Gap[] {
  return timeline.cursor ? gapsIn(timeline.blocks, timeline.cursor.offset) : []
}

function welcomed(timeline: Timeline, welcome: WelcomeFrame): Timeline | 'hole' {
  const { room, you, limits, members, cursor } = welcome
  const greeted = { room, you, limits, members, typing: [], asked: [], meanwhile: [] }
  // What changed since then in the messages of before is unknown, so they are not kept (rule V3).
  if (!welcome.resumed) return { ...greeted, cursor, blocks: latest(welcome) }
  let resumed: Timeline = { ...timeline, ...greeted }
  for (const event of welcome.events) {
    const next = happened(resumed, event)
    if (next === 'hole') return next
    resumed = next
  }
  const whole = resumed.cursor?.epoch === cursor.epoch && resumed.cursor.offset === cursor.offset
  return whole ? resumed : 'hole'
}

/** What a fresh start brings: everything from its first message on. A room begins with a message, at offset 1. */
function latest({ messages, cursor }: WelcomeFrame): readonly Block[] {
  const [first] = messages
  return inBlocks({ after: first ? Number(first.id) - 1 : 0, upto: cursor.offset, messages })
}

function happened(timeline: Timeline, event: NumberedEvent): Timeline | 'hole' {
  const { cursor, blocks, asked, meanwhile } = timeline
  if (!cursor) return 'hole'
  if (event.offset <= cursor.offset) return timeline
  if (event.offset > cursor.offset + 1) return 'hole'
  const next = { ...timeline, cursor: { ...cursor, offset: event.offset } }
  if (event.type === 'unknown') return { ...next, blocks: extended(blocks, event.offset) }
  if (event.type === 'message') {
    return { ...quiet(next, event.by), blocks: extended(blocks, event.offset, messageOf(event)) }
  }
  const changedBlocks = replaced(blocks, event.message, (message) => afterChange(message, event))
  return {
    ...next,
    blocks: extended(changedBlocks, event.offset),
    meanwhile: asked.length > 0 ? [...meanwhile, event] : meanwhile,
  }
}

/** A page may already know of the deletion when a change before it arrives. Nothing changes a deleted message. */
function afterChange(message: Message, event: MessageChange): Message {
  return message.deleted ? message : changed(message, event)
}

function asked(timeline: Timeline, id: string, range: Range): Timeline {
  const asOf = timeline.cursor?.offset ?? 0
  return { ...timeline, asked: [...timeline.asked, { id, range, asOf }] }
}

function answered(timeline: Timeline, id: string): Timeline {
  const left = timeline.asked.filter((other) => other.id !== id)
  if (left.length === timeline.asked.length) return timeline
  return { ...timeline, asked: left, meanwhile: left.length > 0 ? timeline.meanwhile : [] }
}

/** The page fills the gaps that it covers. What changed meanwhile is applied to it, again or for the first time: it comes to the same. */
function paged(timeline: Timeline, id: string, messages: readonly Message[], more: boolean): Timeline {
  const ask = timeline.asked.find((other) => other.id === id)
  if (!ask) return timeline
  const covered = coveredBy(ask, messages, more)
  const upToDate = messages.map((message) =>
    timeline.meanwhile.filter((event) => event.message === message.id).reduce(afterChange, message),
  )
  return { ...answered(timeline, id), blocks: filled(timeline.blocks, { ...covered, messages: upToDate }) }
}

/** What the page says about offsets, and not only about those that it holds: there is no message in between. */
function coveredBy({ range, asOf }: Asked, messages: readonly Message[], more: boolean): Gap {
  const first = Number(messages[0]?.id ?? 0)
  const last = Number(messages.at(-1)?.id ?? 0)
  const end = Math.min(asOf, (range.before ?? Number.POSITIVE_INFINITY) - 1)
  if (range.after !== undefined) return { after: range.after, upto: more ? Math.min(last, end) : end }
  if (more && messages.length === 0) return { after: end, upto: end }
  return { after: more ? first - 1 : 0, upto: end }
}

function typing(timeline: Timeline, email: string): Timeline {
  if (email === timeline.you?.email || timeline.typing.includes(email)) return timeline
  return { ...timeline, typing: [...timeline.typing, email] }
}

function quiet(timeline: Timeline, email: string): Timeline {
  if (!timeline.typing.includes(email)) return timeline
  return { ...timeline, typing: timeline.typing.filter((other) => other !== email) }
}

/** A mark never moves back (rule V8). */
function read(timeline: Timeline, email: string, upto: number): Timeline {
  const before = timeline.members.find((member) => member.email === email)?.read ?? 0
  return upto > before ? withMember(timeline, email, { read: upto }) : timeline
}

/** Somebody who joined the monitor after the welcome is known by email until the next one. */
function withMember(timeline: Timeline, email: string, news: Partial<MemberState>): Timeline {
  const { members } = timeline
  if (members.some((member) => member.email === email)) {
    return { ...timeline, members: members.map((member) => (member.email === email ? { ...member, ...news } : member)) }
  }
  const stranger = { email, name: email, owner: false, online: false, read: 0, ...news }
  return { ...timeline, members: [...members, stranger] }
}
