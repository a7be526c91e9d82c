// The timeline is pure: whatever the order in which pages, events and reconnects arrive, it comes to the same messages.
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { changed, type Message, messageOf, type RoomEvent } from '../protocol/event.ts'
import type { ServerFrame, WelcomeFrame } from '../protocol/v1-server-frames.ts'
import { BLOCK_MESSAGES } from './blocks.ts'
import { type Arrived, emptyTimeline, gapsOf, merge, messagesIn, messageWith, type Timeline } from './timeline.ts'

const [ANN, BEN] = ['ann@example.com', 'ben@example.com']
const AT = Date.UTC(2026, 4, 4, 9, 30)

test('[R1] any interleaving of events, doubles, pages and reconnects gives the messages of the log, in its order', () => {
  fc.assert(
    fc.property(fc.array(wish, { minLength: 9, maxLength: 60 }), fc.array(step, { maxLength: 60 }), (wishes, steps) => {
      const log = logOf(wishes)
      const client = new Client(log)
      client.startAfresh(Math.floor(log.length / 2))
      for (const { kind, some } of steps) {
        client[kind](some)
        expectSound(client.timeline)
      }
      client.catchUp()
      expect(messagesIn(client.timeline)).toEqual(stateAt(log, log.length))
    }),
    { numRuns: 1_000 },
  )
})

test('[R1] an event that came before is nothing, and one that comes too early is a hole', () => {
  const before = arrive(emptyTimeline(), welcome(0), told(said(1)), told(said(2)))
  expect(merge(before, told(said(2)))).toBe(before)
  expect(merge(before, told(said(1)))).toBe(before)
  expect(merge(before, told(said(4)))).toBe('hole')
  expect(merge(emptyTimeline(), told(said(1)))).toBe('hole')
})

test('[V3] a resume that leaves out an event, or ends before it says, is a hole and not half applied', () => {
  const before = arrive(emptyTimeline(), welcome(0), told(said(1)))
  expect(merge(before, welcome(3, { resumed: true, events: [said(3)] }))).toBe('hole')
  expect(merge(before, welcome(3, { resumed: true, events: [said(2)] }))).toBe('hole')
  const otherEpoch = welcome(2, { resumed: true, events: [said(2)], cursor: { epoch: 'another', offset: 2 } })
  expect(merge(before, otherEpoch)).toBe('hole')
  expect(arrive(before, welcome(2, { resumed: true, events: [said(2)] })).cursor).toEqual({ epoch: 'e', offset: 2 })
})

test('an event of a kind that is not known yet is counted, and nothing else', () => {
  const before = arrive(emptyTimeline(), welcome(0), told(said(1)))
  const after = arrive(before, { type: 'event', event: { type: 'unknown', offset: 2 } }, told(said(3)))
  expect(messagesIn(after).map(({ id }) => id)).toEqual(['1', '3'])
  expect(gapsOf(after)).toEqual([])
})

test('[V3] a fresh start keeps nothing of before, and says what is not loaded', () => {
  const before = arrive(emptyTimeline(), welcome(0), told(said(1)))
  const after = arrive(before, welcome(90, { messages: [messageOf(said(88)), messageOf(said(90))] }))
  expect(messagesIn(after).map(({ id }) => id)).toEqual(['88', '90'])
  expect(gapsOf(after)).toEqual([{ after: 0, upto: 87 }])
  expect(gapsOf(emptyTimeline({ epoch: 'e', offset: 7 }))).toEqual([{ after: 0, upto: 7 }])
  expect(gapsOf(emptyTimeline())).toEqual([])
})

test('[V9] a page says what lies between its messages too, and how far it goes', () => {
  const fresh = arrive(emptyTimeline(), welcome(90, { messages: [messageOf(said(80))] }))
  const older = page(fresh, { before: 80 }, [said(70), said(75)], true)
  expect(gapsOf(older)).toEqual([{ after: 0, upto: 69 }])
  const around = page(older, { after: 20 }, [said(30), said(31)], true)
  expect(gapsOf(around)).toEqual([
    { after: 0, upto: 20 },
    { after: 31, upto: 69 },
  ])
  const rest = page(page(around, { before: 70 }, [said(30)], true), { before: 21 }, [], false)
  expect(gapsOf(rest)).toEqual([])
  expect(messagesIn(rest).map(({ id }) => id)).toEqual(['30', '31', '70', '75', '80'])
})

