// What the room will look like once what was written is stored, so that nobody waits to see what they did.
import { changed, type Message } from '../protocol/event.ts'
import { type Entry, isTold, type Outbox } from './outbox.ts'

/** An entry that says something new: to be shown after the timeline, in this order, until its message is in there. */
export type Echo = Entry & { readonly change: { readonly type: 'message' } }

export function echoesIn(outbox: Outbox): readonly Echo[] {
  return outbox.entries.filter((entry): entry is Echo => entry.change.type === 'message' && !isTold(entry))
}

/** The message with one's own edits, reactions and pins that are not stored yet. The same object where there are none. */
export function foreseen(message: Message, outbox: Outbox, you: string): Message {
  return outbox.entries.reduce((before, { change, status, writtenAt }) => {
    if (change.type === 'message' || change.message !== message.id) return before
    if (status === 'failed' || before.deleted) return before
    return changed(before, { ...change, offset: 0, at: writtenAt, by: you })
  }, message)
}
