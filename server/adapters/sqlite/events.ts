// The events of all rooms, found by their place in their room.
import { Refusal } from '../../../protocol/refusal.ts'
import { type Kind, keyOf } from './keys.ts'
import { Places } from './places.ts'
import { COLUMNS, type EventRow } from './rows.ts'
import type { Store } from './store.ts'
import type { Stretch } from './unplaced.ts'

export interface NewEvent {
  readonly room: number
  readonly kind: Kind
  readonly offset: number
  readonly at: number
  readonly by: string
  readonly clientId: string | undefined
  /** JSON. */
  readonly change: string
}

export class Events {
  readonly #store: Store
  readonly #places: Places
  readonly #add
  readonly #row
  #placing = false

  constructor(store: Store, mostUnplaced: number) {
    this.#store = store
    this.#places = new Places(store, mostUnplaced)
    this.#add = store.prepare<null, [number, number, number, string, string | null, string]>(
      'INSERT INTO event (seq, key, at, by, client_id, change) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#row = store.prepare<EventRow, [number]>(`SELECT ${COLUMNS} FROM event WHERE seq = ?`)
  }

  /** To be called inside a write. */
  add({ room, kind, offset, at, by, clientId, change }: NewEvent): void {
    const key = keyOf(room, kind, offset)
    this.#add.run(this.#places.take(key), key, at, by, clientId ?? null, change)
    if (this.#places.areMany) this.#placeSoon()
  }

  said(room: number, offset: number): EventRow | null {
    return this.#rowOf(this.#places.at(room, 'said', offset))
  }

  other(room: number, offset: number): EventRow | null {
    return this.#rowOf(this.#places.at(room, 'other', offset))
  }

  /** Of either kind. */
  at(room: number, offset: number): EventRow | null {
    return this.said(room, offset) ?? this.other(room, offset)
  }

  /** In the order of their offsets, each read when it is asked for. */
  *each(room: number, stretch: Stretch): Generator<EventRow> {
    for (const seq of this.#places.oldest(room, stretch)) yield* this.#rowsOf([seq])
  }

  /** In the order of their offsets. */
  oldest(room: number, stretch: Stretch, kinds?: readonly Kind[]): readonly EventRow[] {
    return this.#rowsOf(this.#places.oldest(room, stretch, kinds))
  }

  /** Newest first. */
  newest(room: number, stretch: Stretch, kinds?: readonly Kind[]): readonly EventRow[] {
    return this.#rowsOf(this.#places.newest(room, stretch, kinds))
  }

  /** In a write of its own: what comes meanwhile is placed the next time. */
  #placeSoon(): void {
    if (this.#placing) return
    this.#placing = true
    const placed = this.#store.write(() => this.#places.placeAll())
    placed
      .catch((error) => {
        // While the store does not answer they are found as before, and the next event tries again.
        if (!(error instanceof Refusal)) console.error(`placing events failed: ${error}`)
      })
      .finally(() => {
        this.#placing = false
      })
  }

  #rowsOf(seqs: readonly number[]): readonly EventRow[] {
    return seqs.flatMap((seq) => this.#row.get(seq) ?? [])
  }

  #rowOf(seq: number | null): EventRow | null {
    return seq === null ? null : this.#row.get(seq)
  }
}
