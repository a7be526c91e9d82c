// One number for a room and an offset: keys of a room lie side by side, in the order of their offsets.

/** Offsets of one room; 2^21 rooms then fit into the whole numbers that JavaScript knows exactly. */
const OFFSETS = 2 ** 32

export function keyOf(room: number, offset: number): number {
  return room * OFFSETS + Math.min(offset, OFFSETS - 1)
}

export function offsetOf(key: number): number {
  return key % OFFSETS
}

export function roomOf(key: number): number {
  return Math.floor(key / OFFSETS)
}