test('[V18] a page from a moment on begins where its answer says, and what is older stays to be asked for', () => {
  const fresh = arrive(emptyTimeline(), welcome(90, { messages: [messageOf(said(80))] }))
  const since = page(fresh, {}, [said(30), said(31)], true, 20)
  expect(gapsOf(since)).toEqual([
    { after: 0, upto: 20 },
    { after: 31, upto: 79 },
  ])
  const older = page(since, { before: 21 }, [said(20)], true)
  expect(gapsOf(older)[0]).toEqual({ after: 0, upto: 19 })
  const nothing = page(fresh, {}, [], false, 80)
  expect(nothing.blocks).toEqual(fresh.blocks)
  expect(page(fresh, {}, [], false, 95).blocks).toEqual(fresh.blocks) // It was read before the latest events were told.
  expect(gapsOf(page(fresh, {}, [said(75)], false, 70))).toEqual([{ after: 0, upto: 70 }])
})

test('a page that nobody asked for, or that comes after a break, changes nothing', () => {
  const fresh = arrive(emptyTimeline(), welcome(90, { messages: [messageOf(said(80))] }))
  const history = { type: 'history' as const, id: 'page', messages: [messageOf(said(70))], more: true }
  expect(merge(fresh, history)).toBe(fresh)
  const broken = arrive(fresh, { type: 'asked', id: 'page', range: { before: 80 } }, { type: 'disconnected' })
  expect(merge(broken, history)).toBe(broken)
})

test('[V5] a page that was read before the latest changes, or after changes that are not told yet, comes to the same', () => {
  const fresh = arrive(emptyTimeline(), welcome(90, { messages: [messageOf(said(80))] }))
  const change = { at: AT, by: ANN, message: '70' }
  const edited = { type: 'edited', offset: 91, text: 'new', ...change } as const
  const deleted = { type: 'deleted', offset: 92, ...change } as const
  const old = messageOf(said(70))
  const asked = arrive(fresh, { type: 'asked', id: 'page', range: { before: 80 } }, told(edited))
  const read = (message: Message) => ({ type: 'history', id: 'page', messages: [message], more: true }) as const
  expect(messageWith(arrive(asked, read(old)), '70')).toEqual(changed(old, edited))
  const gone = changed(changed(old, edited), deleted)
  expect(messageWith(arrive(asked, read(gone)), '70')).toEqual(gone)
  expect(messageWith(arrive(asked, read(gone), told(deleted)), '70')).toEqual(gone)
})

test('what did not change stays the same object, for views that compare', () => {
  const many = Array.from({ length: 3 * BLOCK_MESSAGES }, (_, index) => told(said(index + 1)))
  const before = arrive(emptyTimeline(), welcome(0), ...many)
  const event = { type: 'pinned', offset: many.length + 1, at: AT, by: ANN, message: '1', on: true } as const
  const after = arrive(before, told(event))
  expect(after.blocks.map(({ messages }, index) => messages === before.blocks[index]?.messages)).toEqual([
    false,
    true,
    true,
  ])
  expect([after.blocks[1] === before.blocks[1], after.members === before.members]).toEqual([true, true])
  const unknown = arrive(after, told({ ...event, offset: event.offset + 1, message: '9999' }))
  expect(unknown.blocks.map(({ messages }) => messages)).toEqual(after.blocks.map(({ messages }) => messages))
})

test('with a hundred thousand messages an event looks at no more of them than with a hundred', () => {
  const large = grown(100_000)
  expect(messagesIn(large)).toHaveLength(100_000)
  expect(messageWith(large, '77777')?.id).toBe('77777')
  let looks = 0
  const watched = large.blocks.map(({ after, upto, messages }) => ({
    ...{ after, upto },
    get messages() {
      looks += 1
      return messages
    },
  }))
  const pin = { type: 'pinned', offset: 100_002, at: AT, by: ANN, message: '50', on: true } as const
  const timeline = arrive({ ...large, blocks: watched }, told(said(100_001)), told(pin))
  // Of two blocks: the one with the message, and the last.
  expect(looks).toBeLessThan(10)
  expect(messageWith(timeline, '50')?.pinned).toBe(true)
})

