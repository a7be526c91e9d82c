// Searching and forgetting in Redis: whole words only, whatever was edited or deleted, over all the keys that hold a room's words.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import type { Change } from '../../../protocol/event.ts'
import { RedisServer } from '../../../test/support/redis.ts'
import type { Log } from '../../ports/log.ts'
import { keysOf, WORDS_SEGMENT } from './keys.ts'
import { parseAddress } from './lines/address.ts'
import { type Connection, connect } from './lines/connection.ts'
import { redisLog } from './log.ts'
import { redisSearch } from './search.ts'

const MEMBER = 'customer@example.com'
/** What somebody might name a room to get at the keys of another. */
const ROOMS = ['w32tgse', '}:{', '{room:w32tgse}', 'a%7Db', '*', "x' .. redis.call('FLUSHALL') .. '", '\u0000', 'ö 🎉']
const ROOM = ROOMS[0] ?? ''

let redis: RedisServer
let connection: Connection
let log: Log

beforeAll(async () => {
  redis = await RedisServer.start({ appendonly: false })
  connection = await connect(parseAddress(redis.url))
  log = redisLog(connection, Date.now, (bytes) => randomBytes(bytes).toString('base64url'))
})
beforeEach(() => redis.flush())
afterAll(async () => {
  connection?.close()
  await redis?.remove()
})

const append = async (change: Change, room = ROOM) => (await log.append(room, { ...change, by: MEMBER })).event
const say = (text: string, room = ROOM) => append({ type: 'message', text }, room)
const edit = (message: string, text: string) => append({ type: 'edited', message, text })
const remove = (message: string) => append({ type: 'deleted', message })
const found = async (query: string, range: { before?: number; limit?: number } = {}) => {
  const { messages, more, before } = await log.search(ROOM, query, { limit: 10, ...range })
  return [messages.map(({ id }) => Number(id)), more, before]
}

