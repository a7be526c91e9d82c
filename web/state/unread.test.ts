// What counts as unread, as far as it is loaded.
import { expect, test } from 'bun:test'
import { emptyTimeline, type Timeline } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { saidSince, unreadIn } from './unread.ts'

const ANNA = 'anna@example.com'
const MAX = 'max@example.com'

const said = (id: number, by: string, changes: Partial<Message> = {}): Message => ({
  id: String(id),
  by,
  at: id,
  text: `text ${id}`,
  reactions: {},
  ...changes,
})

function timeline(read: number, ...blocks: Timeline['blocks'][number][]): Timeline {
  const offset = blocks.at(-1)?.upto ?? 0
  const member = { email: ANNA, name: 'Anna', owner: false, online: true, read }
  return { ...emptyTimeline({ epoch: 'one', offset }), blocks, members: [member] }
}

test('others’ messages after the read mark count, deleted ones do not', () => {
  const messages = [said(1, MAX), said(2, ANNA), said(3, MAX, { deleted: true, text: '' }), said(4, MAX), said(5, MAX)]
  const block = { after: 0, upto: 6, messages }
  expect(unreadIn(timeline(1, block), ANNA)).toEqual({ count: 2, atLeast: false, mentions: 0 })
  expect(unreadIn(timeline(6, block), ANNA)).toEqual({ count: 0, atLeast: false, mentions: 0 })
  expect(unreadIn(timeline(0, block), ANNA, (text) => text === 'text 4').mentions).toBe(1)
  expect(unreadIn(null, ANNA)).toEqual({ count: 0, atLeast: false, mentions: 0 })
})

test('what is not loaded may be unread too', () => {
  const newest = { after: 10, upto: 12, messages: [said(11, MAX), said(12, MAX)] }
  const older = { after: 2, upto: 4, messages: [said(3, MAX), said(4, MAX)] }
  expect(unreadIn(timeline(3, older, newest), ANNA)).toEqual({ count: 2, atLeast: true, mentions: 0 })
  expect(unreadIn(timeline(10, older, newest), ANNA)).toEqual({ count: 2, atLeast: false, mentions: 0 })
  expect(unreadIn(timeline(11, older, newest), ANNA)).toEqual({ count: 1, atLeast: false, mentions: 0 })
})

test('what was said since an offset comes oldest first, and never from beyond a gap', () => {
  const newest = { after: 10, upto: 12, messages: [said(11, MAX), said(12, ANNA)] }
  const older = { after: 2, upto: 4, messages: [said(3, MAX), said(4, MAX)] }
  const ids = (offset: number) => saidSince(timeline(0, older, newest), offset).map(({ id }) => id)
  expect(ids(11)).toEqual(['12'])
  expect(ids(0)).toEqual(['11', '12'])
  expect(ids(12)).toEqual([])
})
