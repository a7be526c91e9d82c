// How events and messages lie in the table, and how they come out again.
import { type Change, happened, type Message, messageOf, type RoomEvent } from '../../../protocol/event.ts'
import { offsetOf } from './keys.ts'

export interface EventRow {
  readonly seq: number
  readonly key: number
  readonly at: number
  readonly by: string
  readonly client_id: string | null
  readonly change: string
  readonly state: string | null
}

/** A message, and in files of earlier versions the offsets of its edits, which are now in a table (edits.ts). */
export interface Kept {
  readonly message: Message
  readonly edits: readonly number[]
}

export const COLUMNS = 'seq, key, at, by, client_id, change, state'

export function eventOf({ key, at, by, client_id, change }: EventRow): RoomEvent {
  return happened(JSON.parse(change) as Change, { offset: offsetOf(key), at, by, clientId: client_id ?? undefined })
}

export function keptIn(row: EventRow): Kept {
  if (row.state !== null) return JSON.parse(row.state) as Kept
  const event = eventOf(row)
  if (event.type !== 'message') throw new Error('an event that is no message stands where messages are')
  return { message: messageOf(event), edits: [] }
}

export function messageIn(row: EventRow): Message {
  return keptIn(row).message
}
