// What happens in a room, numbered, and what the room looks like after it.

/** What somebody wants to happen. `clientId` is the client's own name for it, so that sending it again changes nothing (rule R4). */
export interface Draft {
  readonly type: 'message'
  readonly by: string
  readonly text: string
  readonly clientId?: string
}

/** One numbered change in a room. `offset` counts 1, 2, 3, …; `at` is milliseconds since 1970 and rises with the offset. */
export interface RoomEvent extends Draft {
  readonly offset: number
  readonly at: number
}

/** What somebody said, in its present state. `id` is the offset of the event that created it, as a string. */
export interface Message {
  readonly id: string
  readonly by: string
  readonly at: number
  readonly text: string
}

/** How far somebody has followed a room. Offsets compare only within an epoch, which names one lifetime of the log (rule R2). */
export interface Cursor {
  readonly epoch: string
  readonly offset: number
}

export function messageOf(event: RoomEvent): Message {
  return { id: String(event.offset), by: event.by, at: event.at, text: event.text }
}
