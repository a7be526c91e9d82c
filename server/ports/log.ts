// What the chat needs remembered of a room: everything that happened, in order, for ever.
import type { RoomId } from '../../protocol/chat.ts'
import type { Cursor, Draft, Message, RoomEvent } from '../../protocol/room-event.ts'

export interface Page {
  /** Oldest first, in present state. */
  readonly messages: readonly Message[]
  /** Whether there are older ones than these. */
  readonly more: boolean
  /** The end of the log at the moment of reading. */
  readonly end: Cursor
}

/** The same client id means the same event for this long (rule R4). */
export const CLIENT_ID_MILLISECONDS = 600_000

/**
 * A room's events in offset order. Promises R1 to R4; promises nothing about the order between rooms, and tells nobody.
 * Every verb throws `Refusal('store_unavailable')` while the store does not answer, with nothing half stored (R6).
 */
export interface Log {
  /** Stored when it resolves: it survives `kill -9` at that instant. The same `clientId` of the same member resolves to the first event again. */
  append(room: RoomId, draft: Draft): Promise<RoomEvent>
  /** Every event after the cursor, in order, or `'gap'` when not every one can be given (R2: other epoch, or beyond the end). */
  since(room: RoomId, cursor: Cursor): Promise<readonly RoomEvent[] | 'gap'>
  /** The latest messages, or the latest before an offset. Its cost does not grow with the size of the room. */
  page(room: RoomId, range: { readonly before?: number; readonly limit: number }): Promise<Page>
}
