// Seats where there is no process beside this one: what is held here has been judged already.
import type { Seats } from '../../ports/seats.ts'

export function soleSeats(): Seats {
  let held: Parameters<Seats['open']>[0] | undefined
  return {
    open(all) {
      held = all
    },
    take: async (subject, most) => (held?.of(subject) ?? 0) <= most,
    changed: () => undefined,
  }
}
