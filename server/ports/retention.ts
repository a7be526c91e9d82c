// How long a room keeps what was said in it, where that is not the usual time; and how far what has had its time is gone.
import type { RoomId } from '../../protocol/chat.ts'

/** How far a room is done. What is counted and not noted yet outlives whoever was at it. */
export interface Gone {
  /** The lifetime of the log that the offsets count in (rule R2). */
  readonly epoch: string
  /** Every message up to this one is deleted. */
  readonly offset: number
  /** Those after it and up to this one are about to be; the same as `offset` when none are. */
  readonly upto: number
  /** Messages that were deleted and are not noted for the audit yet, with those that are about to be. */
  readonly many: number
}

/** Nobody takes it for longer. What is held beyond this was taken by a clock that has been set back since, and counts for nothing. */
export const MOST_HELD_MILLISECONDS = 24 * 60 * 60 * 1000

/**
 * Promises that each verb is one atomic step, over all processes that share the store. Every verb throws
 * `Refusal('store_unavailable')` while the store does not answer.
 */
export interface Retention {
  /** Rooms with a time of their own, in whole days; Infinity is for ever. */
  own(): Promise<ReadonlyMap<RoomId, number>>
  /** From now on the room keeps its messages for so many days, or with `null` for the usual time. */
  keep(room: RoomId, days: number | null): Promise<void>

  gone(room: RoomId): Promise<Gone | null>
  reach(room: RoomId, gone: Gone): Promise<void>

  /**
   * `true` for one caller until the time is over, which it may extend. Clocks differ, so two may hold it for a moment: what they do
   * has to be harmless done twice.
   */
  take(holder: string, milliseconds: number): Promise<boolean>
  /** From now on for so long; whether it still was this holder's. */
  extend(holder: string, milliseconds: number): Promise<boolean>
}
