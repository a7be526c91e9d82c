// A question that is asked no more often than there is somebody who wants to know.
import { expect, test } from 'bun:test'
import { persistently } from './persistently.ts'

/** Asks nobody: the test answers, and lets the waits go by. */
function examination() {
  const answers: ((isAnswered: boolean) => void)[] = []
  const waits: { milliseconds: number; end: () => void }[] = []
  let asked = 0
  const ask = persistently(
    () => {
      asked += 1
      return new Promise((resolve) => answers.push(resolve))
    },
    (milliseconds, end) => waits.push({ milliseconds, end }),
  )
  const answer = async (isAnswered: boolean) => {
    answers.shift()?.(isAnswered)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { ask, answer, waits, asked: () => asked }
}

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
