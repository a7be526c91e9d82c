// The outbox is pure: whatever is lost, refused or late, what was written is stored once, or its writer is told.
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Change, RoomEvent } from '../protocol/event.ts'
import { echoesIn, foreseen } from './foreseen.ts'
import * as box from './outbox.ts'
import { restoredOutbox, savedOutbox } from './saved-outbox.ts'

const YOU = 'you@example.com'
const NOW = Date.UTC(2026, 4, 4, 9, 30)
const MINUTE = 60_000
/** How long a server remembers a client id (rule R4). */
const REMEMBERED = 10 * MINUTE

test('[R2] in another lifetime of the log nothing is changed that may be another message there, and no text is lost', () => {
  const change = { type: 'edited', message: '1', text: 'better' } as const
  const answer = { type: 'message', text: 'yes', replyTo: '1' } as const
  const written = box.written(box.written(box.inEpoch(box.EMPTY_OUTBOX, 'one'), 'a', change, NOW), 'b', answer, NOW)
  expect(box.inEpoch(written, 'one')).toBe(written)
  const other = box.inEpoch(written, 'two')
  expect(other.entries).toMatchObject([
    { id: 'a', status: 'failed', failure: { code: 'replaced' } },
    { id: 'b', status: 'waiting' },
  ])
  expect(other.entries[1]?.change).toEqual({ type: 'message', text: 'yes' })
  expect(box.again(other, 'a')).toBe(other)
  expect(restoredOutbox(JSON.parse(JSON.stringify(savedOutbox(written)))).epoch).toBe('one')
})

test('[R4] over any network, everything is stored exactly once and in order, unless its writer is told that it is unsure', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 120 }), (deeds) => {
      const world = new World()
      for (const { kind, some } of deeds) world[kind](some)
      world.settle()
      const unsure = world.outbox.entries.filter(({ status }) => status === 'failed').map(({ id }) => id)
      expect(world.written.filter((id) => !unsure.includes(id) && world.timesStored(id) !== 1)).toEqual([])
      expect(unsure.filter((id) => world.timesStored(id) > 1)).toEqual([])
      const inOrder = world.written.filter((id) => world.timesStored(id) === 1)
      expect(world.log.map(({ clientId }) => clientId)).toEqual(inOrder)
    }),
    { numRuns: 2_000 },
  )
})

test('[R4] one at a time: the next is sent when the one before it is answered', () => {
  const first = take(write('a', 'b', 'c'))
  expect(first.due).toMatchObject([{ id: 'a' }])
  expect(take(first.outbox).due).toEqual([])
  const second = take(box.stored(first.outbox, 'a', 1, NOW))
  expect(second.due).toMatchObject([{ id: 'b' }])
  expect(take(write('a', 'b', 'c'), NOW, 2).due).toMatchObject([{ id: 'a' }, { id: 'b' }])
})

test('[R4] what a closed page has left is taken over once, under its own ids and after what is here', () => {
  const left = restoredOutbox(JSON.stringify(savedOutbox(box.inEpoch(take(write('a', 'b')).outbox, 'one'))))
  const both = box.joined(box.joined(write('c'), left), left)
  expect(both.entries).toMatchObject([{ id: 'c' }, { id: 'a', firstSentAt: NOW }, { id: 'b' }])
  expect(both.epoch).toBe('one')
  const answer = { type: 'message', text: 'yes', replyTo: '1' } as const
  const elsewhere = box.joined(box.inEpoch(write('c'), 'two'), box.written(left, 'd', answer, NOW))
  expect(elsewhere.entries.at(-1)?.change).toEqual({ type: 'message', text: 'yes' })
})

test('[R3] what is stored stays until it is told, so that it never disappears in between', () => {
  const stored = box.stored(take(write('a')).outbox, 'a', 7, NOW)
  expect(box.toldUpTo(stored, 6).entries).toMatchObject([{ id: 'a', status: 'stored', offset: 7 }])
  expect(box.toldUpTo(stored, 7).entries).toEqual([])
  expect(box.toldUpTo(take(write('a')).outbox, 7).entries).toHaveLength(1)
})

test('[R3] an event with our client id is in the timeline, so it is not echoed; only `sent` settles it', () => {
  const sent = take(write('a', 'b')).outbox
  const told = box.told(sent, event('a', 3), YOU, NOW)
  expect(echoesIn(told).map(({ id }) => id)).toEqual(['b'])
  expect(told.entries).toMatchObject([{ id: 'a', status: 'on_its_way', told: { offset: 3 } }, { id: 'b' }])
  expect(take(told).due).toEqual([])
  expect(box.toldUpTo(box.stored(told, 'a', 3, NOW), 3).entries).toMatchObject([{ id: 'b' }])
})

