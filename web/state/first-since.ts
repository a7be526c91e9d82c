// The first message said at a moment or later.
import type { Room } from '../../client/index.ts'

/** Its id; `null` when there is none. `at` is milliseconds since 1970. Rejects with `RequestFailed`. */
export async function firstSince(room: Room, at: number): Promise<string | null> {
  const { messages } = await room.history({ from: at, limit: 1 })
  return messages[0]?.id ?? null
}
