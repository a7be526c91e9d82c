// Search in SQLite: the folded words of every message.
import { wordsOf } from '../../../protocol/words.ts'
import type { Found } from '../../ports/log.ts'
import { type MessageRow, messageIn } from './rows.ts'
import type { Store } from './store.ts'

const BEYOND = Number.MAX_SAFE_INTEGER
/** Each word costs a walk through its places; people do not type more. */
const MOST_WORDS = 12

export function sqliteSearch(store: Store) {
  const add = store.prepare<null, [number, string, string]>('INSERT INTO word (rowid, room, text) VALUES (?, ?, ?)')
  const remove = store.prepare<null, [number]>('DELETE FROM word WHERE rowid = ?')
  const firstFrom = store.prepare<{ key: number }, [number, number]>(
    'SELECT key FROM message WHERE room = ? AND id >= ? ORDER BY id LIMIT 1',
  )
  const find = store.prepare<MessageRow, [string, number, number]>(
    `SELECT m.id, m.state FROM word JOIN message AS m ON m.key = word.rowid
     WHERE word MATCH ? AND word.rowid < ? ORDER BY word.rowid DESC LIMIT ?`,
  )

  return {
    add(key: number, room: number, text: string): void {
      add.run(key, token(room), indexed(text))
    },

    /** An empty text takes the message out of the index. */
    replace(key: number, room: number, text: string): void {
      remove.run(key)
      if (text !== '') add.run(key, token(room), indexed(text))
    },

    find(room: number, query: string, { before = BEYOND, limit }: { before?: number; limit: number }): Found {
      const words = [...new Set(wordsOf(query))].slice(0, MOST_WORDS)
      if (words.length === 0) return { messages: [], more: false }
      const text = words.map((word) => `"${word}"`).join(' AND ')
      const below = before === BEYOND ? BEYOND : (firstFrom.get(room, before)?.key ?? BEYOND)
      const rows = find.all(`room : "${token(room)}" AND text : (${text})`, below, limit + 1)
      const messages = rows.slice(0, limit).map(messageIn)
      const more = rows.length > limit
      const last = messages.at(-1)
      return { messages, more, ...(more && last ? { before: Number(last.id) } : {}) }
    },
  }
}

function indexed(text: string): string {
  return wordsOf(text).join(' ')
}

/** A word that stands for the room, so that looking in one room does not look through the others. */
function token(room: number): string {
  return `room${room}`
}
