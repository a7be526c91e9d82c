// How far another machine's clock is from ours: a ticket is good from the second on in which it was signed.
import { type Finding, fault, fine, note } from './finding.ts'

const NOTED_MILLISECONDS = 1_000
const FAULTY_MILLISECONDS = 5_000

/** `ask` gives the other's time in milliseconds. The way there and back is granted to both. */
export async function compareClocks(whose: string, ask: () => Promise<number>): Promise<Finding> {
  const before = Date.now()
  const theirs = await ask()
  const after = Date.now()
  const apart = Math.max(before - theirs, theirs - after, 0)
  const told = `${(apart / 1000).toFixed(1)} s from that of ${whose}`
  if (apart > FAULTY_MILLISECONDS)
    return fault(`the clock is ${told}: set both by NTP, or tickets are refused elsewhere`)
  if (apart > NOTED_MILLISECONDS) return note(`the clock is ${told}: set both by NTP`)
  return fine(`the clock agrees with that of ${whose}`)
}
