// The day that it is, for whatever says `today`: a page may be open for longer than one.
import { signal } from '@preact/signals'

/** Midnight before now, in this zone. */
export const today = signal(startOfDay(Date.now()))

/** From here on the day goes on by itself; gives back what ends that. */
export function followDay(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    clearTimeout(timer)
    const now = Date.now()
    today.value = startOfDay(now)
    timer = setTimeout(look, midnightAfter(now) - now)
  }
  look()
  document.addEventListener('visibilitychange', look) // A machine that slept has slept through its timers too.
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

/** Midnight before the moment, in this zone. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** A day may have 23 or 25 hours. */
function midnightAfter(at: number): number {
  return new Date(at).setHours(24, 0, 0, 0)
}
