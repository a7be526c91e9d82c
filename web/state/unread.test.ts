// What counts as unread, as far as it is loaded.
import { expect, test } from 'bun:test'
import { emptyTimeline, type Timeline } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { saidSince } from './unread.ts'

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

test('what was said since an offset comes oldest first, and never from beyond a gap', () => {
  const newest = { after: 10, upto: 12, messages: [said(11, MAX), said(12, ANNA)] }
  const older = { after: 2, upto: 4, messages: [said(3, MAX), said(4, MAX)] }
  const ids = (offset: number) => saidSince(timeline(0, older, newest), offset).map(({ id }) => id)
  expect(ids(11)).toEqual(['12'])
  expect(ids(0)).toEqual(['11', '12'])
  expect(ids(12)).toEqual([])
})
