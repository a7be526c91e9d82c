// What the chat needs remembered of a room: everything that happened, in order, for ever.
import type { RoomId } from '../../protocol/chat.ts'
import type { Cursor, Draft, Message, RoomEvent } from '../../protocol/event.ts'

/** Offsets, both exclusive. With `after` the page begins there; otherwise it ends at `before`, or at the newest. */
export interface Range {
  readonly before?: number
  readonly after?: number
  readonly limit: number
}

/** Newest first, from `before` (an offset, exclusive) or from the newest on. */
export interface Backwards {
  readonly before?: number
  readonly limit: number
}

export interface Page {
  /** Oldest first, in present state. */
  readonly messages: readonly Message[]
  /** Whether there are older ones than these, or with `after`, newer ones. */
  readonly more: boolean
  /** The end of the log at the moment of reading. */
  readonly end: Cursor
}

export interface Found {
  /** Newest first, in present state. */
  readonly messages: readonly Message[]
  /** Whether to go on looking before `before`. */
  readonly more: boolean
  readonly before?: number
}

/** An event where it is kept: the offset counts within this lifetime of the log (rule R2). */
export interface Stored {
  readonly epoch: string
  readonly event: RoomEvent
}

/** Different emoji on one message: its state is told whole, and must not grow without end. */
export const MOST_EMOJI = 30

/**
 * What so many edits of one message said is kept, and what those before them said is forgotten: whoever lacks them has missed more
 * events than anybody is told one by one.
 */
export const MOST_EDITS = 1_024

/** A phone that was off for a long weekend still catches up event by event. */
export const EVENT_MILLISECONDS = 7 * 24 * 60 * 60 * 1000

/** The same client id means the same event for this long (rule R4). */
export const CLIENT_ID_MILLISECONDS = 600_000

/**
 * A room's events in offset order. Promises R1 to R4; promises nothing about the order between rooms, and tells nobody.
 * Every verb throws `Refusal('store_unavailable')` while the store does not answer, with nothing half stored (R6).
 */
export interface Log {
  /**
   * Stored when it resolves: it survives `kill -9` at that instant. The same `clientId` of the same member resolves to the
   * first event again. Throws `FrameRefusal`: `no_message` when there is none to change or
   * to answer to, or when the draft knows another epoch, `not_yours` when it is another's,
   * `too_many_reactions` beyond `MOST_EMOJI`.
   */
  append(room: RoomId, draft: Draft): Promise<Stored>
  /**
   * Every event after the cursor, in order, or `'gap'` when not every one can be given (rule R2), or there are over `most`, or
   * their texts hold over `mostCharacters` (as `length` counts): much more than that is not even read.
   * Events are kept for `EVENT_MILLISECONDS` at least, with the texts of a message's last `MOST_EDITS` edits; messages for ever.
   */
  since(room: RoomId, cursor: Cursor, most: number, mostCharacters?: number): Promise<readonly RoomEvent[] | 'gap'>
  /** Where the log ends now: the cheapest of its verbs, asked again and again of every open room. */
  end(room: RoomId): Promise<Cursor>
  /** Messages around an offset. Its cost does not grow with the size of the room. */
  page(room: RoomId, range: Range): Promise<Page>
  /** Messages that hold all words of the query, case and accents ignored (rule V9). */
  search(room: RoomId, query: string, range: Backwards): Promise<Found>
  /** Messages that are pinned; `more` says whether there are older ones (rule V17). Its cost does not grow with the size of the room. */
  pins(room: RoomId, range: Backwards): Promise<Omit<Found, 'before'>>
  /**
   * The offset of the last message said before this moment (milliseconds since 1970), 0 when none was. Its cost grows with the
   * logarithm of the room's size: times rise with offsets.
   */
  lastBefore(room: RoomId, at: number): Promise<number>
  /** Moves a member's read mark forward, never back; resolves to where it stands then (rule V8). */
  markRead(room: RoomId, email: string, upto: number): Promise<number>
  /** Read marks by email. */
  readMarks(room: RoomId): Promise<ReadonlyMap<string, number>>
  /** As if they had never read there. */
  forgetReadMark(room: RoomId, email: string): Promise<void>
  /** Every room in which something has happened, in no order. Costs what there is: for commands, not for conversations. */
  rooms(): Promise<readonly RoomId[]>
}
