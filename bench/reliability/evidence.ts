// What is noted of one room while everything goes wrong, and what is found afterwards.
import type { RoomEvent } from '../../protocol/event.ts'

export type Kind = RoomEvent['type']

/** One event as somebody was told of it, or as the log has it. A text is noted by its hash. */
export interface Told {
  readonly offset: number
  /** Whatever of it may never change. */
  readonly print: string
  readonly text: string
}

/** Where a watcher had to start afresh: it was at `from`, and goes on after `to`. */
export interface Jump {
  readonly from: number
  readonly to: number
  readonly sameEpoch: boolean
  /** The messages that it was shown instead, by offset. */
  readonly shown: ReadonlySet<number>
}

export interface Watched {
  readonly who: string
  /** Up to where everything had been said when it first came. */
  readonly from: number
  /** In the order in which they came. A jump stands where it happened. */
  readonly told: readonly (Told | Jump)[]
}

/** Something that an outbox took. */
export interface Taken {
  readonly id: string
  readonly kind: Kind
}

export interface Spoken {
  readonly who: string
  readonly by: string
  /** In the order in which it was written. */
  readonly taken: readonly Taken[]
  /** What was answered with `sent`, by client id, and where. */
  readonly accepted: ReadonlyMap<string, number>
  /** What was given back to the person, with the reason. */
  readonly failed: ReadonlyMap<string, string>
}

export interface PlainSpoken {
  readonly who: string
  readonly by: string
  /** Hashes of the texts, in the order in which they were said. */
  readonly said: readonly string[]
  /** Those of them that came back to the one who said them. */
  readonly seen: ReadonlySet<string>
  /** The ids that came over each connection, in the order in which they came. */
  readonly visits: readonly (readonly number[])[]
}

export interface RoomEvidence {
  readonly room: string
  readonly log: readonly RoomEvent[]
  readonly watched: readonly Watched[]
  readonly spoken: readonly Spoken[]
  readonly plain: readonly PlainSpoken[]
}

export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'reordered' | 'changed'
  readonly sentence: string
}

export function hashOf(text: string): string {
  return Bun.hash(text).toString(36)
}

export function isJump(one: Told | Jump): one is Jump {
  return 'from' in one
}

export function toldOf(event: RoomEvent): Told {
  const text = event.type === 'message' || event.type === 'edited' ? event.text : ''
  return { offset: event.offset, print: printOf(event), text: hashOf(text) }
}

function printOf(event: RoomEvent): string {
  switch (event.type) {
    case 'message':
      return `${event.by} message`
    case 'edited':
    case 'deleted':
      return `${event.by} ${event.type} ${event.message}`
    case 'reacted':
      return `${event.by} reacted ${event.message} ${event.emoji} ${event.on}`
    case 'pinned':
      return `${event.by} pinned ${event.message} ${event.on}`
  }
}
