// What a person or a client writes where a room is meant, and the rooms that it may name.
import type { RoomId } from './chat.ts'

/** The rooms that a path segment may name, likelier first (rule C2): decoded once, or else as it stands. */
export function roomsOfSegment(segment: string): readonly RoomId[] {
  return storable([decodedOnce(segment), segment])
}

/**
 * The rooms that a typed monitor id may name: as it stands, or else decoded or encoded once, for it may have been through an
 * address on its way. A pasted join link counts from `join/` on.
 */
export function roomsOfMonitorId(typed: string): readonly RoomId[] {
  const [, linked] = /(?:^|\/)join\/([^?#]*)/.exec(typed.trim()) ?? []
  const id = linked?.replace(/\/+$/, '') ?? typed.trim()
  return storable([id, decodedOnce(id), encodedOnce(id)])
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign is not an encoding: the text stands for itself.
  }
}

function encodedOnce(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** No database stores a NUL in a text, and Postgres refuses to compare with one. */
function storable(ids: readonly string[]): readonly RoomId[] {
  return [...new Set(ids)].filter((id) => id !== '' && !id.includes('\0'))
}
