// What one has not read yet, as far as it is known here.
import { gapsOf, type Timeline } from './timeline.ts'

export interface Unread {
  /** Messages of others after one's own read mark. */
  readonly count: number
  /** Some of those after it are not loaded: there may be more. */
  readonly more: boolean
}

/** Deleted messages do not count, and neither does what was changed. Its cost grows with what is unread, not with what is loaded. */
export function unreadIn(timeline: Timeline): Unread {
  const { you, blocks } = timeline
  const mark = readMarkIn(timeline)
  let count = 0
  for (let at = blocks.length - 1; at >= 0; at--) {
    const block = blocks[at]
    if (!block || block.upto <= mark) break
    count += block.messages.filter(({ id, by, deleted }) => Number(id) > mark && by !== you?.email && !deleted).length
  }
  return { count, more: gapsOf(timeline).some(({ upto }) => upto > mark) }
}

/** The offset up to which one has read oneself; 0 before the first welcome. */
export function readMarkIn({ you, members }: Timeline): number {
  return members.find(({ email }) => email === you?.email)?.read ?? 0
}
