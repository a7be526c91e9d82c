// One number for a room, a kind and an offset: what was said in a room lies side by side in the order of offsets, and so does the rest.

/** Apart, so that a page of messages never walks through what is none. */
export type Kind = 'said' | 'other'

/** Offsets of one room; 2^20 rooms of two kinds then fit into the whole numbers that JavaScript knows exactly. */
const OFFSETS = 2 ** 32

export function keyOf(room: number, kind: Kind, offset: number): number {
  return (2 * room + (kind === 'said' ? 0 : 1)) * OFFSETS + Math.min(offset, OFFSETS - 1)
}

export function offsetOf(key: number): number {
  return key % OFFSETS
}

export function kindOf(key: number): Kind {
  return laneOf(key) % 2 === 0 ? 'said' : 'other'
}

export function roomOf(key: number): number {
  return Math.floor(laneOf(key) / 2)
}

function laneOf(key: number): number {
  return Math.floor(key / OFFSETS)
}
