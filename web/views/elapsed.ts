// Time that goes by, for whoever has to say that something has lasted.
import { useEffect, useState } from 'preact/hooks'

/** Whether this much time has gone by since then; turns true by itself. */
export function useElapsed(since: number | null, milliseconds: number): boolean {
  const [, paint] = useState(0)
  useEffect(() => {
    if (since === null) return
    const timer = setTimeout(() => paint((times) => times + 1), Math.max(0, since + milliseconds - Date.now()) + 10)
    return () => clearTimeout(timer)
  }, [since, milliseconds])
  return since !== null && Date.now() - since >= milliseconds
}
