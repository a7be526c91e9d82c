// Passwords guessed by the thousand: from one address and from many, one after the other and all at once.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { availableParallelism } from 'node:os'
import { meanwhile } from '../support/meanwhile.ts'
import { type MeetingPlace, openMeetingPlace } from '../support/meeting.ts'
import { CUSTOMER, PASSWORD, SCRUM_MASTER } from '../support/people.ts'

const GUESSES = 10_000
const ADDRESSES = 1_000
const FAILURES = 10
const PROXY = '127.0.0.1'
/** After each one more is checked, however long the guesses take on a busy machine. */
const WAIT_MILLISECONDS = 60_000
/** Those that are checked at the same moment cannot know of each other. */
const AT_ONCE = Math.min(4, availableParallelism())

let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace({ TRUSTED_PROXIES: PROXY })
})
afterAll(() => place.remove())

/** One try, as a proxy hands it on: thousands of addresses need no thousands of interfaces. */
async function guess(email: string, password: string, address: string): Promise<string> {
  const answer = await fetch(`${place.server.origin}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ email, password }),
  })
  await answer.arrayBuffer()
  if (answer.status === 429 || answer.status === 503) expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
  return String(answer.status)
}

/** So many tries by so many hands; gives back how often each status came. */
async function guesses(
  count: number,
  hands: number,
  one: (number: number) => Promise<string>,
): Promise<ReadonlyMap<string, number>> {
  const statuses = new Map<string, number>()
  let next = 0
  const hand = async () => {
    for (let number = next++; number < count; number = next++) {
      const status = await one(number)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: hands }, hand))
  return statuses
}

test(`[L6] of ${GUESSES} wrong passwords one after the other ten are checked, and people talk on`, async () => {
  const began = performance.now()
  const answers = await meanwhile(place, () =>
    guesses(GUESSES, 1, (number) => guess(CUSTOMER, `guess ${number}`, '198.51.100.1')),
  )
  const waited = Math.floor((performance.now() - began) / WAIT_MILLISECONDS)
  const checked = answers.get('401') ?? 0
  expect(checked).toBeWithin(FAILURES, FAILURES + waited + 1)
  expect(answers.get('429')).toBe(GUESSES - checked)
  expect(await guess(CUSTOMER, PASSWORD, '198.51.100.2')).toBe('200')
})

test(`[L6] of ${GUESSES} wrong passwords by 200 hands hardly more are checked, and people talk on`, async () => {
  const began = performance.now()
  const answers = await meanwhile(place, () =>
    guesses(GUESSES, 200, (number) => guess(SCRUM_MASTER, `guess ${number}`, '198.51.100.3')),
  )
  const waited = Math.floor((performance.now() - began) / WAIT_MILLISECONDS)
  expect(answers.get('401')).toBeWithin(FAILURES, FAILURES + AT_ONCE + waited + 1)
  expect([...answers.keys()].filter((status) => !['401', '429', '503'].includes(status))).toEqual([])
  expect(await guess(SCRUM_MASTER, PASSWORD, '198.51.100.4')).toBe('200')
})

test(`[L6] ${ADDRESSES} addresses that guess at one account have one failure each, and its owner gets in from home and from anywhere`, async () => {
  const home = '203.0.113.5'
  expect(await guess(CUSTOMER, PASSWORD, home)).toBe('200')
  const addressOf = (number: number) => `100.64.${(number % ADDRESSES) >> 8}.${(number % ADDRESSES) & 255}`
  let owner: Promise<string> | undefined
  const answers = await meanwhile(place, () =>
    guesses(3 * ADDRESSES, 20, (number) => {
      if (number === ADDRESSES) owner = guess(CUSTOMER, PASSWORD, home)
      return guess(CUSTOMER, `guess ${number}`, addressOf(number))
    }),
  )
  expect(await owner).toBe('200')
  // Besides one each: what went through before it was clear that the account is guessed at.
  expect(answers.get('401') ?? 0).toBeLessThanOrEqual(ADDRESSES + FAILURES * 5 + AT_ONCE)
  expect((answers.get('429') ?? 0) + (answers.get('503') ?? 0)).toBeGreaterThan(1.5 * ADDRESSES)
  expect(await guess(CUSTOMER, PASSWORD, '203.0.113.77')).toBe('200')
})

test('[L6] a crowd that guesses at one account from everywhere does not make others wait for their turn', async () => {
  const answers = await meanwhile(place, async () => {
    const crowd = guesses(1_500, 300, (number) =>
      guess(SCRUM_MASTER, `guess ${number}`, `100.65.${number >> 8}.${number & 255}`),
    )
    const own: string[] = []
    for (let visitor = 0; visitor < 10; visitor++)
      own.push(await guess(CUSTOMER, PASSWORD, `203.0.113.${100 + visitor}`))
    await crowd
    return own
  })
  expect(answers).toEqual(Array<string>(10).fill('200'))
})
