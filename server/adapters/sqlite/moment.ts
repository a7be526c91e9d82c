// Where a moment lies in a room: times rise with offsets, so it is found by halving.
import { offsetOf } from './keys.ts'
import type { EventRow } from './rows.ts'

/** The offset of the last message before the moment, 0 when there is none. `saidAfter` gives the first message after an offset. */
export function lastBefore(at: number, end: number, saidAfter: (offset: number) => EventRow | undefined): number {
  // What is said at `low` or before it is before the moment; what is said after `high` is not.
  let [low, high] = [0, end]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const next = saidAfter(middle)
    if (next && next.at < at) low = offsetOf(next.key)
    else high = middle
  }
  return low
}
