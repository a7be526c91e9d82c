// What a watcher was told, held against the log: everything once, in order, and the same.
import type { RoomEvent } from '../../protocol/event.ts'
import { type Finding, isJump, type Jump, type Told, toldOf, type Watched } from './evidence.ts'

/** Who is further behind than either starts afresh (rule V15). */
const MOST_MISSED = 1_000
const MOST_MISSED_CHARACTERS = 512 * 1024

export function inWhatWasTold({ who, from, told }: Watched, log: readonly RoomEvent[]): readonly Finding[] {
  const found: Finding[] = []
  const find = (kind: Finding['kind'], sentence: string) => found.push({ kind, sentence: `${who} ${sentence}` })
  const had = new Set<number>()
  let last = from
  for (const one of told) {
    if (isJump(one)) {
      for (const { kind, sentence } of inAJump(one, log)) find(kind, sentence)
      last = Math.max(last, one.to)
      continue
    }
    const { offset } = one
    if (had.has(offset)) find('doubled', `was told ${offset} twice`)
    else if (offset <= last) find('reordered', `was told ${offset} after ${last}`)
    else if (offset > last + 1) find('lost', `was told ${offset} where ${last + 1} was due`)
    had.add(offset)
    last = Math.max(last, offset)
    if (differs(one, log)) find('changed', `was told something else as ${offset} than the log has`)
  }
  if (last < log.length) find('lost', `was told nothing after ${last}, and the log ends at ${log.length}`)
  return found
}

function inAJump({ from, to, sameEpoch, shown }: Jump, log: readonly RoomEvent[]): readonly Finding[] {
  const missed = log.slice(from, to)
  const characters = missed.reduce((sum, event) => sum + ('text' in event ? event.text.length : 0), 0)
  const mayStartAfresh = !sameEpoch || missed.length > MOST_MISSED || characters > MOST_MISSED_CHARACTERS
  const unshown = missed.filter(({ type, offset }) => type === 'message' && !shown.has(offset))
  return [
    ...(mayStartAfresh ? [] : [lost(`was not resumed from ${from}, in the same epoch, which was at ${to}`)]),
    ...unshown.map(({ offset }) => lost(`started afresh after ${from} and was not shown message ${offset}`)),
  ]
}

function lost(sentence: string): Finding {
  return { kind: 'lost', sentence }
}

/** The text of what was deleted later is gone from the log. */
function differs({ offset, print, text }: Told, log: readonly RoomEvent[]): boolean {
  const event = log[offset - 1]
  if (!event) return true
  const kept = toldOf(event)
  const isErased = 'text' in event && event.text === ''
  return kept.print !== print || (kept.text !== text && !isErased)
}
