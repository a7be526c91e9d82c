// Who is elsewhere, by a clock in the hand of the test: the latest statement holds, for as long as it was given.
import { expect, test } from 'bun:test'
import { Elsewhere } from './presence.ts'

const EVERY = 100
const LEASE = 250

function elsewhere(): Elsewhere {
  return new Elsewhere((speaker) => speaker.startsWith('us.'), 0)
}

/** What Redis answers: of each speaker the turn, the milliseconds left, and the emails. */
function answer(...rows: readonly [speaker: string, turn: number, left: number, ...emails: string[]][]) {
  return rows.map(([speaker, turn, left, ...emails]) => [speaker, turn, left, JSON.stringify(emails)])
}

test('[V7] an answer that was overtaken by a later statement changes nothing, whether somebody came or left', () => {
  const room = elsewhere()
  room.state('a.1', { turn: 3, emails: ['ann'], holdsUntil: LEASE })
  room.read(answer(['a.1', 2, LEASE]), 10, EVERY)
  expect([...room.emails]).toEqual(['ann'])
  room.state('a.1', { turn: 4, emails: [], holdsUntil: LEASE })
  room.read(answer(['a.1', 3, LEASE, 'ann']), 20, EVERY)
  expect([...room.emails]).toEqual([])
})

test('[V7] what this process says itself is not elsewhere', () => {
  const room = elsewhere()
  room.read(answer(['us.1', 1, LEASE, 'me'], ['us.2', 1, LEASE, 'me too'], ['a.1', 1, LEASE, 'ann']), 0, EVERY)
  expect([...room.emails]).toEqual(['ann'])
})

test('[V7] a statement holds for as long as it was given, and not a beat longer', () => {
  const room = elsewhere()
  room.read(answer(['a.1', 1, 150, 'ann']), 0, EVERY)
  room.read([], 100, EVERY)
  expect([...room.emails]).toEqual(['ann'])
  room.read([], 150, EVERY)
  expect([...room.emails]).toEqual([])
})

test('[V7] time in which Redis answered nobody takes nothing away from what was stated', () => {
  const room = elsewhere()
  room.read(answer(['a.1', 1, LEASE, 'ann']), 0, EVERY)
  room.read([], 60_000, EVERY)
  expect([...room.emails]).toEqual(['ann'])
  room.read([], 60_100, EVERY)
  expect([...room.emails]).toEqual(['ann'])
  room.read([], 60_200, EVERY)
  expect([...room.emails]).toEqual([])
})
