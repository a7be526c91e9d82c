// What was written and is not known to be stored: an immutable value. It is sent again, under the same id, until `sent` comes.
import type { Change, RoomEvent } from '../protocol/event.ts'

/** `waiting` for its turn or for a connection, `on_its_way` without an answer yet, `stored` but not told yet, or `failed`. */
export type Entry = Waiting | Failed | Stored

interface Written {
  /** The client's own name for it: sending it again under this name does not say it twice (rule R4). */
  readonly id: string
  readonly change: Change
  /** Milliseconds since 1970. */
  readonly writtenAt: number
}

export interface Waiting extends Written {
  readonly status: 'waiting' | 'on_its_way'
  /** When it was first sent, if it may be stored since; milliseconds since 1970. */
  readonly firstSentAt?: number
  /** Every event since it was first sent has been seen, or will be. */
  readonly watched?: boolean
  /** It is on its way again: a refusal now says nothing about the time before. */
  readonly repeated?: boolean
  /**
   * Its event came, so that its message stands in the timeline. It may come before the last copy is made that the server waits
   * for; that it is stored, only `sent` says (rule R3).
   */
  readonly told?: Told
}

export interface Told {
  readonly offset: number
  readonly at: number
}

export interface Failed extends Written {
  readonly status: 'failed'
  readonly failure: Failure
}

export interface Stored extends Written {
  readonly status: 'stored'
  readonly offset: number
  readonly at: number
}

export interface Failure {
  /** The server's code (rule V13), or `unsure`: it may or may not be stored, and it is too late to find out by sending it again. */
  readonly code: string
  readonly message: string
}

export interface Outbox {
  /** In the order in which they were written, and are sent. */
  readonly entries: readonly Entry[]
  /** The server asked for a little time: nothing is sent before; milliseconds since 1970. */
  readonly notBefore: number
  /** The lifetime of the room's log that the entries were written in (rule R2); absent before the first welcome. */
  readonly epoch?: string
}

export interface Refused {
  readonly code: string
  readonly message: string
  readonly retryAfterSeconds?: number
}

/** A minute less than the server remembers a client id (rule R4), for what a frame takes on its way. */
export const SURE_MILLISECONDS = 9 * 60_000
const USUAL_WAIT_SECONDS = 2
const PASSING: ReadonlySet<string> = new Set(['store_unavailable', 'rate_limited'])

const UNSURE: Failure = {
  code: 'unsure',
  message:
    'Cannot tell whether this was stored: the connection was lost for too long. Sending it again may say it twice',
}

const REPLACED: Failure = {
  code: 'replaced',
  message: 'Cannot change the message: the room was restored from another copy, where it may be another message',
}

export const EMPTY_OUTBOX: Outbox = { entries: [], notBefore: 0 }

export function written(outbox: Outbox, id: string, change: Change, now: number): Outbox {
  return { ...outbox, entries: [...outbox.entries, { id, change, writtenAt: now, status: 'waiting' }] }
}

/**
 * What is to be sent now, in order, with at most `atOnce` on their way; they are marked as such. With one at a time
 * the room's order is the order of writing, whatever is refused for a while.
 */
export function taken(outbox: Outbox, now: number, atOnce: number): { outbox: Outbox; due: readonly Waiting[] } {
  const honest = withoutUnsure(outbox, now)
  const free = atOnce - honest.entries.filter(({ status }) => status === 'on_its_way').length
  if (now < honest.notBefore || free <= 0) return { outbox: honest, due: [] }
  const due = honest.entries.filter((entry): entry is Waiting => entry.status === 'waiting').slice(0, free)
  if (due.length === 0) return { outbox: honest, due }
  const ids = new Set(due.map(({ id }) => id))
  const send = (entry: Entry) => (entry.status === 'waiting' && ids.has(entry.id) ? onItsWay(entry, now) : entry)
  return { outbox: { ...honest, entries: honest.entries.map(send) }, due }
}

function onItsWay(entry: Waiting, now: number): Waiting {
  const { firstSentAt = now, watched = true } = entry
  return { ...entry, status: 'on_its_way', firstSentAt, watched, repeated: entry.firstSentAt !== undefined }
}

