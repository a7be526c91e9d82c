// What every log has to do, whatever it is kept in: rules R1 to R4, and what the port promises besides.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Draft, RoomEvent } from '../../protocol/event.ts'
import { CLIENT_ID_MILLISECONDS, type Log } from './log.ts'

export interface LogUnderTest {
  readonly log: Log
  /** Moves the clock that the log goes by; back, with a negative number. */
  advance(milliseconds: number): void
  close(): Promise<void>
}

const ROOM = 'w32tgse'
const MEMBER = 'customer@example.com'
/** More than any room here holds. */
const MOST = 1_000_000

/** `make` gives an empty log, with a clock of its own. */
export function logContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`a log in ${name}`, () => {
    let log: Log
    let under: LogUnderTest

    beforeEach(async () => {
      under = await make()
      log = under.log
    })
    afterEach(() => under.close())

    const append = async (room: string, draft: Draft) => (await log.append(room, draft)).event

    test('[R1] events are numbered 1, 2, 3, and come back as they were told', async () => {
      const told = [await append(ROOM, said('one')), await append(ROOM, said('two'))]
      expect(told).toMatchObject([
        { offset: 1, type: 'message', by: MEMBER, text: 'one' },
        { offset: 2, type: 'message', by: MEMBER, text: 'two' },
      ])
      expect(await everything(log)).toEqual(told)
    })

    test('[R1] many callers at once leave no hole, and each is told its own offset', async () => {
      const texts = Array.from({ length: 500 }, (_, number) => `message ${number}`)
      const told = await Promise.all(texts.map((text) => append(ROOM, said(text))))
      expect(told.map(textOf)).toEqual(texts)
      const stored = await everything(log)
      expect(stored.map(({ offset }) => offset)).toEqual(counting(500))
      expect(stored).toEqual(told.toSorted((one, other) => one.offset - other.offset))
    })

    test('[R1] rooms count for themselves, also where their names are nearly the same', async () => {
      const rooms = [
        'room',
        'Room',
        'room ',
        'room%3D',
        'room=',
        '$2y$12$a.b/c',
        "r' OR 1=1",
        '__proto__',
        '\u00f6',
        'o\u0308',
      ]
      const turns = counting(40).flatMap((turn) => rooms.map((room) => ({ room, text: `${room} ${turn}` })))
      await Promise.all(turns.map(({ room, text }) => append(room, said(text))))
      for (const room of rooms) {
        const stored = await everything(log, room)
        expect(stored.map(({ offset }) => offset)).toEqual(counting(40))
        expect(stored.map(textOf).toSorted()).toEqual(
          counting(40)
            .map((turn) => `${room} ${turn}`)
            .toSorted(),
        )
      }
    })

    test('times rise strictly with the offset, also when the clock stands still or steps back', async () => {
      const first = await append(ROOM, said('before'))
      under.advance(-3_600_000)
      await Promise.all(counting(20).map((turn) => append(ROOM, said(`back ${turn}`))))
      under.advance(2 * 3_600_000)
      const last = await append(ROOM, said('after'))
      const times = (await everything(log)).map(({ at }) => at)
      expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other))
      expect(last.at).toBe(first.at + 3_600_000) // The clock is believed again as soon as it is ahead.
    })

    test('[R2] what came after a cursor is given whole and in order, and nothing at the end', async () => {
      for (const turn of counting(7)) await append(ROOM, said(`message ${turn}`))
      const { end } = await log.page(ROOM, { limit: 0 })
      expect(end.offset).toBe(7)
      const after = given(await log.since(ROOM, { ...end, offset: 4 }, MOST))
      expect(after.map(({ offset }) => offset)).toEqual([5, 6, 7])
      expect(await log.since(ROOM, end, MOST)).toEqual([])
    })

    test('[R2] a cursor of another epoch, or beyond the end, is a gap and never half an answer', async () => {
      await append(ROOM, said('one'))
      const { end } = await log.page(ROOM, { limit: 0 })
      for (const epoch of ['', 'another', end.epoch.toUpperCase(), `${end.epoch} `]) {
        if (epoch !== end.epoch) expect(await log.since(ROOM, { epoch, offset: 0 }, MOST)).toBe('gap')
      }
      expect(await log.since(ROOM, { ...end, offset: 2 }, MOST)).toBe('gap')
      expect(await log.since(ROOM, { ...end, offset: Number.MAX_SAFE_INTEGER }, MOST)).toBe('gap')
    })

    test('[V15] what came after a cursor is a gap when it is more text than was asked for, and whole when it is just that', async () => {
      await append(ROOM, said('ab'))
      await append(ROOM, { type: 'edited', by: MEMBER, message: '1', text: 'äöü' })
      await append(ROOM, { type: 'pinned', by: MEMBER, message: '1', on: true })
      await append(ROOM, said('😀😀'))
      const { end } = await log.page(ROOM, { limit: 0 })
      for (const [offset, characters] of [
        [0, 9],
        [1, 7],
        [2, 4],
        [4, 0],
      ] as const) {
        const cursor = { ...end, offset }
        expect(given(await log.since(ROOM, cursor, MOST, characters))).toHaveLength(4 - offset)
        expect(given(await log.since(ROOM, cursor, MOST))).toHaveLength(4 - offset)
        expect(characters === 0 ? 'gap' : await log.since(ROOM, cursor, MOST, characters - 1)).toBe('gap')
      }
    })

    test('[R2] an empty room has an epoch, and whoever saw it empty misses nothing afterwards', async () => {
      const { messages, more, end } = await log.page(ROOM, { limit: 50 })
      expect({ messages, more, offset: end.offset }).toEqual({ messages: [], more: false, offset: 0 })
      expect(end.epoch).not.toBe('')
      expect(await log.since(ROOM, end, MOST)).toEqual([])
      expect(await log.since(ROOM, { ...end, offset: 1 }, MOST)).toBe('gap')
      const first = await append(ROOM, said('first'))
      expect(await log.since(ROOM, end, MOST)).toEqual([first])
    })

    test('[R2] an event is told with the lifetime of the log that it belongs to, and the log ends there', async () => {
      const empty = await log.end(ROOM)
      expect(empty).toEqual((await log.page(ROOM, { limit: 0 })).end)
      const { epoch, event } = await log.append(ROOM, said('one', { clientId: 'c1' }))
      expect({ epoch, offset: event.offset }).toEqual({ epoch: empty.epoch, offset: 1 })
      expect(await log.append(ROOM, said('one', { clientId: 'c1' }))).toEqual({ epoch, event })
      expect(await log.end(ROOM)).toEqual({ epoch, offset: 1 })
    })

    test('a page is the latest messages, oldest first, and says whether there are older ones', async () => {
      for (const turn of counting(10)) await append(ROOM, said(`message ${turn}`))
      const ids = async (range: { before?: number; limit: number }) => {
        const { messages, more } = await log.page(ROOM, range)
        return { ids: messages.map(({ id }) => Number(id)), more }
      }
      expect(await ids({ limit: 3 })).toEqual({ ids: [8, 9, 10], more: true })
      expect(await ids({ limit: 10 })).toEqual({ ids: counting(10), more: false })
      expect(await ids({ limit: 100 })).toEqual({ ids: counting(10), more: false })
      expect(await ids({ before: 8, limit: 3 })).toEqual({ ids: [5, 6, 7], more: true })
      expect(await ids({ before: 4, limit: 3 })).toEqual({ ids: [1, 2, 3], more: false })
      expect(await ids({ before: 1, limit: 3 })).toEqual({ ids: [], more: false })
      expect(await ids({ before: 1_000_000, limit: 2 })).toEqual({ ids: [9, 10], more: true })
      expect(await ids({ limit: 0 })).toEqual({ ids: [], more: true })
    })

    test('a message names its event, its author and its time', async () => {
      const { at } = await append(ROOM, said('hello', { clientId: 'c1' }))
      const { messages } = await log.page(ROOM, { limit: 1 })
      expect(messages).toEqual([{ id: '1', by: MEMBER, at, text: 'hello', reactions: {} }])
    })

    test('a page ends where it says that the log ends, also while others write', async () => {
      const writing = counting(5).map(async (writer) => {
        for (const turn of counting(20)) await append(ROOM, said(`message ${turn} of ${writer}`))
      })
      const reading = counting(5).map(async () => {
        for (const _ of counting(40)) {
          const { messages, end } = await log.page(ROOM, { limit: 3 })
          expect(Number(messages.at(-1)?.id ?? 0)).toBe(end.offset)
        }
      })
      await Promise.all([...writing, ...reading])
    })

    test('[R4] a client id names one event, whatever the repetition says', async () => {
      const first = await append(ROOM, said('pay the invoice', { clientId: 'c1' }))
      under.advance(CLIENT_ID_MILLISECONDS - 1_000)
      expect(await append(ROOM, said('pay the invoice', { clientId: 'c1' }))).toEqual(first)
      expect(await append(ROOM, said('something else', { clientId: 'c1' }))).toEqual(first)
      expect(await everything(log)).toEqual([first])
      expect((await append(ROOM, said('next'))).offset).toBe(2) // A repetition takes no offset.
    })

    test('[R4] after ten minutes the same client id makes an event of its own, and then names that one', async () => {
      await append(ROOM, said('old', { clientId: 'c1' }))
      under.advance(CLIENT_ID_MILLISECONDS + 1_000)
      const second = await append(ROOM, said('new', { clientId: 'c1' }))
      expect(second).toMatchObject({ offset: 2, text: 'new' })
      under.advance(1_000)
      expect(await append(ROOM, said('again', { clientId: 'c1' }))).toEqual(second)
    })

    test('[R4] a client id belongs to its member and room, and cannot be made to look like another', async () => {
      const senders = ['a', 'a:b', 'a b', 'A', 'a\u0000'].flatMap((by) =>
        ['c', 'b:c', 'b c', '__proto__', 'C'].map((clientId) => ({ by, clientId })),
      )
      for (const room of [ROOM, `${ROOM}:a`]) {
        const told = await Promise.all(senders.map((sender) => append(room, said('hello', sender))))
        expect(told.map(({ offset }) => offset).toSorted((one, other) => one - other)).toEqual(counting(senders.length))
        expect(told).toMatchObject(senders)
      }
    })

    test('[R4] of the same client id sent many times at once, one event is made and everyone is told of it', async () => {
      const told = await Promise.all(counting(100).map(() => append(ROOM, said('once', { clientId: 'c1' }))))
      const [event] = await everything(log)
      expect(told).toEqual(counting(100).map(() => expect.objectContaining({ ...event })))
      expect(await everything(log)).toHaveLength(1)
    })

    test('[R3] a text is kept to the letter', async () => {
      const texts = [
        '\u0000',
        'a\u0000b',
        '👩‍👩‍👧‍👦 🇦🇹',
        '\ufeffmarked',
        '\uffff',
        '\r\n\t ',
        "'); DROP TABLE event; --",
        '{"type":"deleted"}',
        '%00 %s $1 ?1 \\n',
        'مرحبا',
        'z\u0335\u0321a',
        '😀'.repeat(4096),
        'x'.repeat(1_000_000),
      ]
      const told = await Promise.all(texts.map((text) => append(ROOM, said(text))))
      expect(told.map(textOf)).toEqual(texts)
      expect((await everything(log)).map(textOf)).toEqual(texts)
      expect((await log.page(ROOM, { limit: 50 })).messages.map(({ text }) => text)).toEqual(texts)
    })

    test('[R3] half a surrogate pair reads the same to those who were there and those who come later', async () => {
      const told = await append(ROOM, said('\ud83d and \ude00'))
      expect((await everything(log)).map(textOf)).toEqual([textOf(told)])
    })

    test('[V18] a moment lies after the last message said before it, wherever it is and whatever else happened', async () => {
      expect(await log.lastBefore(ROOM, Number.MAX_SAFE_INTEGER)).toBe(0)
      const said: { offset: number; at: number }[] = []
      for (let turn = 0; turn < 40; turn++) {
        under.advance([0, 1, 700, 3_600_000][turn % 4] ?? 0)
        said.push(await append(ROOM, { type: 'message', by: MEMBER, text: `message ${turn}` }))
        const message = String(said.at(-1)?.offset)
        for (const on of [true, false].slice(turn % 3)) await append(ROOM, { type: 'pinned', by: MEMBER, message, on })
      }
      await log.append(ROOM, { type: 'deleted', by: MEMBER, message: String(said[7]?.offset) })
      const expected = (at: number) => said.findLast((message) => message.at < at)?.offset ?? 0
      for (const { at } of said) {
        for (const moment of [at - 1, at, at + 1]) expect(await log.lastBefore(ROOM, moment)).toBe(expected(moment))
      }
      for (const moment of [-62_167_219_200_000, 0, Number.MAX_SAFE_INTEGER]) {
        expect(await log.lastBefore(ROOM, moment)).toBe(expected(moment))
      }
      expect(await log.lastBefore('another', Number.MAX_SAFE_INTEGER)).toBe(0)
    })

    test('[V9] a room of 10,000 events can be walked page by page, without hole or double', async () => {
      for (const hundred of counting(100)) {
        const turns = counting(100).map((turn) => (hundred - 1) * 100 + turn)
        await Promise.all(turns.map((turn) => append(ROOM, said(`message ${turn}`))))
      }
      const stored = await everything(log)
      expect(stored.map(({ offset }) => offset)).toEqual(counting(10_000))

      const walked: number[] = []
      for (let before = 10_001, more = true; more; before = walked[0] ?? 0) {
        const page = await log.page(ROOM, { before, limit: 1_000 })
        walked.unshift(...page.messages.map(({ id }) => Number(id)))
        more = page.more
      }
      expect(walked).toEqual(counting(10_000))
    })
  })
}

function said(text: string, more: { by?: string; clientId?: string } = {}): Draft {
  return { type: 'message', by: MEMBER, text, ...more }
}

function textOf(event: RoomEvent): string {
  return 'text' in event ? event.text : ''
}

async function everything(log: Log, room = ROOM): Promise<readonly RoomEvent[]> {
  const { end } = await log.page(room, { limit: 0 })
  return given(await log.since(room, { ...end, offset: 0 }, MOST))
}

function given(events: readonly RoomEvent[] | 'gap'): readonly RoomEvent[] {
  if (events === 'gap') throw new Error('the log could not give every event')
  return events
}

function counting(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, index) => index + 1)
}
