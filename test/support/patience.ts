// How long a test waits for what has to come, and how time is told that a machine with other things to do cannot draw out.

/** Longer than anything takes that comes at all, however busy the machine is, and less than a test has: so it can still say what is missing. */
export const PATIENCE_MILLISECONDS = 15_000

export interface Deadline {
  /** Fails unless it is kept in time. */
  readonly promise: Promise<never>
  keep(): void
}

/** `missing` says what did not come. */
export function deadline(missing: () => string, milliseconds = PATIENCE_MILLISECONDS): Deadline {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined) // Nobody is told of a deadline that was kept.
  const timer = setTimeout(() => reject(new Error(`${missing()} within ${milliseconds / 1000} s`)), milliseconds)
  return { promise, keep: () => clearTimeout(timer) }
}

const TICK_MILLISECONDS = 20

/**
 * How long the work takes as this process lives it, at the most as long as by the clock on the wall: while the machine lets
 * it do nothing no time passes, and nothing that waits in it can end either. For deadlines that this process itself keeps.
 */
export async function livedMilliseconds(work: () => Promise<unknown>): Promise<number> {
  let ticks = 0
  const timer = setInterval(() => ticks++, TICK_MILLISECONDS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return ticks * TICK_MILLISECONDS
}
