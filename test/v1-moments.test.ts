// History from a moment on: somebody jumps to a day, and goes on from there in both directions.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { V1Socket } from './support/v1.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

const instant = (at: number) => new Date(at).toISOString()

/** The ids of a page, whether there are more, and where it begins. */
async function pageFrom(socket: V1Socket, from: string, limit = 100) {
  const { messages, more, after } = await socket.history({ from, limit })
  return [messages.map(({ id }) => Number(id)), more, after] as const
}

test('[V18] a page from a moment on holds the first messages said then or later, and says where it begins', async () => {
  const { owner, customer } = await place.meet()
  const times: number[] = []
  for (let number = 1; number <= 12; number++) {
    times.push(Date.parse((await owner.say(`message ${number}`)).at))
    if (number % 3 === 0) await customer.change({ type: 'react', message: '1', emoji: '👍', on: number % 2 === 0 })
  }
  const ids = (await owner.history()).messages.map(({ id }) => Number(id))
  for (const [index, at] of times.entries()) {
    const [before, from] = [ids[index - 1] ?? 0, ids.slice(index)]
    expect(await pageFrom(owner, instant(at))).toEqual([from, false, before])
    expect(await pageFrom(owner, instant(at), 4)).toEqual([from.slice(0, 4), from.length > 4, before])
    // Both directions go on from there without a hole or a double.
    const older = await owner.history({ before: before + 1 })
    expect(older.messages.map(({ id }) => Number(id))).toEqual(ids.slice(0, index))
  }
  const { messages } = await owner.history({ from: instant(times[4] ?? 0), limit: 1 })
  expect(messages).toEqual([await owner.message(String(ids[4]))])
})

test('[V18] before everything the page begins at 0, and after everything it is empty and ends where the log does', async () => {
  const { owner } = await place.meet()
  expect(await pageFrom(owner, '2026-05-04T00:00:00Z')).toEqual([[], false, 0])
  const { at } = await owner.pour(offsetsBetween(0, 120).map(String))
  expect(await pageFrom(owner, '0001-01-01T00:00:00Z')).toEqual([offsetsBetween(0, 100), true, 0])
  for (const from of [instant(Date.parse(at) + 1), '9999-12-31T23:59:59Z']) {
    expect(await pageFrom(owner, from)).toEqual([[], false, 120])
  }
  const ordinary = await owner.history({ after: 118 })
  expect('after' in ordinary).toBe(false)
})

test('[V18] every way to write an instant in UTC is understood, to the last digit', async () => {
  const { owner } = await place.meet()
  await owner.pour(['one', 'two'])
  const { at } = await owner.say('three')
  const [second, digits] = [at.slice(0, 19), at.slice(20, 23)]
  const same = [
    `${at}`,
    at.toLowerCase(),
    `${second}.${digits}000Z`,
    `${second}.${digits}+00:00`,
    `${second}.${digits}-00:00`,
  ]
  for (const from of same) expect([from, ...(await pageFrom(owner, from))]).toEqual([from, [3], false, 2])
  // A moment between two milliseconds is later than the first of them.
  expect(await pageFrom(owner, `${second}.${digits}0001Z`)).toEqual([[], false, 3])
})

test('[V18] deleted messages keep their place, and long ones make the page shorter', async () => {
  const { owner } = await place.meet()
  await owner.say('before')
  const { at } = await owner.say('taken back')
  await owner.change({ type: 'delete', message: '2' })
  await owner.pour(Array.from({ length: 20 }, () => 'x'.repeat(16_000)))
  const { messages, more, after } = await owner.history({ from: at, limit: 100 })
  expect([messages[0]?.id, messages[0]?.deleted, more, after]).toEqual(['2', true, true, 1])
  expect(messages.length).toBeLessThan(20)
})

test('[V10] [V18] what is no instant in UTC, or stands beside an offset, is refused by its name', async () => {
  const { owner } = await place.meet()
  const wrong = [
    { from: 'yesterday' },
    { from: 0 },
    { from: '2026-02-30T00:00:00Z' },
    { from: '2026-05-04T00:00:00+02:00' },
  ]
  const beside = [{ before: 5 }, { after: 5 }, { before: 0, after: 0 }].map((range) => ({
    from: '2026-05-04T00:00:00Z',
    ...range,
  }))
  for (const range of [...wrong, ...beside]) {
    const refused = await owner.refusal({ type: 'history', ...range })
    expect(refused).toMatchObject({ code: 'bad_frame', message: expect.stringContaining('"from"') })
  }
  expect(owner.isOpen).toBe(true)
})

test('[V18] a moment is found while others talk', async () => {
  const { room, owner, customer } = await place.meet()
  await owner.pour(offsetsBetween(0, 50).map(String))
  const { at } = await owner.say('here')
  const talking = customer.pour(offsetsBetween(0, 300).map((number) => `after ${number}`))
  const reader = await come(place.people.guest, room)
  for (let turn = 0; turn < 20; turn++) {
    const [ids, , after] = await pageFrom(reader, at, 1)
    expect([ids, after]).toEqual([[51], 50])
  }
  await talking
})