describe('search', () => {
  test('[V9] words are found whole, and not as parts of others, nor across messages', async () => {
    for (const text of ['foot', 'foo', 'football foo', 'a foo-t', '3 4', 'bar', 'foo.bar']) await say(text)
    expect(await found('foo')).toEqual([[7, 4, 3, 2], false, undefined])
    expect(await found('foot')).toEqual([[1], false, undefined])
    expect(await found('foo bar')).toEqual([[7], false, undefined])
    expect(await found('bar FOO')).toEqual([[7], false, undefined])
    expect(await found('foo foo')).toEqual([[7, 4, 3, 2], false, undefined])
    for (const id of ['1', '2', '7']) expect(await found(id)).toEqual([[], false, undefined]) // Ids are no words.
    expect(await found('4')).toEqual([[5], false, undefined])
  })

  test('[V9] pages of what was found follow each other without hole or double', async () => {
    for (let turn = 1; turn <= 25; turn++) await say(turn % 2 === 0 ? 'even' : 'odd')
    expect(await found('even', { limit: 5 })).toEqual([[24, 22, 20, 18, 16], true, 16])
    expect(await found('even', { limit: 5, before: 16 })).toEqual([[14, 12, 10, 8, 6], true, 6])
    expect(await found('even', { limit: 5, before: 6 })).toEqual([[4, 2], false, undefined])
    expect(await found('even', { limit: 2, before: 6 })).toEqual([[4, 2], false, undefined])
    for (const before of [0, 1, 2]) expect(await found('even', { before })).toEqual([[], false, undefined])
    expect(await found('odd', { limit: 1, before: Number.MAX_SAFE_INTEGER })).toEqual([[25], true, 25])
  })

  test('[V9] an edited message is found by what it says now, however often and however long', async () => {
    for (const text of ['first words', 'second words', 'third words']) await say(text)
    const texts = [
      'short',
      `${'much longer '.repeat(50)}words`,
      'words',
      '',
      `${'longest of all '.repeat(200)}`,
      'words 1',
    ]
    for (const text of texts) {
      await edit('2', text)
      const words = text.split(' ').filter(Boolean)
      for (const word of words.slice(0, 3)) expect((await found(word))[0]).toContain(2)
      expect((await found('second'))[0]).toEqual([])
      expect((await found('words'))[0]).toEqual(words.includes('words') ? [3, 2, 1] : [3, 1])
    }
    // An edit that fits lies where the one before lay.
    const length = await redis.cli('STRLEN', `${keysOf(ROOM).words}0`)
    for (let turn = 0; turn < 20; turn++) await edit('2', `words ${turn}`)
    expect(await redis.cli('STRLEN', `${keysOf(ROOM).words}0`)).toBe(length)
  })

  test('[V9] many ever longer edits do not pile up', async () => {
    await say('x')
    for (let length = 1; length <= 400; length++) await edit('1', 'y'.repeat(length))
    expect(Number(await redis.cli('STRLEN', `${keysOf(ROOM).words}0`))).toBeLessThan(2_000)
    expect(await found('y'.repeat(400))).toEqual([[1], false, undefined])
    expect(await found('y'.repeat(399))).toEqual([[], false, undefined])
  })

  test('[V9] words are found over the borders of the keys that hold them', async () => {
    const many = 3 * WORDS_SEGMENT
    await Promise.all(Array.from({ length: many }, (_, turn) => say(`common number${turn + 1}`)))
    const all: number[] = []
    for (let before: number | undefined, more = true; more; before = all.at(-1)) {
      const page = await log.search(ROOM, 'common', { limit: 100, ...(before === undefined ? {} : { before }) })
      all.push(...page.messages.map(({ id }) => Number(id)))
      more = page.more
    }
    expect(all).toEqual(Array.from({ length: many }, (_, turn) => many - turn))
    const border = all.filter((id) => id % WORDS_SEGMENT <= 1 || id % WORDS_SEGMENT === WORDS_SEGMENT - 1)
    const { messages } = await log.page(ROOM, { limit: many })
    for (const id of border) {
      const [word = ''] = messages[id - 1]?.text.split(' ').slice(1) ?? []
      expect(await found(word)).toEqual([[id], false, undefined])
      expect(await found(word, { before: id })).toEqual([[], false, undefined])
      expect(await found(word, { before: id + 1 })).toEqual([[id], false, undefined])
    }
  })

  test('[V9] a room of few messages and very many other events is searched all the same', async () => {
    await say('needle')
    await redis.cli('HSET', keysOf(ROOM).meta, 'end', 3_000_000) // As if there had been so many reactions since.
    await log.append(ROOM, { type: 'message', by: MEMBER, text: 'hay' })
    let [ids, more, before] = await found('needle')
    for (let turn = 0; more && turn < 5; turn++) [ids, more, before] = await found('needle', { before: Number(before) })
    expect([ids, more]).toEqual([[1], false])
  })

  test('[V9] no answer of Redis holds more than a little, however long the messages are, and the newest come first', async () => {
    const answers: number[] = []
    const measured: Pick<Connection, 'run' | 'send'> = {
      send: (...asked) => connection.send(...asked),
      run: async (...asked) => {
        const reply = await connection.run(...asked)
        answers.push(Buffer.byteLength(JSON.stringify(reply)))
        return reply
      },
    }
    const filler = 'größer '.repeat(1_000)
    for (let id = 1; id <= 300; id++) await say(`${filler} number${id}${id % 50 === 0 ? ' sought' : ''}`)
    for (const id of [100, 7, 250]) await edit(`${id}`, `${filler.repeat(4)} edited sought`) // They move to the end.
    const search = redisSearch(measured)
    const { messages, more } = await search.find(ROOM, 'sought', { limit: 10 })
    expect([messages.map(({ id }) => Number(id)), more]).toEqual([[300, 250, 200, 150, 100, 50, 7], false])
    for (const id of [1, 50, 99, 101, 299]) {
      const { messages } = await search.find(ROOM, `number${id} größer`, { limit: 10 })
      expect(messages.map((message) => message.id)).toEqual([`${id}`])
    }
    expect(Math.max(...answers)).toBeLessThan(600_000)
  })

  test('[V9] a line that is longer than an answer should be is read whole', async () => {
    const long = redisLog(connection, Date.now, (bytes) => randomBytes(bytes).toString('base64url'))
    for (let id = 1; id <= 3; id++) {
      await long.append(ROOM, { type: 'message', by: MEMBER, text: `${'語'.repeat(60_000)} last${id}` })
    }
    for (const id of [1, 2, 3]) expect((await found(`last${id}`))[0]).toEqual([id])
  })

  test('[V9] a very long message is found by its beginning', async () => {
    await say(`alpha ${'filler '.repeat(20_000)} omega`)
    expect(await found('alpha filler')).toEqual([[1], false, undefined])
    expect(await found('omega')).toEqual([[], false, undefined])
  })
})

describe('forgetting', () => {
  test('[V5] what a deleted message said is nowhere in Redis any more', async () => {
    const dump = async () => {
      const keys = (await redis.cli('KEYS', '*')).split('\n')
      const values = await Promise.all(keys.map((key) => redis.cli('EVAL', DUMP, 1, key)))
      return values.join('\n').toLowerCase()
    }
    await say('an onion')
    await append({ type: 'message', text: 'Sécret one', replyTo: '1' })
    for (const text of ['sécret two and more of it', 'sécret', 'secret three']) await edit('2', text)
    await append({ type: 'reacted', message: '2', emoji: '👍', on: true })
    for (const spelling of ['secret', 'sécret']) expect(await dump()).toContain(spelling)
    await remove('2')
    expect(await dump()).not.toMatch(/s[eé]cret/)
    expect(await dump()).toContain('onion')
    expect(await found('secret')).toEqual([[], false, undefined])
    const { messages } = await log.page(ROOM, { limit: 9 })
    expect(messages[1]).toMatchObject({ id: '2', text: '', replyTo: '1', deleted: true, reactions: {} })
  })
})

