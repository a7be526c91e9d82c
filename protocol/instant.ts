// A moment as a client writes it: RFC 3339, in UTC.

export const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Date, time to the second, fraction. UTC is `Z`, or an offset of nothing. */
const SHAPE = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-]00:00)$/i

/** Milliseconds since 1970, the first at or after the moment; `null` for what is none. */
export function instantIn(text: string): number | null {
  const [, day, time, fraction = ''] = SHAPE.exec(text) ?? []
  const second = Date.parse(`${day}T${time}Z`)
  // A parser may take the 30th of February for a day in March.
  if (Number.isNaN(second) || new Date(second).toISOString() !== `${day}T${time}.000Z`) return null
  const beyond = /[1-9]/.test(fraction.slice(3)) ? 1 : 0
  return second + Number(fraction.slice(0, 3).padEnd(3, '0')) + beyond
}
