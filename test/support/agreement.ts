// What has to be true of a room after any fault: each sentence that comes back is something that is not.
import type { Cursor } from '../../protocol/event.ts'
import { eventsIn, type Visit, welcomeIn } from './recorded-socket.ts'
import type { Edit } from './talker.ts'
import type { EventFrame, WelcomeFrame } from './v1.ts'

export interface Evidence {
  /** Every connection that anyone had, in the order in which each client opened them. */
  readonly visits: readonly Visit[]
  /** The events that are kept, read from the store itself. */
  readonly log: { readonly epoch: string; readonly events: readonly EventFrame[] }
  /** Every text that anyone ever wanted to say; each is another one. */
  readonly texts: ReadonlySet<string>
  /** Of those, what a client was sure of in the end. */
  readonly stored: ReadonlyMap<string, Cursor>
  /** Why the SDK gave up on others. */
  readonly failed: ReadonlyMap<string, string>
  /** Of those that are edits, what each was to change. */
  readonly edits: ReadonlyMap<string, Edit>
  /** Epochs whose log was lost on purpose: nothing of them has to be kept. */
  readonly lost: ReadonlySet<string>
}

/** Who is further behind than either starts afresh (rule V15). */
const MOST_MISSED = 1_000
const MOST_MISSED_CHARACTERS = 512 * 1024

export function disagreements(evidence: Evidence): readonly string[] {
  return [
    ...inTheLog(evidence),
    ...aboutWhatWasSent(evidence),
    ...aboutEdits(evidence),
    ...aboutFailures(evidence),
    ...evidence.visits.flatMap((visit) => inAVisit(visit, evidence)),
    ...betweenVisits(evidence),
  ]
}

function inTheLog({ log: { events }, texts }: Evidence): readonly string[] {
  const holes = events.flatMap(({ offset }, index) =>
    offset === index + 1 ? [] : [`the log has offset ${offset} where ${index + 1} was due`],
  )
  const clientIds = events.flatMap((event) =>
    event.type === 'message' && event.client_id !== undefined ? [`${event.by} ${event.client_id}`] : [],
  )
  const said = events.flatMap((event) => textOf(event) ?? [])
  return [
    ...holes,
    ...doublesIn(clientIds).map((id) => `the log has client id ${id} more than once`),
    ...doublesIn(said).map((text) => `the log has ${JSON.stringify(text)} more than once`),
    ...said.filter((text) => !texts.has(text)).map((text) => `nobody said ${JSON.stringify(text)}`),
  ]
}

/** Every `sent` stands in the log where it was said to stand; and what an SDK was sure of, and so let go of, stands in it too. */
function aboutWhatWasSent({ visits, log, stored, lost }: Evidence): readonly string[] {
  const at = new Map(log.events.map((event) => [event.offset, event]))
  const kept = new Set(log.events.map(textOf))
  const textOfId = new Map(visits.flatMap(({ said }) => said.map(({ id, text }) => [String(id), String(text)])))
  const counting = visits.filter((visit) => !lost.has(welcomeIn(visit)?.epoch ?? ''))
  const misplaced = counting.flatMap(({ who, frames }) =>
    frames.flatMap((frame) => {
      if (frame.type !== 'sent') return []
      const [text, event] = [textOfId.get(frame.id), at.get(frame.offset)]
      if (event && textOf(event) === text) return []
      return [`${who} was answered ${JSON.stringify({ ...frame, text })}, where the log has ${JSON.stringify(event)}`]
    }),
  )
  const letGo = [...stored].filter(([text, { epoch }]) => !lost.has(epoch) && !kept.has(text))
  return [
    ...misplaced,
    ...letGo.map(
      ([text, { offset }]) => `${JSON.stringify(text)} was told to its sender as ${offset}, and is not in the log`,
    ),
  ]
}

/** An edit changes what its author meant: in another lifetime of the log that may have another number. */
function aboutEdits({ log: { events }, edits }: Evidence): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== 'edited') return []
    const [meant, changed] = [edits.get(event.text)?.of, events[Number(event.message) - 1]]
    if (changed && textOf(changed) === meant) return []
    return [
      `${JSON.stringify(event.text)} was to change ${JSON.stringify(meant)}, and changed ${JSON.stringify(changed)}`,
    ]
  })
}

/** Whatever a fault does to a send, it passes: the SDK sends again. Only an edit is rightly given up, where its message is another. */
function aboutFailures({ visits, log: { events }, edits, failed }: Evidence): readonly string[] {
  const epochs = new Set(visits.flatMap((visit) => welcomeIn(visit)?.epoch ?? []))
  return [...failed].flatMap(([text, code]) => {
    const edit = edits.get(text)
    const target = edit && events[Number(edit.message) - 1]
    const isGone = edit && !(target && textOf(target) === edit.of)
    const mayBeGone = edit && ['replaced', 'no_message'].includes(code) && epochs.size > 1
    return isGone || mayBeGone ? [] : [`${JSON.stringify(text)} failed: ${code}`]
  })
}

/** One connection: a welcome, and then every offset in turn. */
function inAVisit(visit: Visit, { log }: Evidence): readonly string[] {
  if (visit.frames.length === 0) return []
  const { who, asked } = visit
  const welcome = welcomeIn(visit)
  if (!welcome) return [`${who} heard a ${visit.frames[0]?.type} before any welcome`]
  const from = asked && welcome.resumed ? asked.offset : welcome.offset
  const events = eventsIn(visit)
  const outOfTurn = events.flatMap(({ offset }, index) =>
    offset === from + index + 1 ? [] : [`${who} was told ${offset} where ${from + index + 1} was due`],
  )
  return [...outOfTurn.slice(0, 3), ...inAResume(visit, welcome, log.events)]
}

function inAResume({ who, asked }: Visit, welcome: WelcomeFrame, log: readonly EventFrame[]): readonly string[] {
  const { epoch, offset, resumed, events } = welcome
  if (!asked) return resumed ? [`${who} was resumed from nowhere`] : []
  if (resumed && asked.epoch !== epoch) return [`${who} was resumed from ${asked.epoch} into ${epoch}`]
  if (resumed && asked.offset + events.length !== offset) {
    return [`${who} was resumed from ${asked.offset} to ${offset} with ${events.length} events`]
  }
  const missed = log.slice(asked.offset, offset)
  const characters = missed.reduce((sum, event) => sum + (textOf(event)?.length ?? 0), 0)
  const tooMuch = offset - asked.offset > MOST_MISSED || characters > MOST_MISSED_CHARACTERS
  return resumed || tooMuch || asked.epoch !== epoch
    ? []
    : [`${who} was not resumed from ${asked.offset}, in the epoch that ends at ${offset}`]
}

/** The same offset of the same epoch is the same event for everyone, and the one that is kept. */
function betweenVisits({ visits, log }: Evidence): readonly string[] {
  const known = new Map(log.events.map((event) => [`${log.epoch} ${event.offset}`, event]))
  return visits.flatMap((visit) =>
    eventsIn(visit).flatMap((event) => {
      const place = `${welcomeIn(visit)?.epoch} ${event.offset}`
      const other = known.get(place) ?? event
      known.set(place, other)
      if (Bun.deepEquals(event, other)) return []
      return [`${visit.who} was told ${JSON.stringify(event)}, and others or the log ${JSON.stringify(other)}`]
    }),
  )
}

function textOf(event: EventFrame): string | undefined {
  return event.type === 'message' || event.type === 'edited' ? event.text : undefined
}

function doublesIn(values: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return values.filter((value) => seen.size === seen.add(value).size)
}