test('[V7] [V8] presence, typing and read marks: doubles and steps back are nothing, strangers come in by email', () => {
  const members = [ANN, BEN].map((email) => ({ email, name: email, owner: false, online: false, read: 0 }))
  const start = arrive(emptyTimeline(), welcome(5, { members }))
  const typing = (email: string, on = true) => ({ type: 'typing', email, on }) as const
  expect(arrive(start, typing(BEN), typing(BEN)).typing).toEqual([BEN])
  expect(merge(start, typing(ANN))).toBe(start)
  expect(arrive(start, typing(BEN), told({ ...said(6), by: BEN })).typing).toEqual([])
  expect(arrive(start, typing(BEN), { type: 'presence', email: BEN, online: false }).typing).toEqual([])
  expect(arrive(start, typing(BEN), { type: 'disconnected' }).typing).toEqual([])
  const read = arrive(start, { type: 'read', email: BEN, upto: 3 })
  expect(read.members[1]?.read).toBe(3)
  expect(merge(read, { type: 'read', email: BEN, upto: 2 })).toBe(read)
  const came = arrive(start, { type: 'presence', email: 'new@example.com', online: true })
  expect(came.members[2]).toMatchObject({ name: 'new@example.com', online: true, owner: false })
})

/** What somebody would like to do; `to` picks one of the messages that there are by then. */
const wish = fc.record({
  type: fc.constantFrom('message', 'message', 'edited', 'deleted', 'reacted', 'pinned'),
  by: fc.constantFrom(ANN, BEN),
  to: fc.nat(),
  on: fc.boolean(),
  text: fc.string({ maxLength: 3 }),
  emoji: fc.constantFrom('👍', '🎉'),
})
type Wish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never

const KINDS = ['hearNext', 'hearAgain', 'hearTooEarly', 'ask', 'ask', 'answer', 'resume', 'startAfresh'] as const
const step = fc.record({ kind: fc.constantFrom(...KINDS), some: fc.nat() })

/** A log that a server could have: nothing happens to a deleted message, and nothing to one that is not there. */
function logOf(wishes: readonly Wish[]): readonly RoomEvent[] {
  const log: RoomEvent[] = []
  for (const { type, by, to, on, text, emoji } of wishes) {
    const alive = stateAt(log, log.length).filter(({ deleted }) => !deleted)
    const stamp = { offset: log.length + 1, at: AT + log.length, by }
    const message = alive[to % Math.max(1, alive.length)]?.id
    if (type === 'message' || message === undefined) log.push({ type: 'message', ...stamp, text })
    else if (type === 'edited') log.push({ type, ...stamp, message, text })
    else if (type === 'deleted') log.push({ type, ...stamp, message })
    else if (type === 'reacted') log.push({ type, ...stamp, message, emoji, on })
    else if (type === 'pinned') log.push({ type, ...stamp, message, on })
  }
  return log
}

/** The straightforward way: every event up to this offset, in order. */
function stateAt(log: readonly RoomEvent[], offset: number): readonly Message[] {
  const messages = new Map<string, Message>()
  for (const event of log.slice(0, offset)) {
    if (event.type === 'message') messages.set(String(event.offset), messageOf(event))
    else {
      const before = messages.get(event.message)
      if (before) messages.set(event.message, changed(before, event))
    }
  }
  return [...messages.values()]
}

/** A client of a server that has this log; `some` chooses where there is a choice. */
class Client {
  readonly #log: readonly RoomEvent[]
  timeline: Timeline = emptyTimeline()
  #asks: { id: string; range: { before?: number; after?: number }; from?: number; limit: number; asOf: number }[] = []
  #ids = 0

  constructor(log: readonly RoomEvent[]) {
    this.#log = log
  }

