// The way from an offset in a room to the event. Placing each event in the commit that stores it would rewrite a page for each,
// so the latest events of all rooms are in memory, and many are placed at once.
import { type Kind, keyOf } from './keys.ts'
import type { Store } from './store.ts'
import { type Place, type Stretch, Unplaced } from './unplaced.ts'

type End = 'oldest' | 'newest'

const BOTH: readonly Kind[] = ['said', 'other']

export class Places {
  readonly #mostUnplaced: number
  readonly #from
  readonly #place
  readonly #setPlaced
  readonly #unplaced: () => Unplaced

  /** `mostUnplaced` is how many events are found through memory alone before they are placed together. */
  constructor(store: Store, mostUnplaced: number) {
    this.#mostUnplaced = mostUnplaced
    const placed = (order: string) =>
      store.prepare<Place, [number, number, number]>(
        `SELECT seq, key FROM place WHERE key > ? AND key < ? ORDER BY key ${order} LIMIT ?`,
      )
    this.#from = { oldest: placed('ASC'), newest: placed('DESC') }
    // In the order of the keys, so that each page of the table is written once.
    this.#place = store.prepare<null, [number, number]>(
      'INSERT INTO place (key, seq) SELECT key, seq FROM event WHERE seq > ? AND seq <= ? ORDER BY key',
    )
    this.#setPlaced = store.prepare<null, [number]>('UPDATE lifetime SET placed = ?')
    const placedUpTo = store.prepare<{ placed: number }, []>('SELECT placed FROM lifetime')
    const since = store.prepare<Place, [number]>('SELECT seq, key FROM event WHERE seq > ? ORDER BY seq')
    this.#unplaced = store.remember(() => {
      const placed = placedUpTo.get()?.placed ?? 0
      return new Unplaced(placed, since.all(placed))
    })
  }

  /** The number in the table for an event that is written now. */
  take(key: number): number {
    return this.#unplaced().take(key)
  }

  /** The event's number in the table, or `null` when there is none of the kind at this offset. */
  at(room: number, kind: Kind, offset: number): number | null {
    return this.oldest(room, { after: offset - 1, before: offset + 1, most: 1 }, [kind])[0] ?? null
  }

  /** Numbers of events in the table, in the order of their offsets. */
  oldest(room: number, stretch: Stretch, kinds = BOTH): readonly number[] {
    const placed = this.#placed('oldest', room, stretch, kinds).sort((one, other) => one - other)
    if (placed.length >= stretch.most) return placed.slice(0, stretch.most)
    return [...placed, ...this.#unplaced().between(room, stretch, kinds)].slice(0, stretch.most)
  }

  /** The same from the other end, newest first. */
  newest(room: number, stretch: Stretch, kinds = BOTH): readonly number[] {
    const unplaced = this.#unplaced().between(room, stretch, kinds).reverse()
    if (unplaced.length >= stretch.most) return unplaced.slice(0, stretch.most)
    const placed = this.#placed('newest', room, stretch, kinds).sort((one, other) => other - one)
    return [...unplaced, ...placed].slice(0, stretch.most)
  }

  get areMany(): boolean {
    return this.#unplaced().size >= this.#mostUnplaced
  }

  /** Places everything. To be called inside a write. */
  placeAll(): void {
    const unplaced = this.#unplaced()
    this.#place.run(unplaced.placed, unplaced.last)
    this.#setPlaced.run(unplaced.last)
    unplaced.clear()
  }

  #placed(end: End, room: number, { after, before, most }: Stretch, kinds: readonly Kind[]): number[] {
    const ofKind = (kind: Kind) => this.#from[end].all(keyOf(room, kind, after), keyOf(room, kind, before), most)
    return kinds.flatMap(ofKind).map(({ seq }) => seq)
  }
}
