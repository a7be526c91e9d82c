// Looking back: pages of history in both directions, and search by words.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { searchAll, walk } from './support/v1-pages.ts'
import { come, offsetsBetween, V1Place } from './support/v1-place.ts'

/** Words that a search is made of, or that would mean something to a database. */
const SYNTAX = [
  '"',
  '""',
  "'",
  '*',
  'a*',
  '^one',
  'NEAR(',
  'NEAR(a b)',
  'OR',
  'AND',
  'NOT',
  '-',
  '-one',
  '+',
  '(',
  ')',
  ':',
]
const MORE_SYNTAX = [
  'text:one',
  'room:one',
  '{text}: one',
  ';',
  '%',
  '_',
  '\\',
  '\0',
  'one" OR "',
  ') OR (',
  "'; DROP TABLE event",
]
const NOTHING = ['', ' ', '\n', '?!', '👍', '…', '\u0301', '\u200b', '\ud800', '--', '/*', '"*"', '(*)']

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V9] 250 messages with other events in between come page by page, back and forth, without a hole or a double', async () => {
  const { owner, customer } = await place.meet()
  for (let batch = 0; batch < 25; batch++) {
    const { offset } = await owner.pour(
      offsetsBetween(batch * 10, batch * 10 + 10).map((number) => `message ${number}`),
    )
    await customer.change({ type: 'react', message: String(offset - (batch % 5)), emoji: '👍', on: true })
    if (batch % 3 === 0) await owner.change({ type: 'delete', message: String(offset - 7) })
  }
  const all = await walk(owner, 'back', 100)
  const ids = all.map(({ id }) => Number(id))
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  expect(all).toHaveLength(250)
  const deleted = all.flatMap((message, index) => (message.deleted ? [index] : []))
  expect(deleted).toEqual(offsetsBetween(-1, 8).map((number) => number * 30 + 2))
  const texts = all.map((_, index) => (deleted.includes(index) ? '' : `message ${index + 1}`))
  expect(all.map(({ text }) => text)).toEqual(texts)
  for (const limit of [1, 7, 50, 99, 100]) {
    expect(await walk(owner, 'back', limit)).toEqual(all)
    expect(await walk(owner, 'forth', limit)).toEqual(all)
  }
})

test('[V9] both bounds are exclusive, may stand anywhere, and more says whether there is more in that direction', async () => {
  const { owner } = await place.meet()
  await owner.pour(offsetsBetween(0, 120).map(String))
  const page = async (range: Readonly<Record<string, number>>) => {
    const { messages, more } = await owner.history(range)
    return [messages.map(({ id }) => Number(id)), more]
  }
  expect(await page({ limit: 3 })).toEqual([[118, 119, 120], true])
  expect(await page({ before: 4 })).toEqual([[1, 2, 3], false])
  expect(await page({ before: 4, limit: 3 })).toEqual([[1, 2, 3], false])
  expect(await page({ before: 4, limit: 2 })).toEqual([[2, 3], true])
  expect(await page({ before: 10 ** 15, limit: 2 })).toEqual([[119, 120], true])
  expect(await page({ before: 1 })).toEqual([[], false])
  expect(await page({ before: 0 })).toEqual([[], false])
  expect(await page({ after: 117 })).toEqual([[118, 119, 120], false])
  expect(await page({ after: 117, limit: 3 })).toEqual([[118, 119, 120], false])
  expect(await page({ after: 117, limit: 2 })).toEqual([[118, 119], true])
  expect(await page({ after: 0, limit: 2 })).toEqual([[1, 2], true])
  expect(await page({ after: 120 })).toEqual([[], false])
  expect(await page({ after: 10 ** 15 })).toEqual([[], false])
  expect(await page({ after: 10, before: 14 })).toEqual([[11, 12, 13], false])
  expect(await page({ after: 10, before: 14, limit: 2 })).toEqual([[11, 12], true])
  expect(await page({ after: 14, before: 10 })).toEqual([[], false])
  expect(await page({ after: 10, before: 11 })).toEqual([[], false])
})

