// Which edits a message has had in SQLite, so that what they said is forgotten in its time.
import { MOST_EDITS } from '../../ports/log.ts'
import type { Events } from './events.ts'
import type { KnownRoom } from './rooms.ts'
import type { EventRow } from './rows.ts'
import type { Store } from './store.ts'

/** All of it is to be called inside a write. */
export function sqliteEdits(store: Store, events: Events) {
  const add = store.prepare<null, [number, number]>('INSERT OR IGNORE INTO edit (message, offset) VALUES (?, ?)')
  const beyond = store.prepare<{ offset: number }, [number, number]>(
    'SELECT offset FROM edit WHERE message = ? ORDER BY offset DESC LIMIT -1 OFFSET ?',
  )
  const remove = store.prepare<null, [number, number]>('DELETE FROM edit WHERE message = ? AND offset = ?')
  const forgetText = store.prepare<null, [number]>(
    "UPDATE event SET change = json_set(change, '$.text', '') WHERE seq = ?",
  )

  return {
    note({ number }: KnownRoom, message: EventRow, offset: number): void {
      add.run(message.seq, offset)
      forget(number, message, MOST_EDITS)
    },
    /** Those that files of earlier versions kept with the message. */
    takeOver(message: EventRow, offsets: readonly number[]): void {
      for (const offset of offsets) add.run(message.seq, offset)
    },
    /** What the message and all of its edits said. */
    forgetAll({ number }: KnownRoom, message: EventRow): void {
      forgetText.run(message.seq)
      forget(number, message, 0)
    },
  }

  function forget(room: number, { seq }: EventRow, kept: number): void {
    for (const { offset } of beyond.all(seq, kept)) {
      const edit = events.other(room, offset)
      if (edit) forgetText.run(edit.seq)
      remove.run(seq, offset)
    }
  }
}
