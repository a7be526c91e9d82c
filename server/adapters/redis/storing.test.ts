// What is heard while something is being stored here: told with it, in order, and never held back for long.
import { expect, test } from 'bun:test'
import { Storing } from './storing.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function place() {
  const storing = new Storing()
  const told: string[] = []
  const hear = (what: string, room = 'here') => storing.afterwards(room, () => void told.push(what))
  return { storing, told, hear }
}

test('while nothing is being stored, what is heard is told within the same turn of the event loop, in order', async () => {
  const { told, hear } = place()
  hear('one')
  hear('two')
  await turn()
  expect(told).toEqual(['one', 'two'])
})

test('what is heard while something is being stored is told together with the answer, before whoever waits for it goes on', async () => {
  const { storing, told, hear } = place()
  storing.begin('here')
  hear('one')
  await turn()
  hear('two')
  expect(told).toEqual([])
  storing.end('here')
  expect(told).toEqual(['one', 'two'])
})

test('it waits also for what is begun after it came, in the same turn', async () => {
  const { storing, told, hear } = place()
  hear('one')
  storing.begin('here')
  await turn()
  expect(told).toEqual([])
  storing.end('here')
  expect(told).toEqual(['one'])
})

test('it waits for the next answer, not for all of them: a busy room has always something under way', async () => {
  const { storing, told, hear } = place()
  storing.begin('here')
  storing.begin('here')
  hear('one')
  await turn()
  storing.end('here')
  expect(told).toEqual(['one'])
  hear('two')
  await turn()
  expect(told).toEqual(['one'])
  storing.end('here')
  expect(told).toEqual(['one', 'two'])
})

test('what is stored in another room keeps nobody waiting', async () => {
  const { storing, told, hear } = place()
  storing.begin('elsewhere')
  hear('one')
  await turn()
  expect(told).toEqual(['one'])
})

test('an answer that does not come holds nothing back', async () => {
  const { storing, told, hear } = place()
  storing.begin('here')
  hear('one')
  await new Promise<void>((resolve) => storing.afterwards('here', resolve))
  expect(told).toEqual(['one'])
})

test('an answer that comes late, after what waited for it was told, tells what was heard since', async () => {
  const { storing, told, hear } = place()
  storing.begin('here')
  await new Promise<void>((resolve) => storing.afterwards('here', resolve))
  hear('one')
  await turn()
  expect(told).toEqual([])
  storing.end('here')
  expect(told).toEqual(['one'])
})
