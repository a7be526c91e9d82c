// What was begun and not sent, by account and room: kept at every key stroke, so that neither a reload nor a crash takes a word.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'
import type { Message } from '../../protocol/event.ts'
import { fieldsOf, keep, kept, keptNames, onKept } from './kept.ts'

export interface Draft {
  readonly text: string
  /** What it answers. */
  readonly reply: Message | null
  /** Other words for something said. They stand beside the draft, which is there again afterwards. */
  readonly edit: { readonly message: Message; readonly text: string } | null
}

export const NOTHING: Draft = { text: '', reply: null, edit: null }

/** The browser keeps five million characters of a page in all. */
const MOST_TEXT = 200_000
/** As much of the answered message as the line above the field shows. */
const MOST_QUOTED = 300

const drafts = new Map<string, Signal<Draft>>()
/** Those that somebody is typing in this window. */
const held = new Set<string>()

/** What was begun in a room and not sent, for a list of rooms; empty where nothing was. */
export function draftIn(email: string, room: RoomId): ReadonlySignal<string> {
  const draft = draftOf(email, room)
  return computed(() => draft.value.text)
}

/** The draft of a room. Another window's changes arrive in it, unless it is held. */
export function draftOf(email: string, room: RoomId): ReadonlySignal<Draft> {
  return signalOf(nameOf(email, room))
}

export function keepDraft(email: string, room: RoomId, draft: Draft): void {
  const name = nameOf(email, room)
  signalOf(name).value = draft
  keep(name, isNothing(draft) ? undefined : storable(draft))
}

/** While the field is being typed in, nothing else writes to it; gives back what ends that. */
export function holdDraft(email: string, room: RoomId): () => void {
  const name = nameOf(email, room)
  held.add(name)
  return () => void held.delete(name)
}

/** In how many rooms the account has begun something. */
export function begunBy(email: string): number {
  return namesOf(email).filter((name) => isBegun(signalOf(name).value)).length
}

export function forgetDrafts(email: string): void {
  for (const name of namesOf(email)) {
    signalOf(name).value = NOTHING
    keep(name, undefined)
  }
}

function nameOf(email: string, room: RoomId): string {
  return `draft ${email} ${room}`
}

function namesOf(email: string): readonly string[] {
  const beginning = `draft ${email} `
  const here = [...drafts.keys()].filter((name) => name.startsWith(beginning))
  return [...new Set([...here, ...keptNames(beginning)])]
}

function signalOf(name: string): Signal<Draft> {
  const known = drafts.get(name)
  if (known) return known
  const draft = signal(kept(name, parse))
  drafts.set(name, draft)
  onKept(name, () => {
    if (!held.has(name)) draft.value = kept(name, parse)
  })
  return draft
}

function isNothing({ text, reply, edit }: Draft): boolean {
  return text === '' && reply === null && edit === null
}

/** To have chosen what to answer is no word yet, and neither is an edit that says the same. */
function isBegun({ text, edit }: Draft): boolean {
  return text.trim() !== '' || (edit !== null && edit.text !== edit.message.text)
}

function storable({ text, reply, edit }: Draft): Draft {
  return {
    text: text.slice(0, MOST_TEXT),
    reply: reply && { ...reply, text: reply.text.slice(0, MOST_QUOTED), reactions: {} },
    edit: edit && { message: { ...edit.message, reactions: {} }, text: edit.text.slice(0, MOST_TEXT) },
  }
}

function parse(value: unknown): Draft {
  const { text, reply, edit } = fieldsOf(value)
  const edited = messageIn(fieldsOf(edit)['message'])
  const words = fieldsOf(edit)['text']
  return {
    text: typeof text === 'string' ? text : '',
    reply: messageIn(reply),
    edit: edited && typeof words === 'string' ? { message: edited, text: words } : null,
  }
}

function messageIn(value: unknown): Message | null {
  const { id, by, at, text } = fieldsOf(value)
  if (typeof id !== 'string' || typeof by !== 'string' || typeof at !== 'number' || typeof text !== 'string')
    return null
  return { id, by, at, text, reactions: {} }
}
