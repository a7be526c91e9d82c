// A saved timeline is read back as it was, is never large, and whatever else is found in its place is nothing.
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Change, Message } from '../protocol/event.ts'
import type { WelcomeFrame } from '../protocol/v1-server-frames.ts'
import { restoredTimeline, savedTimeline } from './saved-timeline.ts'
import { type Arrived, emptyTimeline, gapsOf, merge, messagesIn, type Timeline } from './timeline.ts'
import { readMarkIn, unreadIn, unreadMessages } from './unread.ts'

const YOU = 'you@example.com'
const AT = Date.UTC(2026, 4, 4, 9, 30)
const ROOM = 'a/b %'

test('it is the same after its way through JSON, but for who is here and what is going on', () => {
  const timeline = [
    happened(71, { type: 'reacted', message: '70', emoji: '👍', on: true }),
    happened(72, { type: 'deleted', message: '69' }),
    happened(73, { type: 'message', text: 'Grüße 🥖 \u0000', replyTo: '70' }),
    { type: 'typing', email: 'ann@example.com', on: true } as const,
  ].reduce(after, welcomed(said(21, 70), 70))
  const back = reopened(timeline)
  expect(messagesIn(back)).toEqual(messagesIn(timeline))
  expect(gapsOf(back)).toEqual([{ after: 0, upto: 20 }])
  expect(back.members).toEqual(timeline.members.map((member) => ({ ...member, online: false })))
  const { cursor, room, you, limits } = timeline
  expect(back).toMatchObject({ cursor, room, you, limits, typing: [], asked: [], meanwhile: [] })
  expect(reopened(back)).toEqual(back)
})

test('it goes on where it was left, in blocks of the usual size', () => {
  const back = after(reopened(welcomed(said(1, 200), 200)), happened(201, { type: 'message', text: 'next' }))
  expect(back.blocks.map(({ after, upto, messages }) => [after, upto, messages.length])).toEqual([
    [0, 128, 128],
    [128, 201, 73],
  ])
})

test('only the latest 200 messages are kept, fewer where they are long, and none from before a gap', () => {
  const many = reopened(welcomed(said(1, 500), 500))
  expect([messagesIn(many).length, gapsOf(many)]).toEqual([200, [{ after: 0, upto: 300 }]])
  const long = reopened(welcomed(said(1, 60, 'x'.repeat(16_000)), 60))
  expect([messagesIn(long).length, gapsOf(long)]).toEqual([12, [{ after: 0, upto: 48 }]])
  expect(messagesIn(reopened(welcomed(said(9, 9, 'x'.repeat(300_000)), 9)))).toHaveLength(1)
  const asked = after(welcomed(said(60, 70), 70), { type: 'asked', id: 'a', range: { before: 21 } })
  const apart = after(asked, { type: 'history', id: 'a', messages: said(10, 20), more: true })
  expect(gapsOf(apart)).toHaveLength(2)
  expect(messagesIn(reopened(apart))).toEqual(said(60, 70))
})

test('where there is nothing to keep, nothing is said about the room; an empty one is kept as empty', () => {
  expect(savedTimeline(emptyTimeline())).toBeNull()
  expect(savedTimeline(emptyTimeline({ epoch: 'e', offset: 7 }))).toBeNull()
  const onlyCursor = { ...emptyTimeline({ epoch: 'e', offset: 7 }), ...known(welcomed([], 0)) }
  expect(savedTimeline(onlyCursor)).toBeNull()
  expect(gapsOf(reopened(welcomed([], 0)))).toEqual([])
})

