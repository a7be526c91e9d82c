// The check behind the fault tests notices what it is there to notice.
import { expect, test } from 'bun:test'
import { disagreements, type Evidence } from './agreement.ts'
import type { Visit } from './recorded-socket.ts'
import { BAKERY_CHAT } from './tables.ts'
import type { EventFrame, ServerFrame, WelcomeFrame } from './v1.ts'

const EPOCH = 'epoch'

test('a room where all is well gives no reason to complain', () => {
  expect(disagreements(evidence())).toEqual([])
})

const FAULTS: Readonly<Record<string, Evidence>> = {
  'a hole in the log': evidence({ log: { epoch: EPOCH, events: [said(1), said(3)] }, visits: [] }),
  'a text twice in the log': evidence({ log: { epoch: EPOCH, events: [said(1), said(2, 'text 1')] }, visits: [] }),
  'a client id twice in the log': evidence({
    log: { epoch: EPOCH, events: [said(1), { ...said(2), client_id: '1' }] },
  }),
  'something that nobody said': evidence({ texts: new Set(['text 1', 'text 2']) }),
  'sent, and not in the log': evidence({
    visits: [visit([...frames(), answer(4)], [{ type: 'send', id: '4', text: 'x' }])],
  }),
  'sent as something else': evidence({
    visits: [visit([...frames(), answer(3)], [{ type: 'send', id: '3', text: 'x' }])],
  }),
  'told to its sender, and not in the log': evidence({ stored: new Map([['gone', { epoch: 'before', offset: 3 }]]) }),
  'a failure that was none': evidence({ failed: new Map([['text 9', 'unsure']]) }),
  'an event that one was not told': evidence({ visits: [visit([welcome(1), said(3)])] }),
  'an event that one was told twice': evidence({ visits: [visit([welcome(1), said(2), said(2)])] }),
  'another event for one than for the others': evidence({
    visits: [visit(frames()), visit([welcome(1), said(2, 'text 1')])],
  }),
  'an event before any welcome': evidence({ visits: [visit([said(1)])] }),
  'resumed into another epoch': evidence({ visits: [resumedFrom('before', 1)] }),
  'resumed with a hole': evidence({ visits: [resumedFrom(EPOCH, 0)] }),
  'not resumed without a reason': evidence({
    visits: [{ ...visit([welcome(3)]), asked: { epoch: EPOCH, offset: 1 } }],
  }),
  'an edit of another message': evidence({
    log: { epoch: EPOCH, events: [said(1), said(2), edited(3, '2')] },
    edits: new Map([['text 3', { message: '2', of: 'text 1' }]]),
    visits: [],
  }),
}

for (const [what, found] of Object.entries(FAULTS)) {
  test(`it notices ${what}`, () => {
    expect(disagreements(found).length).toBeGreaterThan(0)
  })
}

function evidence(other: Partial<Evidence> = {}): Evidence {
  return {
    visits: [visit([...frames(), answer(3)], [{ type: 'send', id: '3', text: 'text 3' }])],
    log: { epoch: EPOCH, events: [said(1), said(2), said(3)] },
    texts: new Set(['text 1', 'text 2', 'text 3']),
    stored: new Map([['text 3', { epoch: EPOCH, offset: 3 }]]),
    failed: new Map(),
    edits: new Map(),
    lost: new Set(),
    ...other,
  }
}

function frames(): readonly ServerFrame[] {
  return [welcome(1), said(2), said(3)]
}

function visit(told: readonly ServerFrame[], said: Visit['said'] = []): Visit {
  return { who: 'somebody', asked: null, said, frames: [...told], closed: null }
}

/** Told the last two events on coming back. */
function resumedFrom(epoch: string, offset: number): Visit {
  const events = [said(2), said(3)]
  return { ...visit([{ ...welcome(3), resumed: true, events }]), asked: { epoch, offset } }
}

function welcome(offset: number): WelcomeFrame {
  const rest = { resumed: false, messages: [], events: [], members: [] }
  const limits = { text_bytes: 0, frame_bytes: 0, history_page: 0, sends_per_10s: 0 }
  return { type: 'welcome', room: BAKERY_CHAT, you: { email: 'a', name: 'A' }, epoch: EPOCH, offset, ...rest, limits }
}

function said(offset: number, text = `text ${offset}`): EventFrame & { readonly type: 'message' } {
  return { type: 'message', offset, at: '2026-05-04T09:30:00.000Z', by: 'a', text, client_id: String(offset) }
}

function edited(offset: number, message: string): EventFrame {
  return { type: 'edited', offset, at: '2026-05-04T09:30:00.000Z', by: 'a', message, text: `text ${offset}` }
}

function answer(offset: number): ServerFrame {
  return { type: 'sent', id: String(offset), offset, at: '2026-05-04T09:30:00.000Z' }
}
