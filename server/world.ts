// What a process knows of the world outside its memory: its clocks, chance, and what comes later.
import { randomBytes } from 'node:crypto'

export const world = {
  now: Date.now,
  clock: () => performance.now(),
  random: (bytes: number) => randomBytes(bytes).toString('base64url'),
  after,
}

/** Gives back what calls it off. */
export function after(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}
