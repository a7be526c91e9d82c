// Moments as people say them: in their zone and their language.
import { locale } from '../state/settings.ts'
import { spoken } from './spoken.ts'

const words = spoken({ today: 'Today', yesterday: 'Yesterday' }, { today: 'Heute', yesterday: 'Gestern' })
const DAY_MILLISECONDS = 86_400_000

/** `10:42`. */
export function clock(at: number): string {
  return format(at, { hour: '2-digit', minute: '2-digit' })
}

/** `Wednesday, 25 November 2026 at 10:42`, for whoever wants to know exactly. */
export function exactly(at: number): string {
  return format(at, { dateStyle: 'full', timeStyle: 'medium' })
}

/** `9 February 2026`. */
export function longDate(at: number): string {
  return format(at, { dateStyle: 'long' })
}

/** `Today`, `Yesterday`, `Monday, 23 November`, with the year where it is another one. */
export function dayOf(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MILLISECONDS)
  if (days === 0) return words.value.today
  if (days === 1) return words.value.yesterday
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return format(at, { weekday: 'long', day: 'numeric', month: 'long', ...year })
}

/** The clock for today, else the day, short: for a list. */
export function shortly(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clock(at)
  return format(at, { day: 'numeric', month: 'short' })
}

/** Midnight before the moment, in this zone. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format is made once: making one takes longer than using it a hundred times. */
function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = locale.value + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale.value, options)
  formats.set(key, known)
  return known.format(at)
}
