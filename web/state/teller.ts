// Which tab of a browser tells of messages: the one that was looked at last, for as long as it is awake.
import { signal } from '@preact/signals'

const TELLER = 'propromo tells'

/** Whether this tab was chosen among all of this browser. */
export const leads = signal(false)

/** From here on this tab may become the one that tells. */
export function seekLead(): void {
  if (!('locks' in navigator)) return
  let attempt = new AbortController()
  const seek = () => {
    attempt.abort()
    attempt = new AbortController()
    compete(attempt.signal)
  }
  seek()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && !leads.peek()) seek()
  })
  document.addEventListener('freeze', () => attempt.abort())
  document.addEventListener('resume', seek)
}

/** Where no tab can know of the others, each one tells. */
export function isTeller(): boolean {
  return leads.peek() || !('locks' in navigator)
}

/**
 * A lock goes with its tab, even if that crashes; but a phone may put a tab to sleep without a word, and its lock with it. So a tab
 * that is looked at, and awake for sure, takes the lock from whichever has it. The others wait for it.
 */
async function compete(signal: AbortSignal): Promise<void> {
  let steal = document.visibilityState === 'visible'
  while (!signal.aborted) {
    const hadIt = await lead(steal, signal)
    steal = false
    if (!hadIt) return
  }
}

/** Until the lock is given up, or taken by another tab; gives back whether it was had at all. */
async function lead(steal: boolean, signal: AbortSignal): Promise<boolean> {
  let hadIt = false
  const end = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
  try {
    await navigator.locks.request(TELLER, steal ? { steal } : { signal }, () => {
      hadIt = true
      leads.value = true
      return end
    })
  } catch {
    // Another tab took it, nobody waits for it any more, or the document is going away.
  }
  if (hadIt) leads.value = false
  return hadIt
}
