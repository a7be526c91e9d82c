// What happens in a room, numbered, and what a message looks like after it.

/** What somebody changes. `message`, `replyTo` and a message's `id` are all the offset of the event that created it, as a string. */
export type Change =
  | { readonly type: 'message'; readonly text: string; readonly replyTo?: string }
  | { readonly type: 'edited'; readonly message: string; readonly text: string }
  | { readonly type: 'deleted'; readonly message: string }
  | { readonly type: 'reacted'; readonly message: string; readonly emoji: string; readonly on: boolean }
  | { readonly type: 'pinned'; readonly message: string; readonly on: boolean }

/** A change that somebody wants. `clientId` is the client's own name for it, so that sending it again changes nothing (rule R4). */
export type Draft = Change & {
  /** Email of whoever wants it. */
  readonly by: string
  readonly clientId?: string
  /** Whether they may delete what others said: the room's owner may (rule R7). */
  readonly owner?: boolean
  /** The lifetime of the log that they know. In another one, what they name by its id may be another message (rule R2). */
  readonly epoch?: string
}

/** One numbered change. `offset` counts 1, 2, 3, …; `at` is milliseconds since 1970 and rises with the offset. */
export type RoomEvent = Change & {
  readonly offset: number
  readonly at: number
  readonly by: string
  readonly clientId?: string
}

/** What every event has, whatever it changes. */
export interface Stamp {
  readonly offset: number
  readonly at: number
  readonly by: string
  readonly clientId: string | undefined
}

/** What somebody said, in its present state. A deleted message keeps its place, with an empty text. */
export interface Message {
  readonly id: string
  readonly by: string
  readonly at: number
  readonly text: string
  readonly replyTo?: string
  readonly editedAt?: number
  readonly deleted?: true
  readonly pinned?: true
  /** Emails by emoji, in the order in which they reacted. */
  readonly reactions: Readonly<Record<string, readonly string[]>>
}

/** How far somebody has followed a room. Offsets compare only within an epoch, which names one lifetime of the log (rule R2). */
export interface Cursor {
  readonly epoch: string
  readonly offset: number
}

type Changed<Type extends Change['type']> = RoomEvent & { readonly type: Type }

export function messageOf(event: Changed<'message'>): Message {
  const { offset, by, at, text, replyTo } = event
  if (replyTo === undefined) return { id: String(offset), by, at, text, reactions: {} }
  return { id: String(offset), by, at, text, replyTo, reactions: {} }
}

/** What a draft changes, without who wants it. */
export function changeOf(draft: Draft): Change {
  const { type } = draft
  switch (type) {
    case 'message':
      return {
        type,
        text: storable(draft.text),
        ...(draft.replyTo === undefined ? undefined : { replyTo: draft.replyTo }),
      }
    case 'edited':
      return { type, message: draft.message, text: storable(draft.text) }
    case 'deleted':
      return { type, message: draft.message }
    case 'reacted':
      return { type, message: draft.message, emoji: draft.emoji, on: draft.on }
    case 'pinned':
      return { type, message: draft.message, on: draft.on }
  }
}

/** How much text it holds, as `length` counts. */
export function charactersIn(change: Change): number {
  return 'text' in change ? change.text.length : 0
}

/** The change as it happened. */
export function happened(change: Change, { offset, at, by, clientId }: Stamp): RoomEvent {
  return clientId === undefined ? { ...change, offset, at, by } : { ...change, offset, at, by, clientId }
}

/** The message after the event. Whether the event was allowed has been decided before it got its offset. */
export function changed(message: Message, event: Exclude<RoomEvent, Changed<'message'>>): Message {
  switch (event.type) {
    case 'edited':
      return { ...message, text: event.text, editedAt: event.at }
    case 'deleted': {
      const { id, by, at, replyTo } = message
      return { id, by, at, text: '', ...(replyTo === undefined ? {} : { replyTo }), deleted: true, reactions: {} }
    }
    case 'reacted':
      return { ...message, reactions: reacted(message.reactions, event) }
    case 'pinned': {
      const { pinned: _before, ...rest } = message
      return event.on ? { ...rest, pinned: true } : rest
    }
  }
}

/** Half a surrogate pair cannot be stored, and everyone is to be told what is stored. */
function storable(text: string): string {
  return text.toWellFormed()
}

function reacted(reactions: Message['reactions'], { emoji, by, on }: Changed<'reacted'>): Message['reactions'] {
  const { [emoji]: _before, ...others } = reactions
  // Its own only: an object has more names than were given to it.
  const before = Object.hasOwn(reactions, emoji) ? (reactions[emoji] ?? []) : []
  const without = before.filter((email) => email !== by)
  const after = on ? [...without, by] : without
  return after.length > 0 ? { ...others, [emoji]: after } : others
}
