// The frames that a v1 client sends, parsed once: what is unknown comes in, and only these shapes go on.
import { instantIn } from './instant.ts'

export type ClientFrame =
  | { readonly type: 'send'; readonly id: string; readonly text: string; readonly replyTo?: string }
  | { readonly type: 'edit'; readonly id: string; readonly message: string; readonly text: string }
  | { readonly type: 'delete'; readonly id: string; readonly message: string }
  | {
      readonly type: 'react'
      readonly id: string
      readonly message: string
      readonly emoji: string
      readonly on: boolean
    }
  | { readonly type: 'pin'; readonly id: string; readonly message: string; readonly on: boolean }
  | {
      readonly type: 'history'
      readonly id: string
      readonly before?: number
      readonly after?: number
      /** Milliseconds since 1970, and never beside `before` or `after` (rule V18). */
      readonly from?: number
      readonly limit: number
    }
  | {
      readonly type: 'search'
      readonly id: string
      readonly query: string
      readonly before?: number
      readonly limit: number
    }
  | { readonly type: 'pins'; readonly id: string; readonly before?: number; readonly limit: number }
  | { readonly type: 'read'; readonly upto: number }
  | { readonly type: 'typing'; readonly on: boolean }
  | { readonly type: 'ping' }

/** A frame that is none: which field is wrong, and the id to answer to if there was a usable one (rule V10). */
export interface BadFrame {
  readonly type: 'bad'
  readonly field: string
  readonly id?: string
}

/** The most messages that one answer to `history`, `search` or `pins` holds. */
export const HISTORY_PAGE = 100
const USUAL_PAGE = 50
const MOST_ID_LENGTH = 64
/** Of what is searched for, as `length` counts. */
export const MOST_QUERY_LENGTH = 200

export function parseFrame(raw: string): ClientFrame | BadFrame {
  const fields = objectIn(raw)
  if (!fields) return { type: 'bad', field: 'frame' }
  const read = new Reader(fields)
  const frame = frameOf(read)
  if (frame && read.wrong === undefined) return frame
  const id = idOf(fields['id'])
  return { type: 'bad', field: read.wrong ?? 'type', ...(id === undefined ? {} : { id }) }
}

function frameOf(read: Reader): ClientFrame | null {
  switch (read.text('type')) {
    case 'send':
      return { type: 'send', id: read.id(), text: read.text('text'), ...read.optionalText('reply_to', 'replyTo') }
    case 'edit':
      return { type: 'edit', id: read.id(), message: read.text('message'), text: read.text('text') }
    case 'delete':
      return { type: 'delete', id: read.id(), message: read.text('message') }
    case 'react':
      return { type: 'react', id: read.id(), message: read.text('message'), emoji: read.emoji(), on: read.flag('on') }
    case 'pin':
      return { type: 'pin', id: read.id(), message: read.text('message'), on: read.flag('on') }
    case 'history':
      return {
        type: 'history',
        id: read.id(),
        ...read.optionalOffset('before'),
        ...read.optionalOffset('after'),
        ...read.optionalFrom(),
        limit: read.limit(),
      }
    case 'search':
      return {
        type: 'search',
        id: read.id(),
        query: read.query(),
        ...read.optionalOffset('before'),
        limit: read.limit(),
      }
    case 'pins':
      return { type: 'pins', id: read.id(), ...read.optionalOffset('before'), limit: HISTORY_PAGE }
    case 'read':
      return { type: 'read', upto: read.offset('upto') }
    case 'typing':
      return { type: 'typing', on: read.flag('on') }
    case 'ping':
      return { type: 'ping' }
    default:
      return null
  }
}

/** Reads the fields of one object, and remembers the first that was wrong. */
class Reader {
  readonly #fields: Readonly<Record<string, unknown>>
  wrong: string | undefined

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields
  }

  text(name: string): string {
    const value = this.#fields[name]
    return typeof value === 'string' ? value : this.#bad(name, '')
  }

  flag(name: string): boolean {
    const value = this.#fields[name]
    return typeof value === 'boolean' ? value : this.#bad(name, false)
  }

  offset(name: string): number {
    const value = this.#fields[name]
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.#bad(name, 0)
  }

  optionalOffset<Name extends string>(name: Name): { readonly [Key in Name]?: number } {
    if (this.#fields[name] === undefined) return {}
    return { [name]: this.offset(name) } as { [Key in Name]: number }
  }

  /** A page begins at a moment or at an offset, not at both. */
  optionalFrom(): { readonly from?: number } {
    const { from, before, after } = this.#fields
    if (from === undefined) return {}
    const at = typeof from === 'string' && before === undefined && after === undefined ? instantIn(from) : null
    return { from: at ?? this.#bad('from', 0) }
  }

  limit(): number {
    if (this.#fields['limit'] === undefined) return USUAL_PAGE
    return Math.min(HISTORY_PAGE, this.offset('limit') || this.#bad('limit', 1))
  }

  id(): string {
    return idOf(this.#fields['id']) ?? this.#bad('id', '')
  }

  optionalText<Name extends string>(name: string, as: Name): { readonly [Key in Name]?: string } {
    if (this.#fields[name] === undefined) return {}
    return { [as]: this.text(name) } as { [Key in Name]: string }
  }

  query(): string {
    const query = this.text('query')
    return query.length <= MOST_QUERY_LENGTH ? query : this.#bad('query', '')
  }

  emoji(): string {
    const emoji = this.text('emoji')
    return isEmoji(emoji) ? emoji : this.#bad('emoji', '')
  }

  #bad<Value>(name: string, instead: Value): Value {
    this.wrong ??= name
    return instead
  }
}

function objectIn(raw: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(raw)
    return isObject(value) ? value : null
  } catch {
    return null // Not JSON: the caller answers that the frame is bad.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function idOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > MOST_ID_LENGTH) return undefined
  // Halves of characters cannot be stored, so two such ids could not be told apart.
  return value.isWellFormed() ? value : undefined
}

/** Whether a message could have this name: an offset as it is written (rule R1). */
export function isMessageId(name: string): boolean {
  return /^[1-9]\d{0,14}$/.test(name)
}

/** One emoji, also in the shorter spellings that older keyboards make. */
export function isEmoji(text: string): boolean {
  return text.length <= 32 && /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}|[#*0-9]\u20E3)$/v.test(text)
}
