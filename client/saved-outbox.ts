// An outbox as it outlives its page: JSON to keep wherever the page keeps things, and back.
import type { Change } from '../protocol/event.ts'
import { EMPTY_OUTBOX, type Entry, type Outbox, type Told } from './outbox.ts'
import { foundIn } from './saved.ts'

/** For `JSON.stringify`. Holds what was written and is not known to be stored; read it with `restoredOutbox`. */
export interface SavedOutbox {
  readonly entries: readonly object[]
  readonly epoch?: string
}

export function savedOutbox(outbox: Outbox): SavedOutbox {
  const entries = outbox.entries.filter(({ status }) => status !== 'stored')
  return { entries, ...(outbox.epoch !== undefined && { epoch: outbox.epoch }) }
}

/** Reads what `savedOutbox` gave, from any version; what makes no sense is left out. A text is read as JSON; `null` and `undefined` are empty. */
export function restoredOutbox(kept: unknown): Outbox {
  const saved = foundIn(kept)
  const entries = isFields(saved) && Array.isArray(saved['entries']) ? saved['entries'] : []
  const epoch = isFields(saved) && typeof saved['epoch'] === 'string' && { epoch: saved['epoch'] }
  return { ...EMPTY_OUTBOX, ...epoch, entries: entries.flatMap((entry: unknown) => entryOf(entry) ?? []) }
}

type Fields = Readonly<Record<string, unknown>>

function entryOf(saved: unknown): Entry | undefined {
  if (!isFields(saved)) return undefined
  const { id, writtenAt, firstSentAt, status, failure } = saved
  const change = isFields(saved['change']) && changeOf(saved['change'])
  if (typeof id !== 'string' || typeof writtenAt !== 'number' || !change) return undefined
  const written = { id, change, writtenAt }
  if (status === 'failed') {
    const { code, message } = isFields(failure) ? failure : {}
    if (typeof code !== 'string' || typeof message !== 'string') return undefined
    return { ...written, status, failure: { code, message } }
  }
  // Whatever was told since it was saved, nobody has seen: only the time says whether it is too late to send it again.
  const sent = typeof firstSentAt === 'number' ? { firstSentAt, watched: false, ...toldOf(saved['told']) } : {}
  return { ...written, status: 'waiting', ...sent }
}

function toldOf(saved: unknown): { readonly told?: Told } {
  const { offset, at } = isFields(saved) ? saved : {}
  return typeof offset === 'number' && typeof at === 'number' ? { told: { offset, at } } : {}
}

function changeOf({ type, text, replyTo, message, emoji, on }: Fields): Change | undefined {
  if (type === 'message') {
    if (typeof text !== 'string') return undefined
    return { type, text, ...(typeof replyTo === 'string' && { replyTo }) }
  }
  if (typeof message !== 'string') return undefined
  switch (type) {
    case 'edited':
      return typeof text === 'string' ? { type, message, text } : undefined
    case 'deleted':
      return { type, message }
    case 'reacted':
      return typeof emoji === 'string' && typeof on === 'boolean' ? { type, message, emoji, on } : undefined
    case 'pinned':
      return typeof on === 'boolean' ? { type, message, on } : undefined
    default:
      return undefined
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
