// Readiness, with its parts and the time in the hand of the test.
import { beforeEach, expect, test } from 'bun:test'
import { HandWorld } from '../../test/support/hand-world.ts'
import { Readiness } from './readiness.ts'

let world: HandWorld
let asked: PromiseWithResolvers<void>[]
let readiness: Readiness

beforeEach(() => {
  world = new HandWorld()
  asked = []
  const store = () => {
    const answer = Promise.withResolvers<void>()
    asked.push(answer)
    return answer.promise
  }
  readiness = new Readiness({ store, accounts: async () => {} }, () => world.now, world.world.after)
})

const statuses = async (report: ReturnType<Readiness['report']>) =>
  Object.values((await report).parts).map(({ status }) => status)

const othersHaveAnswered = () => new Promise((resolve) => setImmediate(resolve))

test('however many ask at once, and within a second, each part is asked once', async () => {
  const many = Array.from({ length: 50 }, () => readiness.report())
  asked[0]?.resolve()
  const reports = await Promise.all(many)
  expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1)
  world.pass(900)
  expect(await statuses(readiness.report())).toEqual(['ok', 'ok'])
  expect(asked).toHaveLength(1)
  world.pass(200)
  const later = readiness.report()
  asked[1]?.resolve()
  expect(await statuses(later)).toEqual(['ok', 'ok'])
  expect(asked).toHaveLength(2)
})

test('a part that says no has failed, and the others are told nonetheless', async () => {
  const report = readiness.report()
  asked[0]?.reject(new Error('postgres://secret@10.0.0.1 is away'))
  expect(await statuses(report)).toEqual(['failed', 'ok'])
  expect(readiness.last).toEqual({ store: 0, accounts: 1 })
  expect(JSON.stringify(await report)).not.toContain('secret')
})

test('a part that does not come back has failed after two seconds, and is not asked again until it does', async () => {
  const report = readiness.report()
  await othersHaveAnswered()
  world.pass(2_000)
  expect(await statuses(report)).toEqual(['failed', 'ok'])
  world.pass(5_000)
  const again = readiness.report()
  await othersHaveAnswered()
  world.pass(2_000)
  expect(await statuses(again)).toEqual(['failed', 'ok'])
  expect(asked).toHaveLength(1)

  asked[0]?.resolve()
  await asked[0]?.promise
  world.pass(5_000)
  const healed = readiness.report()
  asked[1]?.resolve()
  expect(await statuses(healed)).toEqual(['ok', 'ok'])
  expect(world.pending).toBe(0)
})

test('whoever drains is not ready, also for those who asked before', async () => {
  const before = readiness.report()
  readiness.drain()
  asked[0]?.resolve()
  expect(await before).toMatchObject({ draining: true })
  expect(await readiness.report()).toEqual({ draining: true, parts: {} })
})