test('[V9] [V12] a page holds at most 100, whatever is asked for, and an empty room has an empty one', async () => {
  const { owner } = await place.meet()
  expect(await owner.history()).toEqual({ type: 'history', id: expect.any(String), messages: [], more: false } as never)
  await owner.pour(offsetsBetween(0, 120).map(String))
  for (const limit of [100, 101, 1_000, Number.MAX_SAFE_INTEGER]) {
    const { messages, more } = await owner.history({ limit })
    expect([limit, messages.length, more]).toEqual([limit, owner.welcome.limits.history_page, true])
    const found = await owner.search('1', { limit })
    expect([limit, found.messages.length, found.more]).toEqual([limit, 1, false])
  }
  expect((await owner.history()).messages.length).toBeLessThanOrEqual(100)
})

test('[V9] pages of messages as long as can be are shorter, say that there is more, and close nobody', async () => {
  const { room, owner } = await place.meet()
  // The last ones become six times as long in JSON.
  const longest = (number: number) =>
    `${String(number).padStart(3)} needle ${(number > 80 ? '\u0001' : 'x').repeat(16_384 - 11)}`
  for (let batch = 0; batch < 10; batch++) {
    await owner.pour(offsetsBetween(batch * 10, batch * 10 + 10).map(longest))
  }
  const texts = offsetsBetween(0, 100).map(longest)
  const reader = await come(place.people.guest, room)
  const page = await reader.history({ limit: 100 })
  expect(page.more).toBe(true)
  expect(page.messages.length).toBeLessThan(100)
  expect(page.messages.at(-1)?.id).toBe('100')
  for (const direction of ['back', 'forth'] as const) {
    const all = await walk(reader, direction, 100)
    expect(all.map(({ text }) => text)).toEqual(texts)
  }
  const found = await searchAll(reader, 'needle', 100)
  expect(found.map(({ text }) => text)).toEqual(texts.toReversed())
  expect(reader.isOpen).toBe(true)
})

test('[V9] search finds whole words, all of them, in any case and with or without accents, newest first', async () => {
  const { owner, customer } = await place.meet()
  await customer.say('Die Käsekuchen-Bestellung ist da')
  await customer.say('Ein Café, zwei Cafés; ÄPFEL und Öl')
  await owner.say('kasekuchen ohne Apfel')
  await customer.say('Việt Nam, Ålesund, Çeşme, İzmir')
  const found = async (query: string) => (await owner.search(query)).messages.map(({ id }) => Number(id))
  expect(await found('käsekuchen')).toEqual([3, 1])
  expect(await found('KASEKUCHEN')).toEqual([3, 1])
  expect(await found('KÄSEKUCHEN bestellung')).toEqual([1])
  expect(await found('bestellung da ist die käsekuchen')).toEqual([1])
  expect(await found('käsekuchen öl')).toEqual([])
  expect(await found('apfel')).toEqual([3, 2])
  expect(await found('äpfel')).toEqual([3, 2])
  expect(await found('cafe')).toEqual([2])
  expect(await found('cafe\u0301')).toEqual([2])
  expect(await found('CAFÉS ol')).toEqual([2])
  expect(await found('viet alesund cesme')).toEqual([4])
  expect(await found('kuchen')).toEqual([])
  expect(await found('Käse')).toEqual([])
  expect(await found('Käsekuchen-Bestellung!')).toEqual([1])
  expect((await owner.search('cafe')).messages).toEqual([await owner.message('2')])
})

test('[V9] case and accents are ignored in every script that has them', async () => {
  const { owner } = await place.meet()
  const pairs = [
    ['Αθήνα', 'αθηνα'],
    ['Αθήνα', 'ΑΘΗΝΑ'],
    ['Ёлка', 'елка'],
    ['Ёлка', 'ЕЛКА'],
    ['GRÜẞE', 'grüße'],
    ['Łódź', 'łodz'],
    ['Ünlü', 'ÜNLÜ'],
    ['naïve', 'NAIVE'],
    ['e\u0301te\u0301', 'été'],
  ] as const
  for (const [text] of pairs) await owner.say(text)
  const missed: string[] = []
  for (const [index, [text, query]] of pairs.entries()) {
    const { messages } = await owner.search(query)
    if (!messages.some(({ id }) => id === String(index + 1))) missed.push(`${query} does not find ${text}`)
  }
  expect(missed).toEqual([])
})