test('[V4] the event of somebody else with the same id, or of another id, says nothing', () => {
  const sent = take(write('a')).outbox
  expect(box.told(sent, event('a'), 'other@example.com', NOW)).toBe(sent)
  expect(box.told(sent, event('b'), YOU, NOW)).toBe(sent)
  const stored = box.stored(sent, 'a', 1, NOW)
  expect(box.told(stored, event('a'), YOU, NOW)).toBe(stored)
})

test('[R3] [R4] what was told and not confirmed is sent again under its id after a break, also by the next page', () => {
  const told = box.told(take(box.inEpoch(write('a'), 'one')).outbox, event('a', 3), YOU, NOW)
  const next = restoredOutbox(JSON.parse(JSON.stringify(savedOutbox(told))))
  for (const before of [box.disconnected(told), next]) {
    for (const resumed of [true, false]) {
      const back = box.cameBack(box.inEpoch(before, 'one'), resumed, NOW + MINUTE)
      expect(echoesIn(back)).toEqual([])
      expect(take(back, NOW + MINUTE).due).toMatchObject([{ id: 'a' }])
      // Too late to ask: in the same epoch what was told is there still, and in another one nobody knows.
      const late = NOW + box.SURE_MILLISECONDS + 1
      expect(box.cameBack(before, resumed, late).entries).toMatchObject([{ status: 'stored', offset: 3 }])
      const elsewhere = take(box.cameBack(box.inEpoch(before, 'two'), false, late), late).outbox
      expect(elsewhere.entries).toMatchObject([{ status: 'failed', failure: { code: 'unsure' } }])
    }
  }
  expect(echoesIn(box.inEpoch(told, 'two'))).toHaveLength(1)
})

test('[R3] [R6] what was told and then refused for a while is as old as it was, and cannot be given up', () => {
  const refusal = { code: 'store_unavailable', message: 'No' }
  const sent = take(write('a')).outbox
  const toldFirst = box.refused(box.told(sent, event('a'), YOU, NOW), 'a', refusal, NOW, () => 0)
  const refusedFirst = box.told(
    box.refused(sent, 'a', refusal, NOW, () => 0),
    event('a'),
    YOU,
    NOW,
  )
  for (const outbox of [toldFirst, refusedFirst]) {
    expect(outbox.entries).toMatchObject([{ status: 'waiting', firstSentAt: NOW, told: { offset: 1 } }])
    expect(box.discarded(outbox, 'a')).toBe(outbox)
    expect(take(outbox, NOW + 20 * MINUTE).outbox.entries).toMatchObject([{ failure: { code: 'unsure' } }])
  }
  const unsure = box.failed(sent, 'a', { code: 'unsure', message: 'Who knows' })
  expect(box.told(unsure, event('a'), YOU, NOW).entries).toEqual([])
})

test('[R2] what was confirmed in another lifetime of the log does not wait for an event of that one', () => {
  const stored = box.stored(take(box.inEpoch(write('a', 'b'), 'one')).outbox, 'a', 7, NOW)
  expect(box.inEpoch(stored, 'two').entries).toMatchObject([{ id: 'b' }])
})

