// What an account has written in this browser and not sent, in whichever tab: how much that is, and the end of it.
import { begunBy, forgetDrafts } from './drafts.ts'
import { fieldsOf, keep, kept, keptNames } from './kept.ts'
import { outboxesOf } from './outboxes.ts'

export interface Unsent {
  /** Messages, and changes of messages; failed ones too. */
  readonly changes: number
  /** What was begun. */
  readonly drafts: number
}

/** `outboxes` are those of the rooms that are open here: a browser may keep nothing. */
export function unsentBy(email: string, outboxes: readonly unknown[]): Unsent {
  const keptOnes = keptNames(outboxesOf(email)).map((name) => kept(name, changesIn))
  return { changes: Math.max(sum(keptOnes), sum(outboxes.map(changesIn))), drafts: begunBy(email) }
}

export function forgetUnsent(email: string): void {
  for (const name of keptNames(outboxesOf(email))) keep(name, undefined)
  forgetDrafts(email)
}

/** In an outbox, kept or not. What was told stands in the room, and is only asked about once more. */
function changesIn(outbox: unknown): number {
  const { entries } = fieldsOf(outbox)
  if (!Array.isArray(entries)) return 0
  return entries.map(fieldsOf).filter(({ status, told }) => status !== 'stored' && told === undefined).length
}

function sum(counts: readonly number[]): number {
  return counts.reduce((before, count) => before + count, 0)
}
