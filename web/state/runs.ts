// Which messages are shown together: blocks that follow one another without a gap.
import type { Block, Timeline } from '../../client/index.ts'

/** Every message named by an offset over `after` and up to `upto`. */
export interface Run {
  readonly blocks: readonly Block[]
  readonly after: number
  readonly upto: number
  readonly isNewest: boolean
}

/** The run that holds the offset; the newest one where none does, or none is asked for. `null` before the first welcome. */
export function runAt({ blocks, cursor }: Timeline, anchor: number | null): Run | null {
  if (!cursor || blocks.length === 0) return null
  const place = blocks.findIndex(({ after, upto }) => anchor !== null && after < anchor && anchor <= upto)
  const middle = place < 0 ? blocks.length - 1 : place
  let [first, last] = [middle, middle]
  while (first > 0 && blocks[first - 1]?.upto === blocks[first]?.after) first -= 1
  while (last < blocks.length - 1 && blocks[last]?.upto === blocks[last + 1]?.after) last += 1
  const run = blocks.slice(first, last + 1)
  const upto = run.at(-1)?.upto ?? 0
  return { blocks: run, after: run[0]?.after ?? 0, upto, isNewest: upto >= cursor.offset }
}

export function overlap(one: Run, other: Run): boolean {
  return one.after < other.upto && other.after < one.upto
}
