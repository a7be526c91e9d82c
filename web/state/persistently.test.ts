// A question that is asked no more often than there is somebody who wants to know.
import { expect, test } from 'bun:test'
import { persistently } from './persistently.ts'

/** Asks nobody: the test answers, and lets the waits go by. */
function examination() {
  const answers: PromiseWithResolvers<boolean>[] = []
  const waits: { milliseconds: number; end: () => void }[] = []
  const reported: unknown[] = []
  let asked = 0
  const ask = persistently(
    () => {
      asked += 1
      const answer = Promise.withResolvers<boolean>()
      answers.push(answer)
      return answer.promise
    },
    (milliseconds, end) => waits.push({ milliseconds, end }),
    (error) => reported.push(error),
  )
  const answer = async (isAnswered: boolean) => {
    answers.shift()?.resolve(isAnswered)
    await settled()
  }
  const fail = async (error: Error) => {
    answers.shift()?.reject(error)
    await settled()
  }
  return { ask, answer, fail, waits, reported, asked: () => asked }
}

/** All that follows at once has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what is wanted while the question is under way is asked once more, for all of it together', async () => {
  const { ask, answer, asked } = examination()
  for (let times = 0; times < 5; times += 1) ask()
  expect(asked()).toBe(1)
  await answer(true)
  expect(asked()).toBe(2)
  await answer(true)
  expect(asked()).toBe(2)
  ask()
  expect(asked()).toBe(3)
})

test('without an answer it waits, longer each time and no longer than five minutes, however many want to know', async () => {
  const { ask, answer, waits, asked } = examination()
  ask()
  for (let times = 1; times <= 10; times += 1) {
    await answer(false)
    ask()
    expect([asked(), waits.length]).toEqual([times, times])
    waits.at(-1)?.end()
  }
  expect(waits.map(({ milliseconds }) => milliseconds / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, 300])
})

test('after an answer the waits are short again', async () => {
  const { ask, answer, waits } = examination()
  ask()
  await answer(false)
  waits.at(-1)?.end()
  await answer(true)
  ask()
  await answer(false)
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([5_000, 5_000])
})

test('a question that fails has no answer: it is reported, and asked again', async () => {
  const { ask, answer, fail, waits, reported, asked } = examination()
  ask()
  const fault = new Error('nobody thought of this')
  await fail(fault)
  expect(reported).toEqual([fault])
  waits.at(-1)?.end()
  await answer(true)
  ask()
  expect(asked()).toBe(3)
})