test('whatever a page finds where it kept a timeline, nothing is thrown, and only what was saved of this room is restored', () => {
  const saved: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(savedTimeline(welcomed(said(1, 3), 5))))
  const [one, two, three] = said(1, 3).map((_, place) => Array.isArray(saved['messages']) && saved['messages'][place])
  const named = (id: unknown) => ({ messages: [{ ...one, id }] })
  const wrongs: readonly object[] = [
    { type: 'pong' },
    { resumed: true },
    { epoch: '' },
    { epoch: 'x'.repeat(65) },
    { epoch: '\ud800' },
    { epoch: 'a b' },
    { offset: 2 },
    { offset: -1 },
    { offset: 1e300 },
    { messages: [two, one, three] },
    { messages: [one, one] },
    { messages: [null] },
    ...['', '0', '01', ' 1', '0x1', '1e0', '-1', '1.5', 'NaN', '6', 1].map(named),
    { messages: [{ ...one, at: 'yesterday' }] },
    { messages: [{ ...one, reactions: { __proto__: null, '👍': 'all' } }] },
    { members: [{ email: YOU }] },
    { you: YOU },
    { room: { monitor_hash: 'another', type: 'USER' } },
    { limits: [] },
  ]
  expect(restoredTimeline(saved, ROOM)).not.toBeNull()
  expect(restoredTimeline(saved, 'another')).toBeNull()
  for (const wrong of wrongs) expect([wrong, restoredTimeline({ ...saved, ...wrong }, ROOM)]).toEqual([wrong, null])
  for (const field of Object.keys(saved)) {
    const { [field]: _left, ...rest } = saved
    expect(restoredTimeline(rest, ROOM)).toBeNull()
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void restoredTimeline({ ...saved, [field]: value }, ROOM)),
      { numRuns: 30 },
    )
  }
  fc.assert(fc.property(fc.anything(), (found) => expect(restoredTimeline(found, ROOM)).toBeNull()))
  expect(restoredTimeline(JSON.stringify(saved), ROOM)).toEqual(restoredTimeline(saved, ROOM))
  for (const text of ['', '{', JSON.stringify(saved).slice(0, -1), 'null', '"{}"'])
    expect(restoredTimeline(text, ROOM)).toBeNull()
})

test('unread is what others said after the own mark: not what was changed, deleted or said by oneself', () => {
  const timeline = [
    happened(51, { type: 'message', text: 'by another' }),
    happened(52, { type: 'message', text: 'soon gone' }),
    happened(53, { type: 'edited', message: '51', text: 'better' }),
    happened(54, { type: 'deleted', message: '52' }),
    happened(55, { type: 'message', text: 'mine' }, YOU),
  ].reduce(after, welcomed(said(1, 50), 50, 48))
  expect([readMarkIn(timeline), unreadIn(timeline)]).toEqual([48, { count: 3, more: false }])
  const read = after(timeline, { type: 'read', email: YOU, upto: 55 })
  expect(unreadIn(read)).toEqual({ count: 0, more: false })
  expect(unreadIn(reopened(timeline))).toEqual(unreadIn(timeline))
  expect(unreadMessages(timeline).map(({ id }) => id)).toEqual(['49', '50', '51'])
  expect(unreadIn(timeline, 'ann@example.com')).toEqual({ count: 1, more: false })
})

test('where messages after the own mark are not loaded, there may be more; before the first welcome there is nothing', () => {
  expect(unreadIn(welcomed(said(451, 500), 500, 450))).toEqual({ count: 50, more: false })
  expect(unreadIn(welcomed(said(451, 500), 500, 449))).toEqual({ count: 50, more: true })
  expect(unreadIn(emptyTimeline())).toEqual({ count: 0, more: false })
})

function welcomed(messages: readonly Message[], offset: number, read = 0): Timeline {
  const welcome: WelcomeFrame = {
    type: 'welcome',
    room: {
      monitor_hash: ROOM,
      organization_name: null,
      type: 'ORGANIZATION',
      title: 'Grüßmehl bakery',
      short_description: null,
      public: true,
      created_at: '2026-05-04T09:30:00Z',
      updated_at: null,
      project_url: null,
    },
    you: { email: YOU, name: 'You' },
    cursor: { epoch: 'e', offset },
    resumed: false,
    messages,
    events: [],
    members: [
      { email: YOU, name: 'You', owner: true, online: true, read },
      { email: 'ann@example.com', name: 'Ann', owner: false, online: true, read: 3 },
    ],
    limits: { text_bytes: 1, frame_bytes: 2, history_page: 3, sends_per_10s: 4 },
  }
  return after(emptyTimeline(), welcome)
}

function known({ room, you, limits }: Timeline) {
  return { room, you, limits }
}

function said(first: number, last: number, text = 'said'): readonly Message[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    id: String(first + index),
    by: 'ann@example.com',
    at: AT + first + index,
    text,
    reactions: {},
  }))
}

function happened(offset: number, change: Change, by = 'ann@example.com'): Arrived {
  return { type: 'event', event: { ...change, offset, at: AT + offset, by } }
}

function after(timeline: Timeline, arrived: Arrived): Timeline {
  const next = merge(timeline, arrived)
  if (next === 'hole') throw new Error('the test left out an event')
  return next
}

function reopened(timeline: Timeline): Timeline {
  const back = restoredTimeline(JSON.parse(JSON.stringify(savedTimeline(timeline))), ROOM)
  if (!back) throw new Error('nothing was restored')
  return back
}