  get #end(): number {
    return this.timeline.cursor?.offset ?? 0
  }

  hearNext(some: number): void {
    for (const event of this.#log.slice(this.#end, this.#end + 1 + (some % 5))) this.#take(told(event))
  }

  hearAgain(some: number): void {
    const event = this.#log[some % Math.max(1, this.#end)]
    if (event && event.offset <= this.#end) expect(merge(this.timeline, told(event))).toBe(this.timeline)
  }

  hearTooEarly(some: number): void {
    const event = this.#log[this.#end + 1 + (some % 3)]
    if (event) expect(merge(this.timeline, told(event))).toBe('hole')
  }

  ask(some: number): void {
    const offset = some % (this.#log.length + 3)
    const range = [{}, { before: offset }, { after: offset }][some % 4] ?? {}
    const moment = some % 4 === 3 ? { from: AT + offset } : {}
    const id = `page ${++this.#ids}`
    this.#asks.push({ id, range, ...moment, limit: 1 + (some % 7), asOf: this.#end })
    this.#take({ type: 'asked', id, range })
  }

  /** The page was read at any time between the question and now, or even before the latest events were told. */
  answer(some: number): void {
    const [ask] = this.#asks.splice(some % Math.max(1, this.#asks.length), 1)
    if (!ask) return
    const readAt = ask.asOf + (some % (this.#log.length - ask.asOf + 1))
    const state = stateAt(this.#log, readAt)
    const earlier = state.findLast(({ at }) => at < (ask.from ?? 0))
    const begin = ask.from === undefined ? {} : { after: Number(earlier?.id ?? 0) }
    const { before = readAt + 1, after } = { ...ask.range, ...begin }
    const inRange = state.filter(({ id }) => Number(id) > (after ?? 0) && Number(id) < before)
    const messages = after === undefined ? inRange.slice(-ask.limit) : inRange.slice(0, ask.limit)
    this.#take({ type: 'history', id: ask.id, messages, more: messages.length < inRange.length, ...begin })
  }

  resume(some: number): void {
    this.#breakOff()
    const upto = this.#end + (some % (this.#log.length - this.#end + 1))
    this.#take(welcome(upto, { resumed: true, events: this.#log.slice(this.#end, upto) }))
  }

  startAfresh(some: number): void {
    this.#breakOff()
    const upto = this.#end + (some % (this.#log.length - this.#end + 1))
    this.#take(welcome(upto, { messages: stateAt(this.#log, upto).slice(-1 - (some % 5)) }))
  }

  catchUp(): void {
    while (this.#asks.length > 0) this.answer(0)
    this.hearOn()
    for (let gap = gapsOf(this.timeline).at(-1); gap; gap = gapsOf(this.timeline).at(-1)) {
      const id = `page ${++this.#ids}`
      const range = { before: gap.upto + 1 }
      this.#take({ type: 'asked', id, range })
      this.#asks.push({ id, range, limit: 2, asOf: this.#end })
      this.answer(0)
    }
  }

  hearOn(): void {
    for (const event of this.#log.slice(this.#end)) this.#take(told(event))
  }

  #breakOff(): void {
    this.#asks = []
    this.#take({ type: 'disconnected' })
  }

  #take(arrived: Arrived): void {
    this.timeline = arrive(this.timeline, arrived)
  }
}

function arrive(timeline: Timeline, ...all: readonly Arrived[]): Timeline {
  return all.reduce((before, arrived) => {
    const after = merge(before, arrived)
    if (after === 'hole') throw new Error(`a hole before ${JSON.stringify(arrived)}`)
    return after
  }, timeline)
}

function page(
  timeline: Timeline,
  range: object,
  events: readonly ReturnType<typeof said>[],
  more: boolean,
  after?: number,
): Timeline {
  const begin = after === undefined ? {} : { after }
  const history = { type: 'history', id: 'page', messages: events.map(messageOf), more, ...begin } as const
  return arrive(timeline, { type: 'asked', id: 'page', range }, history)
}

function expectSound({ blocks, cursor }: Timeline): void {
  let last = 0
  for (const { after, upto, messages } of blocks) {
    expect(after).toBeGreaterThanOrEqual(last)
    for (const { id } of messages) {
      expect(Number(id)).toBeGreaterThan(last)
      last = Number(id)
    }
    expect(upto).toBeGreaterThanOrEqual(last)
    last = upto
  }
  expect(last).toBe(cursor?.offset ?? 0)
}

function grown(count: number): Timeline {
  let timeline = arrive(emptyTimeline(), welcome(0))
  for (let offset = 1; offset <= count; offset++) timeline = arrive(timeline, told(said(offset)))
  return timeline
}

function said(offset: number) {
  return { type: 'message', offset, at: AT + offset, by: ANN, text: `message ${offset}` } as const
}

function told(event: RoomEvent): ServerFrame {
  return { type: 'event', event }
}

function welcome(offset: number, more: Partial<WelcomeFrame> = {}): WelcomeFrame {
  const room = {
    monitor_hash: 'room',
    organization_name: null,
    type: 'USER',
    title: null,
    short_description: null,
    public: null,
    created_at: null,
    updated_at: null,
    project_url: null,
  }
  const limits = { text_bytes: 0, frame_bytes: 0, history_page: 100, sends_per_10s: 0 }
  const empty = { resumed: false, messages: [], events: [], members: [] }
  return {
    type: 'welcome',
    room,
    you: { email: ANN, name: 'Ann' },
    cursor: { epoch: 'e', offset },
    limits,
    ...empty,
    ...more,
  }
}
