// How a message is written down: a line of JSON that scripts change, and after it the text to the letter.
import type { Message } from '../../../protocol/event.ts'
import { isTexts } from './notes.ts'
import { garbled } from './reply.ts'
import { fieldsIn, isOffset, split } from './told.ts'

/** What of a new message is not its text, as the inside of a JSON object; the script that stores it puts `at` before it. */
export function messageFactsOf(by: string, replyTo: string | undefined): string {
  // A script that reads it chokes on half a surrogate pair.
  return JSON.stringify({ by: by.toWellFormed(), replyTo }).slice(1, -1)
}

export function messageIn(id: string, written: string): Message {
  const { facts, text } = split(written)
  const { at, by, replyTo, editedAt, deleted, pinned, reactions } = fieldsIn(facts)
  if (!/^\d+$/.test(id) || !isOffset(at) || typeof by !== 'string') throw garbled('no message')
  return {
    id,
    by,
    at,
    text,
    ...(typeof replyTo === 'string' ? { replyTo } : {}),
    ...(isOffset(editedAt) ? { editedAt } : {}),
    ...(deleted === true ? { deleted } : {}),
    ...(pinned === true ? { pinned } : {}),
    reactions: Object.fromEntries(Array.isArray(reactions) ? reactions.map(reactionIn) : []),
  }
}

/** A pair, for scripts lose the order of an object's keys; an empty list they write as `{}`. */
function reactionIn(pair: unknown): readonly [emoji: string, emails: readonly string[]] {
  const [emoji, emails] = Array.isArray(pair) ? pair : []
  if (typeof emoji === 'string' && isTexts(emails)) return [emoji, emails]
  throw garbled('no reaction')
}