test('[V9] search sees messages as they are now: edited ones by their new words, deleted ones not at all', async () => {
  const { room, owner, customer } = await place.meet()
  const found = async (query: string) => (await owner.search(query)).messages.map(({ id }) => Number(id))
  for (const text of ['alpha', 'alpha beta', 'alpha gamma']) await customer.say(text)
  expect(await found('alpha')).toEqual([3, 2, 1])
  await customer.change({ type: 'edit', message: '1', text: 'delta' })
  await customer.change({ type: 'delete', message: '2' })
  expect(await found('alpha')).toEqual([3])
  expect(await found('delta')).toEqual([1])
  expect(await found('beta')).toEqual([])
  await customer.change({ type: 'edit', message: '1', text: 'alpha again' })
  expect(await found('alpha')).toEqual([3, 1])
  expect((await owner.search('alpha')).messages).toEqual(
    (await owner.history()).messages.filter(({ text }) => text).reverse(),
  )
  await (await place.people.customer.open(room)).say('alpha of a phone')
  expect(await found('alpha')).toEqual([7, 3, 1])
})

test('[V9] a search goes on before an offset, and finds each message once', async () => {
  const { owner, customer } = await place.meet()
  await owner.pour(offsetsBetween(0, 60).map((number) => (number % 2 ? `odd ${number}` : `even ${number}`)))
  for (const message of ['11', '13', '60']) await owner.change({ type: 'delete', message })
  await customer.change({ type: 'react', message: '15', emoji: '👍', on: true })
  await owner.say('odd one out')
  const odd = [
    65,
    ...offsetsBetween(0, 60)
      .filter((number) => number % 2 && ![11, 13].includes(number))
      .reverse(),
  ]
  for (const limit of [1, 7, 29, 30, 100]) {
    expect((await searchAll(owner, 'odd', limit)).map(({ id }) => Number(id))).toEqual(odd)
  }
  const ids = async (before: number) => (await owner.search('odd', { before })).messages.map(({ id }) => Number(id))
  expect(await ids(16)).toEqual([15, 9, 7, 5, 3, 1])
  expect(await ids(15)).toEqual([9, 7, 5, 3, 1])
  expect(await ids(10 ** 15)).toEqual(odd)
  for (const before of [0, 1])
    expect(await owner.search('odd', { before })).toMatchObject({ messages: [], more: false })
})

test('[V9] what is said in one room is never found in another', async () => {
  const rooms = [await place.meet(), await place.meet(), await place.meet()]
  for (const [index, { owner }] of rooms.entries()) await owner.say(`shared word, only${index}`)
  for (const [index, { owner }] of rooms.entries()) {
    expect((await owner.search('shared word')).messages.map(({ text }) => text)).toEqual([`shared word, only${index}`])
    for (const query of ['only0', 'only1', 'only2']) {
      expect((await owner.search(query)).messages).toHaveLength(query === `only${index}` ? 1 : 0)
    }
    for (let number = 0; number < 60; number++) {
      expect((await owner.search(`room${number}`)).messages).toEqual([])
    }
  }
})

test('[V9] a query is words and nothing else: whatever it holds is no syntax, and is answered', async () => {
  const { owner } = await place.meet()
  for (const text of ['one', 'a b c', 'AND OR NOT NEAR text room event', 'DROP TABLE']) await owner.say(text)
  for (const query of [...SYNTAX, ...MORE_SYNTAX, ...NOTHING]) {
    const { messages, more } = await owner.search(query)
    const words = (query.toLowerCase().match(/[a-z]+/g) ?? []) as string[]
    const expected =
      words.length === 0 ? [] : (await owner.history()).messages.filter(({ text }) => hasAll(text, words))
    expect([query, messages.map(({ text }) => text), more]).toEqual([
      query,
      expected.map(({ text }) => text).reverse(),
      false,
    ])
  }
})

test('[V9] a query has up to 200 characters', async () => {
  const { owner } = await place.meet()
  const word = 'x'.repeat(200)
  await owner.say(`${word} y`)
  expect((await owner.search(word)).messages).toHaveLength(1)
  const many = 'y '.repeat(100)
  expect((await owner.search(many)).messages).toHaveLength(1)
  for (const query of [`${word}x`, `${many}y`]) {
    const refused = await owner.refusal({ type: 'search', query })
    expect(refused).toMatchObject({ code: 'bad_frame', message: expect.stringContaining('"query"') })
  }
})

function hasAll(text: string, words: readonly string[]): boolean {
  const own = text.toLowerCase().split(/[^a-z]+/)
  return words.every((word) => own.includes(word))
}
