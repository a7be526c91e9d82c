// Moments as people say them: in their zone and their language.
import { locale } from '../state/settings.ts'
import { spoken } from './spoken.ts'
import { startOfDay, today } from './today.ts'

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
export function dayOf(at: number): string {
  const days = Math.round((today.value - startOfDay(at)) / DAY_MILLISECONDS)
  if (days === 0) return words.value.today
  if (days === 1) return words.value.yesterday
  return format(at, { weekday: 'long', day: 'numeric', month: 'long', ...yearOf(at) })
}

/** The clock for today, else the day, short: for a list. */
export function shortly(at: number): string {
  return isToday(at) ? clock(at) : format(at, { day: 'numeric', month: 'short', ...yearOf(at) })
}

/** The clock, and the day where it is not today: since when something lasts. */
export function moment(at: number): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const
  return isToday(at) ? clock(at) : format(at, { day: 'numeric', month: 'short', ...yearOf(at), ...time })
}

function isToday(at: number): boolean {
  return startOfDay(at) === today.value
}

/** Only where it is another one. */
function yearOf(at: number): Intl.DateTimeFormatOptions {
  return new Date(at).getFullYear() === new Date(today.value).getFullYear() ? {} : { year: 'numeric' }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format is made once: making one takes longer than using it a hundred times. */
function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = locale.value + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale.value, options)
  formats.set(key, known)
  return known.format(at)
}
