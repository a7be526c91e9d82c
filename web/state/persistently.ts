// A question that is asked once for everyone who wants the answer now, and again after longer and longer waits while there is none.

const FIRST_MILLISECONDS = 5_000
const LONGEST_MILLISECONDS = 300_000

/** Gives back what asks. `ask` resolves to whether there was an answer, and is never under way twice. Where it fails, there was none. */
export function persistently(
  ask: () => Promise<boolean>,
  after: (milliseconds: number, work: () => void) => unknown = (milliseconds, work) => setTimeout(work, milliseconds),
  report: (error: unknown) => void = reportError,
): () => void {
  let isUnderWay = false
  let isWanted = false
  let failures = 0
  const go = async () => {
    isUnderWay = true
    isWanted = false
    const isAnswered = await ask().catch(failed)
    failures = isAnswered ? 0 : failures + 1
    if (!isAnswered) after(Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** (failures - 1)), go)
    else if (isWanted) go()
    else isUnderWay = false
  }
  const failed = (error: unknown) => {
    report(error)
    return false
  }
  return () => {
    isWanted = true
    if (!isUnderWay) go()
  }
}