test('[V11] [R6] a passing refusal makes everything wait in its order, any other is final', () => {
  const refuse = (code: string, retryAfterSeconds?: number) => {
    const refusal = { code, message: 'No', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
    return box.refused(take(write('a', 'b')).outbox, 'a', refusal, NOW, () => 0.5)
  }
  const limited = refuse('rate_limited', 7)
  expect(limited).toMatchObject({ notBefore: NOW + 7_500, entries: [{ status: 'waiting' }, { status: 'waiting' }] })
  expect(take(limited, NOW + 7_499).due).toEqual([])
  expect(take(limited, NOW + 7_500).due).toMatchObject([{ id: 'a' }])
  expect(refuse('store_unavailable').notBefore).toBe(NOW + 2_500)
  expect(refuse('a_code_of_tomorrow', 3).notBefore).toBe(NOW + 3_500)
  expect(refuse('not_yours').entries).toMatchObject([
    { id: 'a', status: 'failed', failure: { code: 'not_yours', message: 'No' } },
    { id: 'b', status: 'waiting' },
  ])
  const nobodys = take(write('a')).outbox
  expect(box.refused(nobodys, 'another', { code: 'rate_limited', message: 'No' }, NOW, () => 0)).toBe(nobodys)
})

test('[R6] what was refused was not stored, so it may wait for longer than the server remembers', () => {
  const sent = take(write('a')).outbox
  const refused = box.refused(sent, 'a', { code: 'store_unavailable', message: 'No' }, NOW, () => 0)
  const back = box.cameBack(box.disconnected(refused), false, NOW)
  expect(take(back, NOW + 60 * MINUTE).due).toMatchObject([{ id: 'a' }])
})

test('[R4] a refusal of the second time says nothing about the first', () => {
  const again = take(box.cameBack(box.disconnected(take(write('a')).outbox), false, NOW), NOW + MINUTE).outbox
  const limited = box.refused(again, 'a', { code: 'rate_limited', message: 'No' }, NOW + MINUTE, () => 0)
  expect(take(limited, NOW + 5 * MINUTE).due).toMatchObject([{ id: 'a' }])
  expect(take(limited, NOW + 10 * MINUTE).outbox.entries).toMatchObject([{ failure: { code: 'unsure' } }])
})

test('[R4] nine minutes after it was first sent it is not silently sent again, except where it surely was not stored', () => {
  const lost = box.disconnected(take(write('a')).outbox)
  const late = NOW + box.SURE_MILLISECONDS + 1
  expect(take(box.cameBack(lost, false, NOW), late - 1).due).toMatchObject([{ id: 'a' }])
  const unsure = take(box.cameBack(lost, false, NOW), late)
  expect(unsure.due).toEqual([])
  expect(unsure.outbox.entries).toMatchObject([{ id: 'a', status: 'failed', failure: { code: 'unsure' } }])
  expect(take(box.again(unsure.outbox, 'a'), late).due).toMatchObject([{ id: 'a' }])
  // Every event was told, and it was not among them.
  expect(take(box.cameBack(lost, true, NOW), late).due).toMatchObject([{ id: 'a' }])
  // There was a fresh start in between: it may have been among what was not told.
  expect(take(box.cameBack(box.cameBack(lost, false, NOW), true, NOW), late).due).toEqual([])
  // Being sent again makes it no younger: the server counts from when it was stored.
  const twice = take(box.cameBack(lost, false, NOW), NOW + 8 * MINUTE).outbox
  expect(take(box.cameBack(box.disconnected(twice), false, NOW), late).due).toEqual([])
  // The clock was set back.
  expect(take(box.cameBack(lost, false, NOW), NOW - 20 * MINUTE).due).toEqual([])
  expect(take(write('a'), late).due).toMatchObject([{ id: 'a' }])
})

test('[R4] events of edits, reactions and pins do not say whose frame they were, so only the time tells', () => {
  const change: Change = { type: 'pinned', message: '1', on: true }
  const sent = take(box.written(box.EMPTY_OUTBOX, 'a', change, NOW)).outbox
  const back = box.cameBack(box.disconnected(sent), true, NOW)
  expect(take(back, NOW + box.SURE_MILLISECONDS).due).toMatchObject([{ id: 'a' }])
  expect(take(back, NOW + box.SURE_MILLISECONDS + 1).due).toEqual([])
})

test('what has failed is tried again at the end, or given up; what is on its way cannot be called back', () => {
  const failed = box.failed(take(write('a', 'b')).outbox, 'a', { code: 'not_yours', message: 'No' })
  expect(box.again(failed, 'a').entries).toMatchObject([{ id: 'b' }, { id: 'a', status: 'waiting' }])
  expect(box.again(failed, 'b')).toBe(failed)
  expect(box.discarded(failed, 'a').entries).toMatchObject([{ id: 'b' }])
  const sent = take(write('a')).outbox
  expect(box.discarded(sent, 'a')).toBe(sent)
})

test('it outlives its page as JSON; what was sent by then may be stored, and nobody watched', () => {
  const sent = take(write('a', 'b', 'c'), NOW, 2).outbox
  const outbox = box.failed(box.stored(sent, 'b', 3, NOW), 'c', { code: 'not_yours', message: 'No' })
  const restored = restoredOutbox(JSON.parse(JSON.stringify(savedOutbox(outbox))))
  expect(restored.entries).toEqual([
    {
      id: 'a',
      change: { type: 'message', text: 'a' },
      writtenAt: NOW,
      status: 'waiting',
      firstSentAt: NOW,
      watched: false,
    },
    {
      id: 'c',
      change: { type: 'message', text: 'c' },
      writtenAt: NOW,
      status: 'failed',
      failure: { code: 'not_yours', message: 'No' },
    },
  ])
  expect(take(box.cameBack(restored, true, NOW), NOW + box.SURE_MILLISECONDS + 1).due).toEqual([])
})

test('whatever a page finds where it kept its outbox, what makes sense is restored and nothing is thrown', () => {
  for (const change of CHANGES) {
    const saved = { entries: [{ id: 'a', writtenAt: NOW, status: 'waiting', change }] }
    expect(restoredOutbox(saved).entries).toEqual([{ id: 'a', change, writtenAt: NOW, status: 'waiting' }])
    expect(restoredOutbox(JSON.stringify(saved))).toEqual(restoredOutbox(saved))
  }
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ entries: fc.array(fc.jsonValue()) })), (found) => {
      expect(restoredOutbox(found).entries).toEqual([])
    }),
  )
  for (const text of ['', '{', '[', 'null']) expect(restoredOutbox(text)).toEqual(box.EMPTY_OUTBOX)
})

