// What a room's owner deletes of somebody else leaves a trace in the audit.
import type { RoomId } from '../../protocol/chat.ts'
import type { RoomEvent } from '../../protocol/event.ts'
import type { Ledger } from '../ports/ledger.ts'
import { CLIENT_ID_MILLISECONDS, type Log } from '../ports/log.ts'
import type { Auditor } from './auditor.ts'

export type Deleted = RoomEvent & { readonly type: 'deleted' }

export interface ModerationParts {
  readonly log: Log
  readonly ledger: Ledger
  readonly auditor: Auditor
  readonly now: () => number
}

/** To be called when a room's owner has deleted a message; of what they said themselves nobody has to be told. */
export function notesDeletions({ log, ledger, auditor, now }: ModerationParts) {
  const underWay = new Set<string>()

  return async (room: RoomId, deletion: Deleted): Promise<void> => {
    // Two logs of one room, one after the other, may both have the offset, but not at the same time.
    const name = JSON.stringify(['deleted_for_another', room, deletion.offset, deletion.at])
    if (underWay.has(name)) return
    underWay.add(name)
    try {
      await noteOnce(name, room, deletion)
    } catch (error) {
      console.error(`could not be noted for the audit: deleted_for_another: ${error}`)
    } finally {
      underWay.delete(name)
    }
  }

  /** Whoever asks again is answered with the same deletion for a while, by any process (rule R4). */
  async function noteOnce(name: string, room: RoomId, { message, by: owner }: Deleted): Promise<void> {
    const { messages } = await log.page(room, { before: Number(message) + 1, limit: 1 })
    const of = messages[0]?.by
    if (of === undefined || of === owner || (await ledger.spent(name, room))) return
    await auditor.note({ what: 'deleted_for_another', email: owner, room, message, of })
    // Only now: where something fails in between, it is noted twice rather than not at all.
    await ledger.spend(name, room, now() + CLIENT_ID_MILLISECONDS).catch((error: unknown) => {
      console.error(`may be noted twice for the audit: deleted_for_another: ${error}`)
    })
  }
}
