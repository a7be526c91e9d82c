// Search in SQLite: the folded words of every message. They are added when there is time, or when somebody looks for some.
import { wordsOf } from '../../../protocol/words.ts'
import type { Found } from '../../ports/log.ts'
import type { Events } from './events.ts'
import { kindOf, roomOf } from './keys.ts'
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
  readonly #events: Events
  readonly #add
  readonly #remove
  readonly #find
  readonly #indexed
  readonly #setIndexed
  readonly #waiting
  #later: Timer | undefined
  /** How many messages have come since words were last added, or could have been. */
  #said = 0

  constructor(store: Store, events: Events) {
    this.#store = store
    this.#events = events
    this.#add = store.prepare<null, [number, string, string]>('INSERT INTO word (rowid, room, text) VALUES (?, ?, ?)')
    this.#remove = store.prepare<null, [number]>('DELETE FROM word WHERE rowid = ?')
    this.#find = store.prepare<EventRow, [string, number, number]>(
      `SELECT ${COLUMNS} FROM word JOIN event ON seq = word.rowid
       WHERE word MATCH ? AND word.rowid < ? ORDER BY word.rowid DESC LIMIT ?`,
    )
    this.#indexed = store.prepare<{ indexed: number; last: number | null }, []>(
      'SELECT indexed, (SELECT max(seq) FROM event) AS last FROM lifetime',
    )
    this.#setIndexed = store.prepare<null, [number]>('UPDATE lifetime SET indexed = ?')
    this.#waiting = store.prepare<EventRow, [number, number]>(
      `SELECT ${COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
  }

  /** Something was said: its words are added soon. */
  soon(): void {
    this.#said += 1
    this.#addLater()
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
    await this.#catchUp()
    return this.#store.read(() => {
      const text = words.map((word) => `"${word}"`).join(' AND ')
      const [next] = this.#events.oldest(room, { after: before - 1, before: BEYOND, most: 1 }, ['said'])
      const rows = this.#find.all(`room : "${token(room)}" AND text : (${text})`, next?.seq ?? BEYOND, limit + 1)
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
        if (kindOf(row.key) === 'said') this.#add.run(row.seq, token(roomOf(row.key)), indexed(messageIn(row).text))
      }
      const last = rows.at(-1)
      if (last) this.#setIndexed.run(last.seq)
      return rows.length === STEP
    })
  }

  #addLater(): void {
    this.#later ??= setTimeout(async () => {
      // More was said than could be added: whoever talks comes first, and their words when it is quieter.
      const isRush = this.#said > STEP
      this.#said = 0
      // When the store does not answer, the next message or the next search tries again.
      const thereIsMore = isRush || (await this.#addSome().catch(() => false))
      this.#later = undefined
      if (thereIsMore) this.#addLater()
    }, PAUSE_MILLISECONDS)
  }

  /** Adds the words of everything that has been said up to now. */
  async #catchUp(): Promise<void> {
    const upto = await this.#store.read(() => this.#indexed.get()?.last ?? 0)
    while ((await this.#store.read(() => this.#indexed.get()?.indexed ?? upto)) < upto) await this.#addSome()
  }
}

function indexed(text: string): string {
  return wordsOf(text).join(' ')
}

/** A word that stands for the room, so that looking in one room does not look through the others. */
function token(room: number): string {
  return `room${room}`
}
