// What the server writes, the client reads as it was meant; and whatever else comes, it does not throw.
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Message, RoomEvent } from '../protocol/event.ts'
import { eventFrame, frames, welcomeFrame } from '../protocol/v1.ts'
import { parseServerFrame } from '../protocol/v1-server-frames.ts'

const AT = Date.UTC(2026, 4, 4, 9, 30, 0, 123)
const STAMP = { at: AT, by: 'ann@example.com' }

const MESSAGES: readonly Message[] = [
  { id: '1', ...STAMP, text: 'plain', reactions: {} },
  {
    id: '2',
    ...STAMP,
    text: 'all',
    replyTo: '1',
    editedAt: AT,
    pinned: true,
    reactions: { '👍': ['ben@example.com'] },
  },
  { id: '3', ...STAMP, text: '', deleted: true, reactions: {} },
]
const EVENTS: readonly RoomEvent[] = [
  { type: 'message', offset: 4, ...STAMP, text: 'Grüße 🥖', replyTo: '1', clientId: 'mine' },
  { type: 'edited', offset: 5, ...STAMP, message: '4', text: 'Gruß' },
  { type: 'reacted', offset: 6, ...STAMP, message: '4', emoji: '👍', on: true },
  { type: 'pinned', offset: 7, ...STAMP, message: '4', on: false },
  { type: 'deleted', offset: 8, ...STAMP, message: '4' },
]
const WELCOME = {
  room: {
    monitor_hash: 'a/b %',
    organization_name: null,
    type: 'ORGANIZATION',
    title: 'Grüßmehl bakery',
    short_description: null,
    public: true,
    created_at: '2026-05-04T09:30:00Z',
    updated_at: null,
    project_url: null,
  },
  you: { email: 'ann@example.com', name: 'Ann' },
  cursor: { epoch: 'e', offset: 8 },
  resumed: false,
  messages: MESSAGES,
  events: EVENTS,
  members: [{ email: 'ann@example.com', name: 'Ann', owner: true, online: true, read: 7 }],
  limits: { text_bytes: 1, frame_bytes: 2, history_page: 3, sends_per_10s: 4 },
}

test('[V2] to [V7] every frame that the server writes is read as it was meant', () => {
  expect(parseServerFrame(welcomeFrame(WELCOME))).toEqual({ frame: { type: 'welcome', ...WELCOME } })
  for (const event of EVENTS) expect(parseServerFrame(eventFrame(event))).toEqual({ frame: { type: 'event', event } })
  const [event] = EVENTS
  const written = [
    event ? frames.sent('a', event) : '',
    frames.history('a', MESSAGES, true),
    frames.history('a', MESSAGES, false, 3),
    frames.pins('a', MESSAGES, true),
    frames.search('a', MESSAGES, false, 7),
    frames.refused('a', 'rate_limited', 'No', 3),
    frames.refused(undefined, 'bad_frame', 'No'),
    frames.presence('ann@example.com', true),
    frames.typing('ann@example.com', false),
    frames.read('ann@example.com', 7),
    frames.pong(),
  ]
  expect(written.map((raw) => parseServerFrame(raw))).toEqual(
    [
      { type: 'sent' as const, id: 'a', offset: 4, at: AT },
      { type: 'history' as const, id: 'a', messages: MESSAGES, more: true },
      { type: 'history' as const, id: 'a', messages: MESSAGES, more: false, after: 3 },
      { type: 'pins' as const, id: 'a', messages: MESSAGES, more: true },
      { type: 'search' as const, id: 'a', messages: MESSAGES, more: false, before: 7 },
      { type: 'refused' as const, id: 'a', code: 'rate_limited', message: 'No', retryAfterSeconds: 3 },
      { type: 'refused' as const, code: 'bad_frame', message: 'No' },
      { type: 'presence' as const, email: 'ann@example.com', online: true },
      { type: 'typing' as const, email: 'ann@example.com', on: false },
      { type: 'read' as const, email: 'ann@example.com', upto: 7 },
      { type: 'pong' as const },
    ].map((frame) => ({ frame })),
  )
})

test('whatever comes, it is read, passed over or reported, and never thrown into the page', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
      const { frame, fault } = parseServerFrame(raw)
      expect(frame === undefined || fault === undefined).toBe(true)
    }),
  )
})

test('a welcome of which any one field is missing or of another type is reported by that field', () => {
  const welcome: Readonly<Record<string, unknown>> = JSON.parse(welcomeFrame(WELCOME))
  for (const field of Object.keys(welcome).filter((name) => name !== 'type')) {
    for (const wrong of [undefined, null, 7.5, [7]]) {
      const { frame, fault } = parseServerFrame(JSON.stringify({ ...welcome, [field]: wrong }))
      expect([frame, fault]).toEqual([undefined, `the field ${JSON.stringify(field)} is missing or wrong`])
    }
  }
})

test('a reaction may be called anything, and changes nothing but itself', () => {
  const raw = frames.history('a', MESSAGES, false).replace('"👍"', '"__proto__"')
  const { frame } = parseServerFrame(raw)
  if (frame?.type !== 'history') throw new Error('it is a page')
  expect(Object.entries(frame.messages[1]?.reactions ?? {})).toEqual([['__proto__', ['ben@example.com']]])
})
