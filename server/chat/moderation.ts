// What a room's owner deletes of somebody else leaves a trace in the audit.
import type { RoomId } from '../../protocol/chat.ts'
import type { Log } from '../ports/log.ts'
import type { Auditor } from './auditor.ts'

/** To be called when a room's owner has deleted a message; of what they said themselves nobody has to be told. */
export function notesDeletions(log: Log, auditor: Auditor) {
  return async (room: RoomId, message: string, owner: string): Promise<void> => {
    try {
      const { messages } = await log.page(room, { before: Number(message) + 1, limit: 1 })
      const of = messages[0]?.by
      if (of !== undefined && of !== owner) {
        await auditor.note({ what: 'deleted_for_another', email: owner, room, message, of })
      }
    } catch (error) {
      console.error(`could not be noted for the audit: deleted_for_another: ${error}`)
    }
  }
}