test('what was written is seen at once: new messages after the timeline, changes on their messages', () => {
  const message = { id: '1', by: YOU, at: NOW, text: 'before', reactions: {} }
  const outbox = CHANGES.slice(0, 4).reduce(
    (before, change, index) => box.written(before, `${index}`, change, NOW + index),
    box.EMPTY_OUTBOX,
  )
  expect(echoesIn(outbox).map(({ change }) => change.text)).toEqual(['new', 'an answer'])
  expect(foreseen(message, outbox, YOU)).toEqual({
    ...message,
    text: 'after',
    editedAt: NOW + 2,
    reactions: { '👍': [YOU] },
  })
  expect(foreseen({ ...message, id: '2' }, outbox, YOU)).toMatchObject({ id: '2', text: 'before' })
  const failed = box.failed(outbox, '2', { code: 'not_yours', message: 'No' })
  expect(foreseen(message, failed, YOU)).toMatchObject({ text: 'before' })
})

const CHANGES: readonly Change[] = [
  { type: 'message', text: 'new' },
  { type: 'message', text: 'an answer', replyTo: '1' },
  { type: 'edited', message: '1', text: 'after' },
  { type: 'reacted', message: '1', emoji: '👍', on: true },
  { type: 'deleted', message: '1' },
  { type: 'pinned', message: '1', on: false },
]

const KINDS = [
  'write',
  'write',
  'serve',
  'serve',
  'confirm',
  'confirm',
  'hear',
  'hear',
  'hear',
  'refuse',
  'refuseStored',
  'failOver',
  'lose',
  'comeBack',
  'wait',
  'reload',
] as const
/** In minutes: around what the client takes for sure, and what the server remembers. */
const WAITS = [0.5, 3, 8.9, 9.5, 10.2]
const deed = fc.record({ kind: fc.constantFrom(...KINDS), some: fc.nat() })

interface Kept {
  readonly clientId: string
  readonly offset: number
  readonly at: number
}

/** What a server says: that something is in the log, that it is stored, or that it is not taken now. */
type Said = { readonly told: number } | { readonly sent: Kept } | { readonly refused: string }

/**
 * A writer, a network that loses things both ways when it breaks, and a server as rules R3 and R4 want it: it tells before the
 * last copy is made, and when it fails over, what it has not confirmed may be lost.
 */
class World {
  outbox = box.inEpoch(box.EMPTY_OUTBOX, 'epoch 0')
  readonly written: string[] = []
  log: readonly Kept[] = []
  #now = NOW
  #epoch = 0
  #connected = true
  #known = 0
  /** Whether the client's cursor is still good for a resume. */
  #story = true
  /** Up to where every copy is made. */
  #copied = 0
  #toServer: string[] = []
  #unconfirmed: Kept[] = []
  #toClient: Said[] = []

  timesStored(id: string): number {
    return this.log.filter(({ clientId }) => clientId === id).length
  }

