// How events and messages lie in the tables, and how they come out again.
import type { Change, Draft, Message, RoomEvent } from '../../../protocol/event.ts'

export interface EventRow {
  readonly offset: number
  readonly at: number
  readonly by: string
  readonly client_id: string | null
  readonly change: string
}

export interface MessageRow {
  readonly id: number
  readonly state: string
}

export function changeIn(draft: Draft): Change {
  const { by: _by, clientId: _clientId, owner: _owner, ...change } = draft
  // Half a surrogate pair cannot be stored, and everyone is to be told what is stored.
  return 'text' in change ? { ...change, text: change.text.toWellFormed() } : change
}

export function eventOf({ offset, at, by, client_id, change }: EventRow): RoomEvent {
  const stamp = { offset, at, by, ...(client_id === null ? {} : { clientId: client_id }) }
  return { ...(JSON.parse(change) as Change), ...stamp }
}

export function messageIn({ state }: MessageRow): Message {
  return JSON.parse(state) as Message
}