/** `sent` came: it is kept until its event is told, so that it does not disappear in between. */
export function stored(outbox: Outbox, id: string, offset: number, at: number): Outbox {
  return withEntry(outbox, id, ({ change, writtenAt }) => ({ id, change, writtenAt, status: 'stored', offset, at }))
}

/** Every event up to this offset has been told. */
export function toldUpTo(outbox: Outbox, offset: number): Outbox {
  return keeping(outbox, (entry) => entry.status !== 'stored' || entry.offset > offset)
}

/**
 * An event came. If it is one of ours, its message is in the timeline; what is stored is for `sent` to say. What was refused
 * although it got this far may have been sent first at `sentAt`.
 */
export function told(outbox: Outbox, event: RoomEvent, you: string, sentAt: number): Outbox {
  const { clientId, by, offset, at } = event
  const entry = by === you ? outbox.entries.find(({ id }) => id === clientId) : undefined
  if (!entry || entry.status === 'stored') return outbox
  // It was given up as `unsure`, or refused: here it is.
  if (entry.status === 'failed') return keeping(outbox, (other) => other !== entry)
  return withEntry(outbox, entry.id, () => ({
    ...entry,
    firstSentAt: entry.firstSentAt ?? sentAt,
    told: { offset, at },
  }))
}

/**
 * A passing refusal (a limit, a store that is down) lets everything wait, and the refused entry keeps its place: this time
 * nothing of it was stored (rule R6). Any other is final.
 */
export function refused(outbox: Outbox, id: string, refusal: Refused, now: number, random: () => number): Outbox {
  const { code, message, retryAfterSeconds } = refusal
  // A no to what is not asked any more says nothing.
  if (outbox.entries.find((entry) => entry.id === id)?.status !== 'on_its_way') return outbox
  if (!PASSING.has(code) && retryAfterSeconds === undefined) return failed(outbox, id, { code, message })
  const wait = (retryAfterSeconds ?? USUAL_WAIT_SECONDS) * 1000 + random() * 1000
  return { ...withEntry(outbox, id, stillWaiting), notBefore: Math.max(outbox.notBefore, now + wait) }
}

/** Unless it was sent before, or told, a refused entry is one that was never sent. */
function stillWaiting(entry: Entry): Entry {
  if (entry.status === 'on_its_way' && (entry.repeated || entry.told)) return { ...entry, status: 'waiting' }
  const { id, change, writtenAt } = entry
  return { id, change, writtenAt, status: 'waiting' }
}

export function failed(outbox: Outbox, id: string, failure: Failure): Outbox {
  return withEntry(outbox, id, ({ change, writtenAt }) => ({ id, change, writtenAt, status: 'failed', failure }))
}

/** The socket is gone: what was on its way may or may not have arrived. */
export function disconnected(outbox: Outbox): Outbox {
  return everyWaiting(outbox, (entry) => (entry.status === 'on_its_way' ? { ...entry, status: 'waiting' } : entry))
}

/**
 * Back again, in the epoch that the outbox is in. When every event was told (`resumed`), a message that was watched and is not
 * among them was not stored, however long ago it was sent. After a fresh start only the time tells.
 */
export function cameBack(outbox: Outbox, resumed: boolean, now: number): Outbox {
  return everyWaiting(outbox, (entry) => {
    if (entry.told) return afterAll(entry, entry.told, now)
    if (entry.firstSentAt === undefined) return entry
    if (!resumed) return entry.watched ? { ...entry, watched: false } : entry
    // Only messages come back with their client id (rule V4).
    if (!entry.watched || entry.change.type !== 'message') return entry
    const { firstSentAt: _before, watched: _since, repeated: _again, ...unsent } = entry
    return unsent
  })
}

/**
 * What was told is asked for once more, for the sake of `sent`: a server may know of it before it is stored, also when it tells
 * what was missed. When it is too late to ask, that it was told in this very epoch is enough: a log that had lost it since would be
 * another one (rule R2).
 */
