// The service worker: registered where there can be one, and asked whether it has a newer build than the one that is open.
import { signal } from '@preact/signals'
import { fieldsOf } from './kept.ts'

/** A newer build is ready: the page is it after the next load. */
export const isNewReady = signal(false)

/** A page may stay in sight for days, on a screen that nobody touches. */
const UPDATE_MILLISECONDS = 3 * 3_600_000

/** To be called after the first paint, which it would delay. */
export async function registerWorker(): Promise<void> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  serviceWorker.addEventListener('message', ({ data }) => {
    const { type, beginning } = fieldsOf(data)
    if (type === 'build' && Array.isArray(beginning)) isNewReady.value = !beginning.every(isHere)
  })
  try {
    const registration = await serviceWorker.register('/service-worker.js', { updateViaCache: 'none' })
    ask(registration.waiting)
    registration.addEventListener('updatefound', () => follow(registration.installing))
    follow(registration.installing)
    const update = () => void registration.update().catch(() => undefined) // Without a network, later.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') update()
    })
    addEventListener('online', update)
    setInterval(update, UPDATE_MILLISECONDS)
  } catch {
    // A browser that takes no worker, or no network yet: the page works on, and does not open offline.
  }
}

function follow(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    if (worker.state === 'installed') ask(worker)
  })
}

function ask(worker: ServiceWorker | null): void {
  worker?.postMessage('which build')
}

/** Whether the document that is open names the file. */
function isHere(name: unknown): boolean {
  return (
    typeof name === 'string' &&
    document.querySelector(`[src$="/${CSS.escape(name)}"], [href$="/${CSS.escape(name)}"]`) !== null
  )
}
