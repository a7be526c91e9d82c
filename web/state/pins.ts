// The pinned messages of one room, newest first.
import { foreseen, messagesIn } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import type { RoomStore } from './room.ts'

/** With what one has just pinned or unpinned oneself. */
export function pinnedIn(store: RoomStore): readonly Message[] {
  const state = store.state.value
  if (!state) return []
  return messagesIn(state.timeline)
    .map((message) => foreseen(message, state.outbox, store.email))
    .filter(({ pinned, deleted }) => pinned && !deleted)
    .reverse()
}
