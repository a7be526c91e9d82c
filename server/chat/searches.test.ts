// How many searches run at once: one of a member, a few of all, and nobody waits for what somebody else piled up.
import { expect, test } from 'bun:test'
import { MOST_WAITING_OF_ONE, Searches } from './searches.ts'

/** Searches that run until they are let go on. */
function begun() {
  const searches = new Searches()
  const running: { who: string; end: () => void }[] = []
  const search = (who: string, room = 'w32tgse') =>
    searches.run(who, room, () => {
      const { promise, resolve } = Promise.withResolvers<string>()
      running.push({ who, end: () => resolve(`found for ${who}`) })
      return promise
    })
  const endNext = async () => {
    running.shift()?.end()
    await settled()
  }
  return { running, search, endNext }
}

test('[V16] a member has one search at a time, and those that wait come after it', async () => {
  const { running, search, endNext } = begun()
  const asked = Array.from({ length: 1 + MOST_WAITING_OF_ONE }, () => search('customer'))
  await settled()
  for (const _ of asked) {
    expect(running).toHaveLength(1)
    await endNext()
  }
  expect(await Promise.all(asked)).toEqual(asked.map(() => 'found for customer'))
})

test('[V16] beyond so many that wait, a member is refused, and nobody else is', async () => {
  const { running, search, endNext } = begun()
  const asked = Array.from({ length: 50 }, () => search('customer'))
  const refused = Promise.allSettled(asked.slice(1 + MOST_WAITING_OF_ONE))
  const owner = search('owner')
  await settled()
  expect(running.map(({ who }) => who)).toEqual(['customer', 'owner'])
  for (const one of await refused) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'rate_limited', retryAfterSeconds: 1 } })
  }
  while (running.length > 0) await endNext()
  expect(await owner).toBe('found for owner')
  const again = search('customer')
  await settled()
  await endNext()
  expect(await again).toBe('found for customer')
})

test('[V16] of all members together a few search at once, and the others have their turn', async () => {
  const { running, search, endNext } = begun()
  const asked = Array.from({ length: 40 }, (_, member) => search(`member ${member}`))
  await settled()
  expect(running).toHaveLength(4)
  while (running.length > 0) {
    await endNext()
    expect(running.length).toBeLessThanOrEqual(4)
  }
  expect(await Promise.all(asked)).toHaveLength(40)
})

test('a search that fails takes nobody’s turn away', async () => {
  const searches = new Searches()
  const failing = () => searches.run('customer', 'w32tgse', () => Promise.reject(new Error('away')))
  const asked = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(failing))
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 'rejected'))
  expect(await searches.run('customer', 'w32tgse', async () => 'found')).toBe('found')
})

/** Everything that does not wait for something has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