  write(): void {
    const id = `frame ${this.written.length}`
    this.written.push(id)
    this.outbox = box.written(this.outbox, id, { type: 'message', text: id }, this.#now)
    this.#send()
  }

  serve(): void {
    const id = this.#toServer.shift()
    if (id === undefined) return
    const before = this.log.findLast(({ clientId, at }) => clientId === id && at > this.#now - REMEMBERED)
    const kept = before ?? { clientId: id, offset: this.log.length + 1, at: this.#now }
    if (!before) this.log = [...this.log, kept]
    this.#toClient.push({ told: kept.offset })
    this.#unconfirmed.push(kept)
  }

  confirm(): void {
    const kept = this.#unconfirmed.shift()
    if (!kept) return
    this.#copied = Math.max(this.#copied, kept.offset)
    if (this.#connected) this.#toClient.push({ sent: kept })
  }

  refuse(): void {
    const id = this.#toServer.shift()
    if (id !== undefined) this.#toClient.push({ refused: id })
  }

  /** It is in the log and has been told, but no copy could be made. */
  refuseStored(): void {
    const kept = this.#unconfirmed.shift()
    if (kept && this.#connected) this.#toClient.push({ refused: kept.clientId })
  }

  /** Whoever takes over has at least what was confirmed. */
  failOver(some: number): void {
    this.lose(some)
    this.log = this.log.slice(0, this.#copied + (some % (this.log.length - this.#copied + 1)))
    this.#copied = this.log.length
    this.#unconfirmed = []
    this.#epoch += 1
  }

  hear(): void {
    const said = this.#toClient.shift()
    if (!said) return
    if ('told' in said) this.#hearUpTo(said.told)
    else if ('sent' in said) this.outbox = box.stored(this.outbox, said.sent.clientId, said.sent.offset, this.#now)
    else {
      const refusal = { code: 'store_unavailable', message: 'No', retryAfterSeconds: 1 }
      this.outbox = box.refused(this.outbox, said.refused, refusal, this.#now, () => 0)
    }
    this.outbox = box.toldUpTo(this.outbox, this.#known)
    this.#send()
  }

  /** What the server has, it may still read; what it says is lost. */
  lose(some: number): void {
    if (!this.#connected) return
    for (let count = some % 3; count > 0; count--) this.serve()
    this.#connected = false
    this.#toServer = []
    this.#toClient = []
    this.outbox = box.disconnected(this.outbox)
  }

  comeBack(some: number): void {
    if (this.#connected) return
    this.#connected = true
    const epoch = `epoch ${this.#epoch}`
    const resumed = this.#story && epoch === this.outbox.epoch && some % 2 > 0
    this.outbox = box.inEpoch(this.outbox, epoch)
    if (resumed) this.#hearUpTo(this.log.length, 0)
    this.#known = this.log.length
    this.#story = true
    this.outbox = box.toldUpTo(box.cameBack(this.outbox, resumed, this.#now), this.#known)
    this.#send()
  }

  reload(some: number): void {
    this.lose(some)
    this.outbox = restoredOutbox(JSON.parse(JSON.stringify(savedOutbox(this.outbox))))
    this.#story = false
    // What was told while nobody watched is behind the cursor.
    this.#known = this.log.length
  }

  /** No frame is on its way for minutes: a connection that does not answer is given up much sooner. */
  wait(some: number): void {
    while (this.#toServer.length > 0) this.serve()
    while (this.#unconfirmed.length > 0) this.confirm()
    this.#now += (WAITS[some % WAITS.length] ?? 0) * MINUTE
    this.#send()
  }

  settle(): void {
    this.comeBack(1)
    for (let round = 0; round < 4 * this.written.length + 4; round++) {
      this.#now += 1_000
      this.#send()
      this.serve()
      this.confirm()
      while (this.#toClient.length > 0) this.hear()
    }
  }

  #hearUpTo(offset: number, sentAt = this.#now): void {
    for (const { clientId, offset: at } of this.log.slice(this.#known, offset))
      this.outbox = box.told(this.outbox, event(clientId, at), YOU, sentAt)
    this.#known = Math.max(this.#known, offset)
  }

  #send(): void {
    if (!this.#connected) return
    const { outbox, due } = box.taken(this.outbox, this.#now, 1)
    this.outbox = outbox
    this.#toServer.push(...due.map(({ id }) => id))
  }
}

function write(...ids: readonly string[]): box.Outbox {
  return ids.reduce((before, id) => box.written(before, id, { type: 'message', text: id }, NOW), box.EMPTY_OUTBOX)
}

function take(outbox: box.Outbox, now = NOW, atOnce = 1) {
  return box.taken(outbox, now, atOnce)
}

function event(clientId: string, offset = 1): RoomEvent {
  return { type: 'message', offset, at: NOW, by: YOU, text: clientId, clientId }
}