describe('edits', () => {
  const { events, messages, edits } = keysOf(ROOM)

  test('a message does not grow with the number of its edits', async () => {
    await say('secret')
    await edit('1', 'secret too')
    const size = await redis.cli('HSTRLEN', messages, 1)
    for (let turn = 0; turn < 50; turn++) await edit('1', 'secret too')
    expect(await redis.cli('HSTRLEN', messages, 1)).toBe(size)
  })

  test('[V14] edits that an earlier version kept with the message are forgotten with the others', async () => {
    for (const next of ['edited', 'deleted'] as const) {
      await redis.flush()
      await say('secret 1')
      for (const text of ['secret 2', 'secret 3']) await edit('1', text)
      const written = await redis.cli('HGET', messages, 1)
      await redis.cli('HSET', messages, 1, written.replace('{', '{"edits":[2,3],'))
      await redis.cli('DEL', `${edits}1`)
      if (next === 'edited') await edit('1', 'secret 4')
      await remove('1')
      expect(await redis.cli('HVALS', events)).not.toContain('secret')
      expect(await redis.cli('HGET', messages, 1)).not.toContain('edits')
      expect(await redis.cli('EXISTS', `${edits}1`)).toBe('0')
    }
  })
})

describe('hostile names and texts', () => {
  test('[R1] rooms keep apart, whatever they are called', async () => {
    for (const room of ROOMS) for (const turn of [1, 2]) await say(`${turn} of ${room}`, room)
    for (const room of ROOMS) {
      const { messages, end } = await log.page(room, { limit: 9 })
      expect(messages.map(({ text }) => text)).toEqual([1, 2].map((turn) => `${turn} of ${room}`))
      expect(end.offset).toBe(2)
      expect(await log.markRead(room, room, 1)).toBe(1)
      expect(await log.readMarks(room)).toEqual(new Map([[room, 1]]))
    }
  })

  test('[R3] texts, members and client ids are kept to the letter, and run nowhere', async () => {
    const texts = [
      '\n',
      'a\nb\n',
      '\n7 fake ',
      '}\n{"offset":9}',
      '"]]',
      "'..x..'",
      '\\',
      '\u2028',
      '%d%s%n',
      '\r\n*3\r\n',
      '\u0000',
    ]
    for (const [index, text] of texts.entries()) {
      const by = `${text}@example.com`
      const { event } = await log.append(ROOM, { type: 'message', by, text, clientId: text })
      expect(event).toMatchObject({ offset: index + 1, by, text, clientId: text })
      const again = await log.append(ROOM, { type: 'message', by, text: 'again', clientId: text })
      expect(again.event).toEqual(event)
    }
    const { messages, end } = await log.page(ROOM, { limit: 100 })
    expect(messages.map(({ text }) => text)).toEqual(texts)
    const events = await log.since(ROOM, { ...end, offset: 0 }, 100)
    expect(events).toMatchObject(texts.map((text) => ({ text, clientId: text, by: `${text}@example.com` })))
    expect(await found('fake')).toEqual([[3], false, undefined])
    // Changing them goes through the JSON of another language.
    for (const [index, text] of texts.entries()) {
      const by = `${text}@example.com`
      await log.append(ROOM, { type: 'reacted', message: `${index + 1}`, emoji: '👍', on: true, by })
      await log.append(ROOM, { type: 'edited', message: `${index + 1}`, text: `${text}!`, by })
    }
    for (const [index, message] of (await log.page(ROOM, { limit: 100 })).messages.entries()) {
      const text = texts[index]
      const by = `${text}@example.com`
      expect(message).toMatchObject({ text: `${text}!`, by, reactions: { '👍': [by] } })
    }
  })

  test('reactions keep the order in which they came, and times to the millisecond', async () => {
    await say('hello')
    const react = (emoji: string, by: string, on = true) =>
      log.append(ROOM, { type: 'reacted', message: '1', emoji, on, by })
    const order = ['🍎', '👍', '❤️', '1️⃣', '#️⃣', '🎉']
    for (const emoji of order) for (const by of ['zoe', 'adam', 'max']) await react(emoji, by)
    await react('👍', 'zoe', false)
    await react('👍', 'zoe')
    const edited = await edit('1', 'hello!')
    const [message] = (await log.page(ROOM, { limit: 1 })).messages
    expect(Object.keys(message?.reactions ?? {})).toEqual(['🍎', '❤️', '1️⃣', '#️⃣', '🎉', '👍'])
    expect(message?.reactions).toMatchObject({ '🍎': ['zoe', 'adam', 'max'], '👍': ['adam', 'max', 'zoe'] })
    expect(message?.editedAt).toBe(edited.at)
    for (const by of ['zoe', 'adam', 'max']) for (const emoji of order) await react(emoji, by, false)
    expect((await log.page(ROOM, { limit: 1 })).messages[0]?.reactions).toEqual({})
  })
})

const DUMP = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' then return redis.call('HGETALL', KEYS[1]) end
if kind == 'string' then return redis.call('GET', KEYS[1]) end
if kind == 'list' then return redis.call('LRANGE', KEYS[1], 0, -1) end
return cjson.encode(redis.call('XRANGE', KEYS[1], '-', '+'))`
