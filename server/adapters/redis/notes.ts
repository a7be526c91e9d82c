// What processes say to each other on a room's channel, beside the events that are stored, and on the one channel of all.
import type { Whisper } from '../../ports/broker.ts'

/** `from` names one listening of one process. */
export type Note =
  | { readonly type: 'whisper'; readonly from: string; readonly whisper: Whisper }
  /** Everyone who is there, whole, and not what has changed: nothing is lost with a note that is. A later `turn` is newer. */
  | { readonly type: 'state'; readonly from: string; readonly turn: number; readonly emails: readonly string[] }
  | { readonly type: 'signed-out'; readonly from: string; readonly signIns: readonly string[] }

/** `null` for what is no note: an event, or a word of a version that is not this one. */
export function noteOf(text: string): Note | null {
  const fields = fieldsOf(text)
  const { type, from } = fields
  if (typeof from !== 'string') return null
  switch (type) {
    case 'whisper': {
      const whisper = whisperOf(fieldsIn(fields['whisper']))
      return whisper && { type, from, whisper }
    }
    case 'state': {
      const { turn, emails } = fields
      if (!isCount(turn) || !isTexts(emails)) return null
      return { type, from, turn, emails }
    }
    case 'signed-out': {
      const { signIns } = fields
      return isTexts(signIns) ? { type, from, signIns } : null
    }
    default:
      return null
  }
}

/** A list of texts; empty for what is none. */
export function textsOf(json: string): readonly string[] {
  const texts = parsed(json)
  return isTexts(texts) ? texts : []
}

/** A turn, an offset, or how many. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

export type Fields = Readonly<Record<string, unknown>>

function whisperOf({ type, email, on, upto }: Fields): Whisper | null {
  if (typeof email !== 'string') return null
  if (type === 'typing' && typeof on === 'boolean') return { type, email, on }
  if (type === 'read' && isCount(upto)) return { type, email, upto }
  return null
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

/** The fields of an object in JSON, each of them yet to be looked at; none of what is no object. */
export function fieldsOf(text: string): Fields {
  return fieldsIn(parsed(text))
}

function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