function afterAll(entry: Waiting, { offset, at }: Told, now: number): Entry {
  const { id, change, writtenAt } = entry
  return isTooLate(entry, now) ? { id, change, writtenAt, status: 'stored', offset, at } : entry
}

/**
 * In another lifetime of the log the same id may be another message: what changes one is not sent, and an answer goes without
 * what it answers to. What was told may not be there.
 */
export function inEpoch(outbox: Outbox, epoch: string): Outbox {
  if (outbox.epoch === epoch) return outbox
  if (outbox.epoch === undefined) return { ...outbox, epoch }
  const replaced = everyWaiting(outbox, ({ told: _before, ...entry }) => {
    const { id, change, writtenAt } = entry
    if (change.type === 'message') return { ...entry, change: { type: 'message', text: change.text } }
    return { id, change, writtenAt, status: 'failed', failure: REPLACED }
  })
  // Its event would have come in the log of before.
  return { ...keeping(replaced, ({ status }) => status !== 'stored'), epoch }
}

/** With what another one held, such as that of a page that was closed: after what is here, and once where both hold it. */
export function joined(outbox: Outbox, other: Outbox): Outbox {
  const epoch = outbox.epoch ?? other.epoch
  if (epoch === undefined) return { ...outbox, entries: [...outbox.entries, ...newIn(other, outbox)] }
  return { ...outbox, epoch, entries: [...outbox.entries, ...newIn(inEpoch(other, epoch), outbox)] }
}

function newIn(other: Outbox, outbox: Outbox): readonly Entry[] {
  return other.entries.filter(({ id }) => !outbox.entries.some((entry) => entry.id === id))
}

/** A person says that what failed is to be tried again; it goes to the end. What was about another log cannot be. */
export function again(outbox: Outbox, id: string): Outbox {
  const entry = outbox.entries.find((other) => other.id === id)
  if (entry?.status !== 'failed' || entry.failure.code === REPLACED.code) return outbox
  const { change, writtenAt } = entry
  const others = outbox.entries.filter((other) => other !== entry)
  return { ...outbox, entries: [...others, { id, change, writtenAt, status: 'waiting' }] }
}

/** A person gives it up. What is on its way, or in the room, cannot be called back. */
export function discarded(outbox: Outbox, id: string): Outbox {
  return keeping(outbox, (entry) => entry.id !== id || entry.status === 'on_its_way' || isTold(entry))
}

/** Whether its message stands in the timeline. */
export function isTold(entry: Entry): boolean {
  return entry.status !== 'failed' && entry.status !== 'stored' && entry.told !== undefined
}

/** What was first sent so long ago that the server may have forgotten its id is not silently said twice. */
function withoutUnsure(outbox: Outbox, now: number): Outbox {
  const late = outbox.entries.filter((entry) => entry.status === 'waiting' && isTooLate(entry, now))
  return late.reduce((before, { id }) => failed(before, id, UNSURE), outbox)
}

/** A clock that was set back says nothing about age, so the distance counts. */
function isTooLate({ firstSentAt }: Waiting, now: number): boolean {
  return firstSentAt !== undefined && Math.abs(now - firstSentAt) > SURE_MILLISECONDS
}

function withEntry(outbox: Outbox, id: string, change: (entry: Entry) => Entry): Outbox {
  const place = outbox.entries.findIndex((entry) => entry.id === id)
  const entry = outbox.entries[place]
  if (!entry) return outbox
  const entries = outbox.entries.slice()
  entries[place] = change(entry)
  return { ...outbox, entries }
}

function everyWaiting(outbox: Outbox, change: (entry: Waiting) => Entry): Outbox {
  const entries = outbox.entries.map((entry) =>
    entry.status === 'waiting' || entry.status === 'on_its_way' ? change(entry) : entry,
  )
  return entries.some((entry, index) => entry !== outbox.entries[index]) ? { ...outbox, entries } : outbox
}

function keeping(outbox: Outbox, which: (entry: Entry) => boolean): Outbox {
  const entries = outbox.entries.filter(which)
  return entries.length === outbox.entries.length ? outbox : { ...outbox, entries }
}
