// What is remembered of what was done, for whoever has to answer for it later. Never what was said, and never a secret.
import type { RoomId } from '../../protocol/chat.ts'
import type { AccountId } from './accounts.ts'

export type AuditWhat =
  /** Somebody logged in with a password. */
  | 'login'
  /** Somebody got a ticket because an issuer vouched for them (rule L11). */
  | 'vouched'
  /** A refusal that may be a sign of guessing or of something broken; `code` says which. */
  | 'refused'
  /** Refusals that were too many in a minute to be noted one by one; `many` of them. */
  | 'refused_more'
  | 'signed_out_everywhere'
  /** A room's owner deleted what somebody else had said; `message` names it, `of` is its author. */
  | 'deleted_for_another'
  | 'exported'
  /** All that somebody (`of`) had said was erased; `many` messages of them. */
  | 'erased'
  /** Messages that had had their time were deleted: `many` of them, all said before `cutoff`. */
  | 'expired'
  /** For how long a room keeps its messages was decided: `keep` tells it as it was said. */
  | 'retention_set'

export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly what: AuditWhat
  readonly account?: AccountId
  readonly email?: string
  /** Whoever runs the chat, by command; or the chat by itself. */
  readonly by?: 'operator' | 'chat'
  /** The address that the request came from. */
  readonly from?: string
  /** Method and route, such as `POST /login`. */
  readonly request?: string
  readonly room?: RoomId
  readonly message?: string
  readonly of?: string
  readonly code?: string
  readonly format?: string
  readonly many?: number
  /** Milliseconds since 1970. */
  readonly cutoff?: number
  /** Days, `forever` or `default`. */
  readonly keep?: string
}

export interface Noted {
  /** Where it stands: reading goes on after it. Rises with the order in which things were noted. */
  readonly place: string
  readonly entry: AuditEntry
}

export interface AuditRange {
  /** What happened before this moment is left out. */
  readonly since?: number
  /** Goes on after this place. */
  readonly after?: string
  readonly limit: number
}

/**
 * Only grows at its end: nothing that was noted is changed, and nothing deleted before its time. Every verb throws
 * `Refusal('store_unavailable')` while the store does not answer.
 */
export interface Audit {
  /** Noted when it resolves. */
  note(entry: AuditEntry): Promise<void>
  /** In the order in which it was noted. */
  read(range: AuditRange): Promise<readonly Noted[]>
  /** Deletes what happened before this moment. What it leaves for the next time is little. */
  forget(before: number): Promise<void>
}
