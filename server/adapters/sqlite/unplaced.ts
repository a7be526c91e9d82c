// The latest events of all rooms, found through memory until they are placed in the table (places.ts).
import { type Kind, kindOf, offsetOf, roomOf } from './keys.ts'

/** Offsets, both exclusive, and how many of them at the most. */
export interface Stretch {
  readonly after: number
  readonly before: number
  readonly most: number
}

export interface Place {
  readonly seq: number
  readonly key: number
}

/** The events that are not placed yet: in each room all from some offset on, and so later than all that are. */
export class Unplaced {
  readonly #rooms = new Map<number, Place[]>()
  /** Numbers of the last event that is placed, and of the last there is. */
  placed: number
  last: number

  constructor(placed: number, places: readonly Place[]) {
    this.placed = placed
    this.last = placed
    for (const place of places) this.#add(place)
  }

  get size(): number {
    return this.last - this.placed
  }

  take(key: number): number {
    const seq = this.last + 1
    this.#add({ seq, key })
    return seq
  }

  between(room: number, { after, before }: Stretch, kinds: readonly Kind[]): number[] {
    const places = this.#rooms.get(room) ?? []
    const [first] = places
    if (!first) return []
    // A room has no hole, so the offset tells where to look.
    const index = (offset: number) => Math.max(0, offset - offsetOf(first.key))
    const within = places.slice(index(after + 1), index(before))
    return within.filter(({ key }) => kinds.includes(kindOf(key))).map(({ seq }) => seq)
  }

  clear(): void {
    this.#rooms.clear()
    this.placed = this.last
  }

  #add(place: Place): void {
    const room = roomOf(place.key)
    const places = this.#rooms.get(room)
    if (places) places.push(place)
    else this.#rooms.set(room, [place])
    this.last = place.seq
  }
}
