// How an event is written down: a line of JSON, and after it the text to the letter. Forgetting a text is then cutting it off.
import type { Change, RoomEvent } from '../../../protocol/event.ts'
import type { Stored } from '../../ports/log.ts'

/** What of a change is not its text, as the inside of a JSON object; the script that stores it puts `offset` and `at` before it. */
export function factsOf(change: Change, by: string, clientId: string | undefined): string {
  return JSON.stringify({ ...change, text: undefined, by, clientId }).slice(1, -1)
}

/** The text of a change to the letter, empty where it has none. */
export function textOf(change: Change): string {
  return 'text' in change ? change.text : ''
}

export function eventIn(written: string): RoomEvent {
  const { facts, text } = split(written)
  const event = JSON.parse(facts) as RoomEvent
  return event.type === 'message' || event.type === 'edited' ? { ...event, text } : event
}

/**
 * An event as it is told on its room's channel: the epoch, a line break, and the event as it is written down. `null` for what is
 * none: everything else that is said there is JSON, and an epoch has no braces.
 */
export function storedIn(told: string): Stored | null {
  const end = told.indexOf('\n')
  const epoch = told.slice(0, Math.max(0, end))
  if (!/^[\w-]+$/.test(epoch)) return null
  return { epoch, event: eventIn(told.slice(end + 1)) }
}

/** The first line, and all that follows it. */
export function split(written: string): { readonly facts: string; readonly text: string } {
  const end = written.indexOf('\n')
  return { facts: written.slice(0, end), text: written.slice(end + 1) }
}
