// Whether anything was lost, doubled, reordered or changed in a room: a sentence for each thing that was.
import type { RoomEvent } from '../../protocol/event.ts'
import type { Finding, PlainSpoken, RoomEvidence, Spoken } from './evidence.ts'
import { hashOf } from './evidence.ts'
import { inWhatWasTold } from './told.ts'

/** A change may be given back where its message is gone, or may be another one after a restore (rule R2); nothing else may. */
const GONE: ReadonlySet<string> = new Set(['replaced', 'no_message'])

export function findings(evidence: RoomEvidence): readonly Finding[] {
  const { room, log } = evidence
  const found = [
    ...inTheLog(log),
    ...evidence.spoken.flatMap((spoken) => ofAnOutbox(spoken, log)),
    ...evidence.plain.flatMap((plain) => [...ofPlainWords(plain, log), ...ofPlainVisits(plain, log)]),
    ...evidence.watched.flatMap((watched) => inWhatWasTold(watched, log)),
  ]
  return found.map(({ kind, sentence }) => ({ kind, sentence: `${room}: ${sentence}` }))
}

/** Rules R1 and R4: dense offsets, and nothing twice under one client id. */
function inTheLog(log: readonly RoomEvent[]): readonly Finding[] {
  const holes = log.flatMap(({ offset }, index): Finding[] =>
    offset === index + 1 ? [] : [{ kind: 'lost', sentence: `the log has offset ${offset} where ${index + 1} was due` }],
  )
  const named = log.flatMap(({ by, clientId }) => (clientId === undefined ? [] : [`${by} ${clientId}`]))
  const doubles = repeatedIn(named).map(
    (name): Finding => ({ kind: 'doubled', sentence: `the log has what ${name} names more than once` }),
  )
  return [...holes, ...doubles]
}

/** Rule R3: what was answered `sent` is where it was said to be, what was taken is there, in the order in which it was written. */
function ofAnOutbox({ who, by, taken, accepted, failed }: Spoken, log: readonly RoomEvent[]): readonly Finding[] {
  const places = new Map(log.flatMap((event) => (event.by === by && event.clientId ? [[event.clientId, event]] : [])))
  const found: Finding[] = []
  let last = 0
  for (const { id, kind } of taken) {
    const offset = places.get(id)?.offset
    const answered = accepted.get(id)
    if (offset === undefined && answered === undefined && kind !== 'message' && GONE.has(failed.get(id) ?? '')) continue
    if (offset === undefined) {
      const how = answered === undefined ? `was taken (${failed.get(id) ?? 'no answer'})` : `was sent as ${answered}`
      found.push({ kind: 'lost', sentence: `the ${kind} ${id} of ${who} ${how}, and is not in the log` })
      continue
    }
    if (answered !== undefined && answered !== offset)
      found.push({ kind: 'changed', sentence: `${id} of ${who} was sent as ${answered}, and is ${offset} in the log` })
    if (offset < last)
      found.push({ kind: 'reordered', sentence: `${who} wrote ${id} later than what the log has as ${last}` })
    last = Math.max(last, offset)
  }
  return found
}

/** What came back to a plain client is its confirmation; what did not may be stored or not, but not twice. */
function ofPlainWords({ who, by, said, seen }: PlainSpoken, log: readonly RoomEvent[]): readonly Finding[] {
  const places = new Map<string, number[]>()
  for (const event of log) {
    if (event.type !== 'message' || event.by !== by) continue
    const hash = hashOf(event.text)
    places.set(hash, [...(places.get(hash) ?? []), event.offset])
  }
  const found: Finding[] = []
  let last = 0
  said.forEach((text, index) => {
    const [offset, ...more] = places.get(text) ?? []
    const name = `word ${index + 1} of ${who}`
    if (more.length > 0) found.push({ kind: 'doubled', sentence: `the log has ${name} ${more.length + 1} times` })
    if (offset === undefined && seen.has(text))
      found.push({ kind: 'lost', sentence: `${name} came back to it, and is not in the log` })
    if (offset !== undefined && offset < last)
      found.push({ kind: 'reordered', sentence: `${name} has offset ${offset}, and an earlier one ${last}` })
    last = Math.max(last, offset ?? 0)
  })
  return found
}

/** Rule P1: over one connection every message comes once and in order, from the first that was shown. */
function ofPlainVisits({ who, visits }: PlainSpoken, log: readonly RoomEvent[]): readonly Finding[] {
  const deleted = new Set(log.flatMap((event) => (event.type === 'deleted' ? [Number(event.message)] : [])))
  const messages = log.flatMap(({ type, offset }) => (type === 'message' && !deleted.has(offset) ? [offset] : []))
  return visits.flatMap((ids) => {
    const [first] = ids
    const last = ids.at(-1)
    if (first === undefined || last === undefined) return []
    const got = new Set(ids)
    const missed = messages.filter((offset) => offset >= first && offset <= last && !got.has(offset))
    const backwards = ids.filter((id, index) => index > 0 && id < (ids[index - 1] ?? 0))
    return [
      ...missed.map((id): Finding => ({ kind: 'lost', sentence: `${who} was never told message ${id}` })),
      ...repeatedIn(ids).map((id): Finding => ({ kind: 'doubled', sentence: `${who} was told message ${id} twice` })),
      ...backwards.map((id): Finding => ({ kind: 'reordered', sentence: `${who} was told message ${id} too late` })),
    ]
  })
}

function repeatedIn<Value>(values: readonly Value[]): readonly Value[] {
  const seen = new Set<Value>()
  return values.filter((value) => seen.size === seen.add(value).size)
}
