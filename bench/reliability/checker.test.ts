// The judge of the reliability run is of use only if it can say no: each test does to a room what must never happen.
import { expect, test } from 'bun:test'
import type { RoomEvent } from '../../protocol/event.ts'
import { findings } from './checker.ts'
import { hashOf, type RoomEvidence, type Told, toldOf } from './evidence.ts'

const BY = 'speaker@example.com'
const PLAIN = 'plain@example.com'

const log: readonly RoomEvent[] = [1, 2, 3, 4, 5, 6].map((offset) => ({
  ...{ type: 'message', offset, at: offset, text: `text ${offset}` },
  ...(offset % 2 === 1 ? { by: BY, clientId: `id ${offset}` } : { by: PLAIN }),
}))
const told = log.map(toldOf)

function room(changes: Partial<RoomEvidence> = {}): RoomEvidence {
  return {
    ...{ room: 'the room', log, watched: [watcher(told)], spoken: [speaker()], plain: [plain()] },
    ...changes,
  }
}

function watcher(told: RoomEvidence['watched'][number]['told']) {
  return { who: 'a watcher', from: 0, told }
}

function speaker(order = [1, 3, 5]) {
  const taken = order.map((offset) => ({ id: `id ${offset}`, kind: 'message' as const }))
  const accepted = new Map(order.map((offset) => [`id ${offset}`, offset]))
  return { who: 'a speaker', by: BY, taken, accepted, failed: new Map<string, string>() }
}

function plain(offsets = [2, 4, 6]) {
  const said = offsets.map((offset) => hashOf(`text ${offset}`))
  return { who: 'a plain client', by: PLAIN, said, seen: new Set(said), visits: [[1, 2, 3, 4, 5, 6]] }
}

function without(offset: number): readonly RoomEvent[] {
  return log.filter((event) => event.offset !== offset)
}

function kindsIn(changes: Partial<RoomEvidence>): readonly string[] {
  return [...new Set(findings(room(changes)).map(({ kind }) => kind))]
}

test('[R3] where everything is as it should be, nothing is found', () => {
  expect(findings(room())).toEqual([])
})

test('[R3] a lost delivery is found', () => {
  expect(findings(room({ watched: [watcher(told.filter(({ offset }) => offset !== 3))] }))).toEqual([
    { kind: 'lost', sentence: 'the room: a watcher was told 4 where 3 was due' },
  ])
})

test('[R3] the loss of the last delivery is found', () => {
  expect(kindsIn({ watched: [watcher(told.slice(0, -1))] })).toEqual(['lost'])
})

test('[R3] a doubled delivery is found', () => {
  const [first, second, ...others] = told
  expect(findings(room({ watched: [watcher([first, second, second, ...others].filter(isThere))] }))).toEqual([
    { kind: 'doubled', sentence: 'the room: a watcher was told 2 twice' },
  ])
})

test('[R3] two deliveries in the wrong order are found', () => {
  const [first, second, third, ...others] = told
  expect(kindsIn({ watched: [watcher([first, third, second, ...others].filter(isThere))] })).toContain('reordered')
})

test('[R3] a delivery that says something else than the log is found', () => {
  expect(kindsIn({ watched: [watcher(told.with(2, { ...told[0], offset: 3, print: '', text: '' }))] })).toEqual([
    'changed',
  ])
})

test('[R3] what was sent and is not in the log is found, and the hole that it leaves', () => {
  const sentences = findings(room({ log: without(5), watched: [], plain: [] })).map(({ sentence }) => sentence)
  expect(sentences).toEqual([
    'the room: the log has offset 6 where 5 was due',
    'the room: the message id 5 of a speaker was sent as 5, and is not in the log',
  ])
})

test('[R4] what an outbox took is found when it is lost without an answer, and when it is given back', () => {
  const { taken, accepted, ...rest } = speaker()
  const unanswered = { ...rest, taken: [...taken, { id: 'id 7', kind: 'message' as const }], accepted }
  expect(kindsIn({ spoken: [unanswered] })).toEqual(['lost'])
  expect(kindsIn({ spoken: [{ ...unanswered, failed: new Map([['id 7', 'unsure']]) }] })).toEqual(['lost'])
})

test('[R2] a change may be given back where its message may be another one, and for no other reason', () => {
  const { taken, ...rest } = speaker()
  const edit = { id: 'id 7', kind: 'edited' as const }
  const givenBack = (code: string) => [{ ...rest, taken: [...taken, edit], failed: new Map([['id 7', code]]) }]
  expect(kindsIn({ spoken: givenBack('replaced') })).toEqual([])
  expect(kindsIn({ spoken: givenBack('unsure') })).toEqual(['lost'])
})

test('[R4] what is in the log twice under one client id is found', () => {
  const again = { ...log[0], type: 'message', offset: 7, at: 7, by: BY, text: 'text 1', clientId: 'id 1' } as const
  expect(kindsIn({ log: [...log, again], watched: [watcher([...told, toldOf(again)])] })).toContain('doubled')
})

test('[R3] what the log has in another order than its author wrote is found', () => {
  expect(kindsIn({ spoken: [speaker([3, 1, 5])] })).toEqual(['reordered'])
})

test('[P1] what came back to a plain client and is lost, doubled or reordered is found', () => {
  const never = hashOf('never stored')
  const { said, seen, ...rest } = plain()
  expect(kindsIn({ plain: [{ ...rest, said: [...said, never], seen: new Set([...seen, never]) }] })).toEqual(['lost'])
  expect(kindsIn({ plain: [{ ...rest, said: [...said, never], seen }] })).toEqual([])
  const again = { type: 'message', offset: 7, at: 7, by: PLAIN, text: 'text 2' } as const
  expect(kindsIn({ log: [...log, again], watched: [] })).toEqual(['doubled'])
  expect(kindsIn({ plain: [plain([4, 2, 6])] })).toEqual(['reordered'])
})

test('[P1] a connection of a plain client on which a message is lost, doubled or late is found', () => {
  expect(kindsIn({ plain: [{ ...plain(), visits: [[1, 2, 4, 5]] }] })).toEqual(['lost'])
  expect(kindsIn({ plain: [{ ...plain(), visits: [[1, 2, 2, 3]] }] })).toEqual(['doubled'])
  expect(kindsIn({ plain: [{ ...plain(), visits: [[1, 3, 2, 4]] }] })).toEqual(['reordered'])
})

test('[V3] whoever starts afresh in the same epoch was lost on the way; in another one, only what was not shown', () => {
  const jump = { from: 2, to: 4, sameEpoch: false, shown: new Set([3, 4]) }
  const around = (over: object) => [watcher([...told.slice(0, 2), { ...jump, ...over }, ...told.slice(4)])]
  expect(kindsIn({ watched: around({}) })).toEqual([])
  expect(kindsIn({ watched: around({ sameEpoch: true }) })).toEqual(['lost'])
  expect(kindsIn({ watched: around({ shown: new Set([4]) }) })).toEqual(['lost'])
})

function isThere(one: Told | undefined): one is Told {
  return one !== undefined
}
