// What a Redis may owe, how long it may be silent, and who waits no longer.
import { expect, test } from 'bun:test'
import { ErrorReply } from '@redis/client'
import { StoreFault } from './fault.ts'
import { Owed, SILENT_MILLISECONDS } from './owed.ts'

const MOST_ANSWERS = 20_000
const MOST_CHARACTERS = 64 * 1024 * 1024

test('no more is taken than can be caught up with, in answers and in text, until some of it has come', async () => {
  const many = new Owed()
  const answers = Array.from({ length: MOST_ANSWERS }, () => Promise.withResolvers<string>())
  const coming = answers.map(({ promise }) => many.answered(0, promise))
  expect(many.hasRoom(0)).toBe(false)
  answers[0]?.resolve('one')
  expect(await coming[0]).toBe('one')
  expect(many.hasRoom(0)).toBe(true)

  const large = new Owed()
  const answer = Promise.withResolvers<string>()
  const due = large.answered(MOST_CHARACTERS - 10, answer.promise)
  expect([large.hasRoom(10), large.hasRoom(11)]).toEqual([true, false])
  answer.resolve('all of it')
  await due
  expect(large.hasRoom(MOST_CHARACTERS)).toBe(true)
})

test('silence counts only while something is owed, and from when it is', async () => {
  const owed = new Owed()
  const long = performance.now() + 10 * SILENT_MILLISECONDS
  expect(owed.isSilent(long)).toBe(false)
  const answer = Promise.withResolvers<string>()
  const due = owed.answered(0, answer.promise)
  expect(owed.isSilent(performance.now())).toBe(false)
  expect(owed.isSilent(long)).toBe(true)
  answer.resolve('there')
  await due
  expect(owed.isSilent(long)).toBe(false)
})

test('whoever is overdue waits no longer, and the others do until the line ends', async () => {
  const owed = new Owed()
  const never = new Promise<string>(() => undefined)
  const [soon, late] = [owed.within(1_000, never), owed.within(2_000, never)]
  owed.refuseOverdue(1_000)
  await expect(soon).rejects.toMatchObject({ code: 'slow' })
  owed.end(new StoreFault('lost', 'the connection was closed'))
  await expect(late).rejects.toMatchObject({ code: 'lost' })
})

test('what Redis refuses is told by its first word, and what fails with the line by what became of that', async () => {
  const owed = new Owed()
  const refused = owed.answered(0, Promise.reject(new ErrorReply('OOM command not allowed')))
  await expect(refused).rejects.toMatchObject({ code: 'OOM' })
  const broken = Promise.withResolvers<string>()
  const due = owed.answered(0, broken.promise)
  owed.end(new StoreFault('READONLY', 'it is a replica'))
  broken.reject(new Error('Socket closed'))
  await expect(due).rejects.toMatchObject({ code: 'READONLY' })
})
