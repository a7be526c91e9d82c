// What was said that somebody may not have heard of.
import type { Timeline } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'

/** What was said after this offset, oldest first, as far as it is loaded without a gap. */
export function saidSince({ blocks }: Timeline, offset: number): readonly Message[] {
  const said: Message[] = []
  let from = Number.NEGATIVE_INFINITY
  for (const { after, upto, messages } of [...blocks].reverse()) {
    if (upto < from) break
    said.unshift(...messages.filter(({ id }) => Number(id) > offset))
    from = after
  }
  return said
}
