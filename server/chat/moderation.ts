// What a room's owner deletes of somebody else leaves a trace in the audit.
import type { RoomId } from '../../protocol/chat.ts'
import type { RoomEvent } from '../../protocol/event.ts'
import { CLIENT_ID_MILLISECONDS, type Log } from '../ports/log.ts'
import type { Auditor } from './auditor.ts'

export type Deleted = RoomEvent & { readonly type: 'deleted' }

/** To be called when a room's owner has deleted a message; of what they said themselves nobody has to be told. */
export function notesDeletions(log: Log, auditor: Auditor, now: () => number) {
  /** Since when a deletion is noted here: whoever asks again is answered with it again for a while (rule R4). */
  const notedAt = new Map<string, number>()

  return async (room: RoomId, deletion: Deleted): Promise<void> => {
    // Two logs of one room, one after the other, may both have the offset, but not at the same time.
    const name = JSON.stringify([room, deletion.offset, deletion.at])
    forgetEarlier()
    if (notedAt.has(name)) return
    notedAt.set(name, now())
    try {
      await note(room, deletion)
    } catch (error) {
      notedAt.delete(name)
      console.error(`could not be noted for the audit: deleted_for_another: ${error}`)
    }
  }

  async function note(room: RoomId, { message, by: owner }: Deleted): Promise<void> {
    const { messages } = await log.page(room, { before: Number(message) + 1, limit: 1 })
    const of = messages[0]?.by
    if (of === undefined || of === owner) return
    await auditor.note({ what: 'deleted_for_another', email: owner, room, message, of })
  }

  function forgetEarlier(): void {
    const before = now() - CLIENT_ID_MILLISECONDS
    for (const [name, at] of notedAt) {
      if (at > before) return
      notedAt.delete(name)
    }
  }
}
