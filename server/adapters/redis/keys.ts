// What things are called in Redis. All keys of a room share a hash tag, so that in a Cluster one node keeps the room whole.
import { createHash } from 'node:crypto'
import type { RoomId } from '../../../protocol/chat.ts'

/** The one channel that every process hears. */
export const SIGN_OUT_CHANNEL = 'propromo:{sign-outs}:said'

/** Stream: what was noted for the audit. */
export const AUDIT_KEY = 'propromo:audit'

/** Hash: which processes live, each with its lease; and a channel beside it, on which nothing is said. */
export const PROCESSES_KEY = 'propromo:{processes}:living'
export const PROCESSES_CHANNEL = 'propromo:{processes}:told'

/** Hash: for how many days a room keeps its messages, where it has a time of its own; `forever` where it has none. */
export const RETENTION_KEY = 'propromo:retention'

/** Hash: how far each room is done, as JSON. */
export const RETENTION_GONE_KEY = 'propromo:retention:gone'

/** String: until when, and who, is at it. */
export const RETENTION_LEASE_KEY = 'propromo:retention:lease'

/** Messages whose words lie in one key. */
export const WORDS_SEGMENT = 512

export interface RoomKeys {
  /** Hash: `epoch`, `replid`, `end`, `at` of the last event, `first` event that is kept, and `firstAt`. */
  readonly meta: string
  /** Hash: an event by its offset. A stream could not forget the text of a deleted message. */
  readonly events: string
  /** Stream: an entry for each message, in order, whose id is its offset. */
  readonly index: string
  /** Hash: a message in its present state, by its id. */
  readonly messages: string
  /** Sorted set: the ids of the pinned messages, by themselves. */
  readonly pins: string
  /** Hash: how far each email has read. */
  readonly marks: string
  /** Strings, made up by scripts: this and a number. */
  readonly words: string
  /** Lists, made up by scripts: this and the id of a message, whose latest edits they hold, by their offsets. */
  readonly edits: string
}

export function keysOf(room: RoomId): RoomKeys {
  const prefix = prefixOf(room)
  return {
    meta: `${prefix}:meta`,
    events: `${prefix}:events`,
    index: `${prefix}:index`,
    messages: `${prefix}:messages`,
    pins: `${prefix}:pins`,
    marks: `${prefix}:marks`,
    words: `${prefix}:words:`,
    edits: `${prefix}:edits:`,
  }
}

/** Matches the meta of every room, and of nothing else. */
export const META_PATTERN = 'propromo:{room:*}:meta'

/** The room whose meta this is, or `null` when it is none. */
export function roomOfMeta(key: string): RoomId | null {
  const [, encoded] = /^propromo:\{room:([^{}]*)\}:meta$/.exec(key) ?? []
  return encoded === undefined ? null : decodeURIComponent(encoded)
}

/** Strings: what a member's client id, or one try to store something, has led to. Hashed, so that no text can look like two. */
export function onceKeyOf(room: RoomId, by: string, clientId: string): string {
  const hash = createHash('sha256').update(`${by.length}:${by}${clientId}`).digest('base64url')
  return `${prefixOf(room)}:once:${hash.slice(0, 22)}`
}

/** Where a room's events are told, and whatever its processes say to each other. */
export function channelOf(room: RoomId): string {
  return `${prefixOf(room)}:told`
}

export function presenceKeyOf(room: RoomId): string {
  return `${prefixOf(room)}:presence`
}

export function ticketKeyOf(jti: string, room: string): string {
  return `propromo:ticket:${digest([jti, room])}`
}

/** The record of a sign-in, under the hash of its secret. */
export function recordKeyOf(secretHash: string): string {
  return `propromo:sign-in:${digest([secretHash])}`
}

/** What stands for as long as the sign-in with this id does. */
export function markKeyOf(id: string): string {
  return `propromo:signed-in:${digest([id])}`
}

/** Which sign-ins an account has. */
export function accountKeyOf(account: string): string {
  return `propromo:sign-ins-of:${digest([account])}`
}

export function tallyKeyOf(subject: string): string {
  return `propromo:tally:${digest([subject])}`
}

/** Hash: how many sockets each process holds for a subject, and when it said so. */
export function seatsKeyOf(subject: string): string {
  return `propromo:seats:${digest([subject])}`
}

/** Encoded, so that no room's name holds a brace or looks like a part of a key. */
function prefixOf(room: RoomId): string {
  return `propromo:{room:${encodeURIComponent(room.toWellFormed())}}`
}

/** Of one length whatever came in, with no braces that would mean something to a Cluster. */
function digest(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url')
}
