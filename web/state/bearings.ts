// Where one is in what was said: what is new, and what one has said last oneself.
import type { Block } from '../../client/index.ts'
import type { Run } from './runs.ts'

/** The id of the first message of others after the mark; `null` when the run does not reach back to there. */
export function firstUnread(run: Run, mark: number, you: string): string | null {
  // Who was never here before has no place where they left off.
  if (mark <= 0 || run.after > mark) return null
  for (const { upto, messages } of run.blocks) {
    if (upto <= mark) continue
    const first = messages.find(({ id, by, deleted }) => Number(id) > mark && by !== you && !deleted)
    if (first) return first.id
  }
  return null
}

/** How far one's own message may lie back for others to be shown as having seen it. */
const NEAR_MESSAGES = 200

/** The id of somebody's last message, if it is near the end. */
export function lastBy(email: string, blocks: readonly Block[]): string | null {
  let seen = 0
  for (const { messages } of [...blocks].reverse()) {
    const own = messages.findLast(({ by, deleted }) => by === email && !deleted)
    if (own) return own.id
    seen += messages.length
    if (seen > NEAR_MESSAGES) return null
  }
  return null
}

export function countIn({ blocks }: Run): number {
  return blocks.reduce((sum, { messages }) => sum + messages.length, 0)
}
