// The reliability run in small, so that it stays true: a few seconds of it, with a server killed and all of them restarted.
import { expect, test } from 'bun:test'
import { run } from './run.ts'

test('[R3] [R4] a server is killed and all are restarted under mixed load: nothing is lost, doubled or reordered', async () => {
  const said: string[] = []
  const ran = await run({ minutes: 0.1, rooms: 4, store: 'redis' }, (line) => said.push(line))
  expect(ran.findings).toEqual([])
  expect(ran.faults.map(({ what }) => what)).toEqual(['a server killed', 'rolling restart'])
  expect(ran.tally.counts.get('deliveries to watchers')).toBeGreaterThan(0)
  expect(ran.events).toBeGreaterThan(0)
})
