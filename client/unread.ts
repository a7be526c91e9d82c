// What somebody has not read yet, as far as it is known here.
import type { Message } from '../protocol/event.ts'
import { gapsOf, type Timeline } from './timeline.ts'

export interface Unread {
  /** Messages of others after the read mark. */
  readonly count: number
  /** Some of those after it are not loaded: there may be more. */
  readonly more: boolean
}

/** Deleted messages do not count, and neither does what was changed. `reader` is an email; without it, oneself. */
export function unreadIn(timeline: Timeline, reader = timeline.you?.email): Unread {
  const mark = readMarkIn(timeline, reader)
  const count = unreadMessages(timeline, reader).length
  return { count, more: gapsOf(timeline).some(({ upto }) => upto > mark) }
}

/** What counts as unread. The cost grows with what is unread, not with what is loaded. */
export function unreadMessages(timeline: Timeline, reader = timeline.you?.email): readonly Message[] {
  const { blocks } = timeline
  const mark = readMarkIn(timeline, reader)
  const isUnread = ({ id, by, deleted }: Message) => Number(id) > mark && by !== reader && !deleted
  return blocks
    .slice(blocks.findLastIndex(({ upto }) => upto <= mark) + 1)
    .flatMap(({ messages }) => messages.filter(isUnread))
}

/** The offset up to which somebody has read; 0 before the first welcome. */
export function readMarkIn({ you, members }: Timeline, reader = you?.email): number {
  return members.find(({ email }) => email === reader)?.read ?? 0
}
