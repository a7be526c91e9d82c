// How an event is written down: a line of JSON, and after it the text to the letter. Forgetting a text is then cutting it off.
import { type Change, happened, type RoomEvent } from '../../../protocol/event.ts'
import type { Stored } from '../../ports/log.ts'
import { garbled } from './reply.ts'

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
  const fields = fieldsIn(facts)
  const { offset, at, by, clientId } = fields
  const change = changeIn(fields, text)
  if (!change || !isOffset(offset) || !isOffset(at) || typeof by !== 'string') throw garbled('no event')
  return happened(change, { offset, at, by, clientId: typeof clientId === 'string' ? clientId : undefined })
}

function changeIn(fields: Fields, text: string): Change | null {
  const { type, message, emoji, on, replyTo } = fields
  if (type === 'message') return typeof replyTo === 'string' ? { type, text, replyTo } : { type, text }
  if (typeof message !== 'string') return null
  if (type === 'edited') return { type, message, text }
  if (type === 'deleted') return { type, message }
  if (typeof on !== 'boolean') return null
  if (type === 'pinned') return { type, message, on }
  return type === 'reacted' && typeof emoji === 'string' ? { type, message, emoji, on } : null
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

export type Fields = Readonly<Record<string, unknown>>

/** The fields of a line of JSON, each of them yet to be looked at. */
export function fieldsIn(json: string): Fields {
  const value = parsed(json)
  if (typeof value === 'object' && value !== null) return { ...value }
  throw garbled('no JSON with fields')
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** Offsets and moments are numbers of this kind. */
export function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

/** The first line, and all that follows it. */
export function split(written: string): { readonly facts: string; readonly text: string } {
  const end = written.indexOf('\n')
  return { facts: written.slice(0, end), text: written.slice(end + 1) }
}
