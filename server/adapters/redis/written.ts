// How a message is written down: a line of JSON that scripts change, and after it the text to the letter.
import type { Message } from '../../../protocol/event.ts'
import { split } from './told.ts'

interface Facts {
  readonly at: number
  readonly by: string
  readonly replyTo?: string
  readonly editedAt?: number
  readonly deleted?: true
  readonly pinned?: true
  /** Pairs, for scripts lose the order of an object's keys; and they write an empty list as `{}`. */
  readonly reactions?: readonly (readonly [emoji: string, emails: readonly string[]])[] | Record<string, never>
}

/** What of a new message is not its text, as the inside of a JSON object; the script that stores it puts `at` before it. */
export function messageFactsOf(by: string, replyTo: string | undefined): string {
  // A script that reads it chokes on half a surrogate pair.
  return JSON.stringify({ by: by.toWellFormed(), replyTo }).slice(1, -1)
}

export function messageIn(id: string, written: string): Message {
  const { facts, text } = split(written)
  const { at, by, replyTo, editedAt, deleted, pinned, reactions } = JSON.parse(facts) as Facts
  return {
    id,
    by,
    at,
    text,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(deleted ? { deleted } : {}),
    ...(pinned ? { pinned } : {}),
    reactions: Array.isArray(reactions) ? Object.fromEntries(reactions) : {},
  }
}
