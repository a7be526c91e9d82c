// Messages, days and the line before what is unread, as they stand below one another.
import { expect, test } from 'bun:test'
import { type Block, type Echo, emptyTimeline, gapsOf, merge } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { overlap, runAt } from './runs.ts'
import { type Row, rowsOf } from './timeline-rows.ts'

const MINUTE = 60_000
const NOON = new Date(2026, 4, 4, 12).getTime()
const [ANNA, MAX] = ['anna@example.com', 'max@example.com']

const said = (id: number, by: string, at: number): Message => ({ id: String(id), by, at, text: `${id}`, reactions: {} })

function blockOf(...messages: readonly Message[]): Block {
  return { after: Number(messages[0]?.id) - 1, upto: Number(messages.at(-1)?.id), messages }
}

const rows = (blocks: readonly Block[], unread: string | null = null, echoes: readonly Echo[] = []) =>
  rowsOf({ blocks, echoes, unread, you: ANNA })

const shapes = (all: readonly Row[]) =>
  all.map((row) =>
    row.type === 'message' || row.type === 'echo' ? `${row.key}${row.startsGroup ? ' starts' : ''}` : row.type,
  )

test('what one person says soon after each other is one group', () => {
  const block = blockOf(said(1, ANNA, NOON), said(2, ANNA, NOON + MINUTE), said(3, MAX, NOON + 2 * MINUTE))
  expect(shapes(rows([block]))).toEqual(['day', '1 starts', '2', '3 starts'])
})

test('after more than five minutes the same person begins again', () => {
  const block = blockOf(said(1, ANNA, NOON), said(2, ANNA, NOON + 6 * MINUTE))
  expect(shapes(rows([block]))).toEqual(['day', '1 starts', '2 starts'])
})

test('a new day has a divider, and begins a group even a minute after midnight', () => {
  const midnight = new Date(2026, 4, 5).getTime()
  const block = blockOf(said(1, ANNA, midnight - 30_000), said(2, ANNA, midnight + 30_000))
  expect(shapes(rows([block]))).toEqual(['day', '1 starts', 'day', '2 starts'])
})

test('groups and days go on from one block to the next', () => {
  const first = blockOf(said(1, ANNA, NOON))
  const second = blockOf(said(2, ANNA, NOON + MINUTE))
  expect(shapes(rows([first, second]))).toEqual(['day', '1 starts', '2'])
})

test('the unread line stands before its message, which says whose it is', () => {
  const block = blockOf(said(1, MAX, NOON), said(2, MAX, NOON + MINUTE))
  expect(shapes(rows([block], '2'))).toEqual(['day', '1 starts', 'unread', '2 starts'])
  expect(shapes(rows([block]))).toEqual(['day', '1 starts', '2'])
})

test('what is not sent yet comes last, and goes on the group of its author', () => {
  const block = blockOf(said(1, ANNA, NOON))
  const echo: Echo = {
    id: 'echo',
    change: { type: 'message', text: 'soon' },
    writtenAt: NOON + MINUTE,
    status: 'waiting',
  }
  expect(shapes(rows([block], null, [echo]))).toEqual(['day', '1 starts', 'echo'])
  expect(shapes(rows([], null, [{ ...echo, writtenAt: NOON }]))).toEqual(['day', 'echo starts'])
})

test('a clock that is behind does not put what one says into another day', () => {
  const block = blockOf(said(1, MAX, NOON))
  const echo: Echo = { id: 'echo', change: { type: 'message', text: 'x' }, writtenAt: 0, status: 'waiting' }
  expect(shapes(rows([block], null, [echo]))).toEqual(['day', '1 starts', 'echo starts'])
})

test('a block that did not change gives the very rows of before, and so does a message whose neighbour changed', () => {
  const [first, second] = [blockOf(said(1, ANNA, NOON)), blockOf(said(2, MAX, NOON), said(3, MAX, NOON))]
  const before = rows([first, second])
  const grown = { ...second, upto: 4, messages: [...second.messages, said(4, MAX, NOON)] }
  const after = rows([first, grown])
  expect(after.slice(0, before.length).map((row, index) => row === before[index])).toEqual(before.map(() => true))
})

test('a page before what was there takes the divider to itself, and changes no row that stays', () => {
  const newer = blockOf(said(3, ANNA, NOON + MINUTE), said(4, MAX, NOON + 2 * MINUTE))
  const older = blockOf(said(1, ANNA, NOON), said(2, MAX, NOON))
  expect(shapes(rows([newer]))).toEqual(['day', '3 starts', '4 starts'])
  expect(shapes(rows([older, newer]))).toEqual(['day', '1 starts', '2 starts', '3 starts', '4 starts'])
})

test('a run is what has no gap in it, and the newest one is shown unless another is asked for', () => {
  const known = emptyTimeline({ epoch: 'e', offset: 100 })
  const asked = merge(known, { type: 'asked', id: 'a', range: { before: 11 } })
  if (asked === 'hole') throw new Error('a hole')
  const page = [said(8, ANNA, NOON), said(10, MAX, NOON)]
  const timeline = merge(asked, { type: 'history', id: 'a', messages: page, more: true })
  if (timeline === 'hole') throw new Error('a hole')
  expect(gapsOf(timeline)).toEqual([
    { after: 0, upto: 7 },
    { after: 10, upto: 100 },
  ])
  const [old, newest] = [runAt(timeline, 9), runAt(timeline, null)]
  expect(old).toMatchObject({ after: 7, upto: 10, isNewest: false })
  expect(newest).toMatchObject({ after: 100, upto: 100, isNewest: true })
  expect(runAt(timeline, 50)).toEqual(newest)
  expect(old && newest && overlap(old, newest)).toBe(false)
  expect(runAt(emptyTimeline(), null)).toBeNull()
})
