// Where a room's owner gets all of it as a file (rule G1).
import type { RoomId } from '../protocol/chat.ts'

export interface ExportWanted {
  /** Where the chat is: `https://chat.example.com`. On a page of the chat itself it may be empty. */
  readonly url: string
  readonly room: RoomId
  /** Lines of JSON for programs, or a page for people. */
  readonly format: 'jsonl' | 'html'
}

/**
 * The address of the file: for a link in a browser that is signed in, or for a request with `Authorization: Bearer <sign-in>`.
 * Only the room's owner is given it.
 */
export function exportAddress({ url, room, format }: ExportWanted): string {
  return `${url.replace(/\/+$/, '')}/rooms/${encodeURIComponent(room)}/export?format=${format}`
}
