// Search in SQLite: the folded words of every message. They are added when there is time, or when somebody looks for some.
import { wordsOf } from '../../../protocol/words.ts'
import type { Found } from '../../ports/log.ts'
import { keyOf, roomOf } from './keys.ts'
import { COLUMNS, type EventRow, messageIn } from './rows.ts'
import type { Store } from './store.ts'

const BEYOND = Number.MAX_SAFE_INTEGER
/** Each word costs a walk through its places; people do not type more. */
const MOST_WORDS = 12
/** Events whose words are added in one step: nobody who talks notices it. */
const STEP = 200
const PAUSE_MILLISECONDS = 100

export class Search {
  readonly #store: Store
  readonly #add
  readonly #remove
  readonly #find
  readonly #firstFrom
  readonly #indexed
  readonly #setIndexed
  readonly #waiting
  #soon: Timer | undefined

  constructor(store: Store) {
    this.#store = store
    this.#add = store.prepare<null, [number, string, string]>('INSERT INTO word (rowid, room, text) VALUES (?, ?, ?)')
    this.#remove = store.prepare<null, [number]>('DELETE FROM word WHERE rowid = ?')
    this.#find = store.prepare<EventRow, [string, number, number]>(
      `SELECT ${COLUMNS} FROM word JOIN event ON seq = word.rowid
       WHERE word MATCH ? AND word.rowid < ? ORDER BY word.rowid DESC LIMIT ?`,
    )
    this.#firstFrom = store.prepare<{ seq: number }, [number, number]>(
      'SELECT seq FROM event WHERE about IS NULL AND key >= ? AND key < ? ORDER BY key LIMIT 1',
    )
    this.#indexed = store.prepare<{ indexed: number; last: number | null }, []>(
      'SELECT indexed, (SELECT max(seq) FROM event) AS last FROM lifetime',
    )
    this.#setIndexed = store.prepare<null, [number]>('UPDATE lifetime SET indexed = ?')
    this.#waiting = store.prepare<EventRow & { about: number | null }, [number, number]>(
      `SELECT ${COLUMNS}, about FROM event WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
  }

  /** Something was said: its words are added soon. */
  soon(): void {
    this.#soon ??= setTimeout(async () => {
      this.#soon = undefined
      // When the store does not answer, the next message or the next search tries again.
      if (await this.#addSome().catch(() => false)) this.soon()
    }, PAUSE_MILLISECONDS)
  }

  /** The message now says something else; an empty text is not found any more. To be called inside a write. */
  replace({ seq, key }: EventRow, text: string): void {
    if (seq > (this.#indexed.get()?.indexed ?? 0)) return // Its words come later, from what it says then.
    this.#remove.run(seq)
    if (text !== '') this.#add.run(seq, token(roomOf(key)), indexed(text))
  }

  async find(
    room: number,
    query: string,
    { before = BEYOND, limit }: { before?: number; limit: number },
  ): Promise<Found> {
    const words = [...new Set(wordsOf(query))].slice(0, MOST_WORDS)
    if (words.length === 0) return { messages: [], more: false }
    while ((await this.#store.read(() => this.#isBehind())) && (await this.#addSome()));
    return this.#store.read(() => {
      const text = words.map((word) => `"${word}"`).join(' AND ')
      const below = this.#firstFrom.get(keyOf(room, before), keyOf(room, BEYOND))?.seq ?? BEYOND
      const rows = this.#find.all(`room : "${token(room)}" AND text : (${text})`, below, limit + 1)
      const messages = rows.slice(0, limit).map(messageIn)
      const more = rows.length > limit
      const last = messages.at(-1)
      return { messages, more, ...(more && last ? { before: Number(last.id) } : {}) }
    })
  }

  /** Adds some words; whether there are more to add. */
  #addSome(): Promise<boolean> {
    return this.#store.write(() => {
      const rows = this.#waiting.all(this.#indexed.get()?.indexed ?? 0, STEP)
      for (const row of rows) {
        if (row.about === null) this.#add.run(row.seq, token(roomOf(row.key)), indexed(messageIn(row).text))
      }
      const last = rows.at(-1)
      if (last) this.#setIndexed.run(last.seq)
      return rows.length === STEP
    })
  }

  #isBehind(): boolean {
    const { indexed = 0, last = 0 } = this.#indexed.get() ?? {}
    return indexed < (last ?? 0)
  }
}

function indexed(text: string): string {
  return wordsOf(text).join(' ')
}

/** A word that stands for the room, so that looking in one room does not look through the others. */
function token(room: number): string {
  return `room${room}`
}
