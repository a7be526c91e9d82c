// The first message said at a moment or later.
import type { Room } from '../../client/index.ts'
import { patiently } from './patiently.ts'

/** Its id; `null` when there is none. Rejects with `RequestFailed`. */
export async function firstSince(room: Room, at: number): Promise<string | null> {
  let low = 0
  let high = room.state.timeline.cursor?.offset ?? 0
  let found: string | null = null
  // Messages rise in time with their offsets, so each answer halves where it can be.
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const { messages } = await patiently(() => room.history({ after: middle, limit: 1 }))
    const [message] = messages
    if (message && message.at < at) low = Number(message.id)
    else {
      if (message) found = message.id
      high = middle
    }
  }
  return found
}
