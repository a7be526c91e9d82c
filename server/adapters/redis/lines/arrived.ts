// Whether this process was too busy to read, or nothing came: a look at what has arrived tells.

/**
 * Does the work after everything that has arrived by now has been taken in. Somebody who finds, after seconds of work in one
 * turn of the event loop, that an answer is overdue has not looked for it yet: between a timer and its first immediate nothing
 * is read, and between that one and the next everything is.
 */
export function afterWhatHasArrived(work: () => void): void {
  setImmediate(() => setImmediate(work))
}
