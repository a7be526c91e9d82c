// Which messages of a room are pinned, in SQLite: a row for each, so that finding them costs what they are and not what the room is.
import type { Message } from '../../../protocol/event.ts'
import type { Backwards, Found } from '../../ports/log.ts'
import { COLUMNS, type EventRow, messageIn } from './rows.ts'
import type { Store } from './store.ts'

const BEYOND = Number.MAX_SAFE_INTEGER

export function sqlitePins(store: Store) {
  const add = store.prepare<null, [number, number, number]>('INSERT OR IGNORE INTO pin VALUES (?, ?, ?)')
  const remove = store.prepare<null, [number, number]>('DELETE FROM pin WHERE room = ? AND message = ?')
  const latest = store.prepare<EventRow, [number, number, number]>(
    `SELECT ${COLUMNS} FROM pin CROSS JOIN event USING (seq) WHERE room = ? AND message < ? ORDER BY message DESC LIMIT ?`,
  )

  return {
    /** To be called inside the write that changes the message, whose event has this `seq`. */
    follow(room: number, { id, pinned }: Message, seq: number): void {
      if (pinned) add.run(room, Number(id), seq)
      else remove.run(room, Number(id))
    },

    find(room: number, { before = BEYOND, limit }: Backwards): Omit<Found, 'before'> {
      const rows = latest.all(room, before, limit + 1)
      // One more was asked for, which tells whether there are others.
      return { messages: rows.slice(0, limit).map(messageIn), more: rows.length > limit }
    },
  }
}
