// What every log has to do with changes of messages, with searching and with read marks: rules R1, R4, R7, V5, V8 and V9.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Change, Message, RoomEvent } from '../../protocol/event.ts'
import type { LogUnderTest } from './log.contract.ts'
import { type Log, MOST_EDITS } from './log.ts'

const ROOM = 'w32tgse'
const AUTHOR = 'customer@example.com'
const OTHER = 'scrum.master@example.com'

/** `make` gives an empty log, with a clock of its own. */
export function logChangesContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`changes in a log in ${name}`, () => {
    let log: Log
    let under: LogUnderTest

    beforeEach(async () => {
      under = await make()
      log = under.log
    })
    afterEach(() => under.close())

    const append = async (
      change: Change,
      by = AUTHOR,
      more: { clientId?: string; owner?: boolean } = {},
    ): Promise<RoomEvent> => (await log.append(ROOM, { ...change, by, ...more })).event
    const say = (text: string, by = AUTHOR) => append({ type: 'message', text }, by)
    const messages = async (): Promise<readonly Message[]> => (await log.page(ROOM, { limit: 100 })).messages
    const pinned = async (range: { before?: number; limit: number } = { limit: 100 }) => {
      const { messages, more } = await log.pins(ROOM, range)
      return { ids: messages.map(({ id }) => Number(id)), more }
    }
    const pin = (message: number, on = true) => append({ type: 'pinned', message: String(message), on })
    const found = async (query: string) => (await log.search(ROOM, query, { limit: 10 })).messages.map(({ id }) => id)

    test('[R1] [V5] every change takes the next offset, and the message shows what it led to', async () => {
      const { at } = await say('helo')
      const edited = await append({ type: 'edited', message: '1', text: 'hello' })
      await append({ type: 'reacted', message: '1', emoji: '👍', on: true }, OTHER)
      await append({ type: 'reacted', message: '1', emoji: '👍', on: true })
      await append({ type: 'reacted', message: '1', emoji: '👍', on: false }, OTHER)
      await append({ type: 'pinned', message: '1', on: true }, OTHER)
      const reply = await append({ type: 'message', text: 'indeed', replyTo: '1' }, OTHER)
      expect([edited.offset, reply.offset]).toEqual([2, 7])
      expect(await messages()).toEqual([
        { id: '1', by: AUTHOR, at, text: 'hello', editedAt: edited.at, pinned: true, reactions: { '👍': [AUTHOR] } },
        { id: '7', by: OTHER, at: reply.at, text: 'indeed', replyTo: '1', reactions: {} },
      ])
    })

    test('[V14] of very many edits the latest are kept, and deleting the message forgets them all', async () => {
      const first = await log.append(ROOM, { type: 'message', by: AUTHOR, text: 'secret 0' })
      const many = MOST_EDITS + 76
      for (let from = 1; from <= many; from += 100) {
        const some = Array.from({ length: 100 }, (_, place) => from + place)
        await Promise.all(some.map((n) => append({ type: 'edited', message: '1', text: `secret ${n}` })))
      }
      const texts = async () => {
        const events = await log.since(ROOM, { epoch: first.epoch, offset: 1 }, 10_000)
        if (events === 'gap') throw new Error('no event may be missing')
        return events.flatMap((event) => ('text' in event ? event.text : []))
      }
      const before = await texts()
      expect(before).toHaveLength(many)
      expect(before.slice(-MOST_EDITS)).toEqual(
        Array.from({ length: MOST_EDITS }, (_, place) => `secret ${many - MOST_EDITS + 1 + place}`),
      )
      expect(before.slice(0, -MOST_EDITS).filter(Boolean)).toEqual([])
      expect((await messages())[0]).toMatchObject({ text: `secret ${many}` })
      await append({ type: 'deleted', message: '1' })
      expect((await texts()).filter(Boolean)).toEqual([])
    })

    test('[V8] a read mark that is forgotten is as if it never was, and only that one', async () => {
      await say('one')
      await log.markRead(ROOM, AUTHOR, 1)
      await log.markRead(ROOM, OTHER, 1)
      await log.forgetReadMark(ROOM, AUTHOR)
      await log.forgetReadMark('nowhere', AUTHOR)
      expect([...(await log.readMarks(ROOM))]).toEqual([[OTHER, 1]])
      expect(await log.markRead(ROOM, AUTHOR, 1)).toBe(1)
    })

    test('every room in which something has happened is known, whatever it is called', async () => {
      expect(await log.rooms()).toEqual([])
      const rooms = [
        'w32tgse',
        'a/b%3D:meta',
        '{room:x}:meta',
        '*?[a]',
        'ü😀',
        ...Array.from({ length: 30 }, (_, n) => `room ${n}`),
      ]
      await Promise.all(rooms.map((room) => log.append(room, { type: 'message', by: AUTHOR, text: 'hello' })))
      expect((await log.rooms()).toSorted()).toEqual(rooms.toSorted())
    })

    test('[R7] only the author edits, the author or the owner deletes, and a refusal takes no offset', async () => {
      await say('mine')
      const refused = (change: Change) => expect(append(change, OTHER)).rejects.toMatchObject({ code: 'not_yours' })
      await refused({ type: 'edited', message: '1', text: 'yours' })
      await refused({ type: 'deleted', message: '1' })
      const edit = append({ type: 'edited', message: '1', text: 'ours' }, OTHER, { owner: true })
      await expect(edit).rejects.toMatchObject({ code: 'not_yours' })
      expect((await append({ type: 'deleted', message: '1' }, OTHER, { owner: true })).offset).toBe(2)
    })

    test('[V5] a deleted message keeps its place, takes no more changes, and what it said is nowhere any more', async () => {
      await say('secret words')
      await append({ type: 'edited', message: '1', text: 'other secret words' })
      await append({ type: 'deleted', message: '1' })
      expect(await messages()).toMatchObject([{ id: '1', text: '', deleted: true, reactions: {} }])
      expect(await found('secret')).toEqual([])
      const { end } = await log.page(ROOM, { limit: 0 })
      expect(JSON.stringify(await log.since(ROOM, { ...end, offset: 0 }, 100))).not.toContain('secret')
      for (const message of ['1', '2', '9']) {
        const late = append({ type: 'pinned', message, on: true })
        await expect(late).rejects.toMatchObject({ code: 'no_message' })
      }
      await expect(append({ type: 'message', text: 'to what?', replyTo: '9' })).rejects.toMatchObject({
        code: 'no_message',
      })
    })

    test('[R2] what somebody names in another lifetime of the log is not changed in this one', async () => {
      const { epoch } = await log.append(ROOM, { type: 'message', by: AUTHOR, text: 'mine' })
      const edit = { type: 'edited', message: '1', text: 'changed', by: AUTHOR } as const
      const answer = { type: 'message', text: 'yes', replyTo: '1', by: AUTHOR } as const
      for (const draft of [edit, answer]) {
        const late = log.append(ROOM, { ...draft, epoch: 'another' })
        await expect(late).rejects.toMatchObject({ code: 'no_message' })
      }
      expect((await log.append(ROOM, { ...edit, epoch })).event.offset).toBe(2)
      expect((await log.append(ROOM, { ...answer, epoch })).event.offset).toBe(3)
      const anew = await log.append(ROOM, { type: 'message', text: 'said anew', by: AUTHOR, epoch: 'another' })
      expect(anew.event.offset).toBe(4)
    })

    test('[V13] a message takes thirty different emoji, and any of them from everyone', async () => {
      await say('hello')
      const emoji = Array.from({ length: 31 }, (_, index) => String.fromCodePoint(0x1f600 + index))
      const react = (one: string, by = AUTHOR) => append({ type: 'reacted', message: '1', emoji: one, on: true }, by)
      for (const one of emoji.slice(0, 30)) await react(one)
      await expect(react(emoji[30] ?? '')).rejects.toMatchObject({ code: 'too_many_reactions' })
      expect((await react(emoji[0] ?? '', OTHER)).offset).toBe(32)
    })

    test('a reaction whose name every object has already is one like any other', async () => {
      await say('hello')
      for (const emoji of ['__proto__', 'constructor', 'toString']) {
        await append({ type: 'reacted', message: '1', emoji, on: true })
        await append({ type: 'reacted', message: '1', emoji, on: true }, OTHER)
      }
      const [message] = await messages()
      expect(Object.entries(message?.reactions ?? {})).toEqual(
        ['__proto__', 'constructor', 'toString'].map((emoji) => [emoji, [AUTHOR, OTHER]]),
      )
    })

    test('[R4] a change that is sent again is the same event, and changes nothing', async () => {
      await say('hello')
      const change = { type: 'reacted', message: '1', emoji: '👍', on: true } as const
      const first = await append(change, OTHER, { clientId: 'c1' })
      await append({ type: 'reacted', message: '1', emoji: '👍', on: false }, OTHER, { clientId: 'c2' })
      expect(await append(change, OTHER, { clientId: 'c1' })).toEqual(first)
      expect(await messages()).toMatchObject([{ reactions: {} }])
    })

    test('[V9] search finds all words, whatever their case and accents, newest first, in this room alone', async () => {
      for (const text of ['Crème brûlée', 'creme caramel', 'CRÈME and BRULEE', 'brulee']) await say(text)
      await log.append('another', { type: 'message', by: AUTHOR, text: 'creme brulee' })
      expect(await found('brulee creme')).toEqual(['3', '1'])
      expect(await found('Brûlée')).toEqual(['4', '3', '1'])
      for (const query of ['', ' ', '"', '* OR *', 'NEAR(', 'room1', 'creme -caramel"']) await found(query)
      await append({ type: 'edited', message: '3', text: 'now something else' })
      expect(await found('brulee creme')).toEqual(['1'])
      const { more, before } = await log.search(ROOM, 'brulee', { limit: 1 })
      expect([more, before]).toEqual([true, 4])
      expect((await log.search(ROOM, 'brulee', { limit: 1, before: 4 })).messages.map(({ id }) => id)).toEqual(['1'])
    })

    test('[V9] a page can begin after an offset, and says whether there are newer ones', async () => {
      for (const text of ['one', 'two', 'three', 'four']) await say(text)
      const ids = async (range: { after: number; before?: number; limit: number }) => {
        const page = await log.page(ROOM, range)
        return [page.messages.map(({ id }) => id), page.more]
      }
      expect(await ids({ after: 0, limit: 2 })).toEqual([['1', '2'], true])
      expect(await ids({ after: 2, limit: 2 })).toEqual([['3', '4'], false])
      expect(await ids({ after: 1, before: 4, limit: 9 })).toEqual([['2', '3'], false])
      expect(await ids({ after: 4, limit: 9 })).toEqual([[], false])
    })

    test('[V17] pinned messages come newest first and in present state, however they came to be pinned', async () => {
      for (const text of ['one', 'two', 'three', 'four']) await say(text)
      for (const message of [3, 1, 4]) await pin(message)
      await pin(3, true)
      await pin(4, false)
      await pin(2, false)
      await append({ type: 'edited', message: '1', text: 'new' })
      await append({ type: 'reacted', message: '3', emoji: '👍', on: true }, OTHER)
      const { messages: all } = await log.page(ROOM, { limit: 100 })
      const isPinned = all.filter((message) => message.pinned)
      expect(isPinned.map(({ text }) => text)).toEqual(['new', 'three'])
      expect(await log.pins(ROOM, { limit: 100 })).toEqual({ messages: isPinned.toReversed(), more: false })
    })

    test('[V17] a deletion unpins, another room has pins of its own, and a repeated pin is the first again', async () => {
      await say('one')
      await say('two')
      await append({ type: 'pinned', message: '1', on: true }, AUTHOR, { clientId: 'c1' })
      await pin(2)
      await pin(1, false)
      await append({ type: 'pinned', message: '1', on: true }, AUTHOR, { clientId: 'c1' })
      expect(await pinned()).toEqual({ ids: [2], more: false })
      await append({ type: 'deleted', message: '2' })
      expect(await pinned()).toEqual({ ids: [], more: false })
      await expect(pin(2)).rejects.toMatchObject({ code: 'no_message' })
      expect(await pinned()).toEqual({ ids: [], more: false })
      expect(await log.pins('another', { limit: 100 })).toEqual({ messages: [], more: false })
    })

    test('[V17] pins are walked page by page, in the order of messages and not of pins', async () => {
      for (let turn = 1; turn <= 12; turn++) await say(`message ${turn}`)
      for (const message of [9, 10, 2, 12, 7, 1, 11]) await pin(message)
      expect(await pinned({ limit: 3 })).toEqual({ ids: [12, 11, 10], more: true })
      expect(await pinned({ before: 10, limit: 3 })).toEqual({ ids: [9, 7, 2], more: true })
      expect(await pinned({ before: 2, limit: 3 })).toEqual({ ids: [1], more: false })
      expect(await pinned({ before: 1, limit: 3 })).toEqual({ ids: [], more: false })
      expect(await pinned({ before: Number.MAX_SAFE_INTEGER, limit: 7 })).toEqual({
        ids: [12, 11, 10, 9, 7, 2, 1],
        more: false,
      })
    })

    test('[V8] a read mark only moves forward, and not beyond the end', async () => {
      for (const text of ['one', 'two', 'three']) await say(text)
      expect(await log.markRead(ROOM, AUTHOR, 2)).toBe(2)
      expect(await log.markRead(ROOM, AUTHOR, 1)).toBe(2)
      expect(await log.markRead(ROOM, OTHER, 99)).toBe(3)
      expect([...(await log.readMarks(ROOM))].toSorted()).toEqual([
        [AUTHOR, 2],
        [OTHER, 3],
      ])
      expect(await log.readMarks('another')).toEqual(new Map())
    })
  })
}
