// Figures of several processes as one: whoever asks waits for all of them, whatever became of those who asked before.
import { afterEach, beforeEach, expect, jest, test } from 'bun:test'
import { type Colleague, Gathering, type ToWorker } from './gather.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

test('a round of somebody who ended in it does not cut short the next one', () => {
  const gathering = new Gathering()
  const heard: ToWorker[] = []
  const asking: Colleague = { send: () => undefined }
  const next: Colleague = { send: (message) => void heard.push(message) }
  const other: Colleague = { send: () => undefined }
  for (const colleague of [asking, next, other]) gathering.joined(colleague)
  gathering.hear(asking, { type: 'sum wanted', question: 1 })
  gathering.left(asking, false)
  jest.advanceTimersByTime(2_900)
  gathering.hear(next, { type: 'sum wanted', question: 1 })
  jest.advanceTimersByTime(200)
  expect(heard.map(({ type }) => type)).not.toContain('sum')
  for (const colleague of [next, other]) gathering.hear(colleague, { type: 'counted', round: 2, families: [] })
  expect(heard.map(({ type }) => type)).toContain('sum')
})
