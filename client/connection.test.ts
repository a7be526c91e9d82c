// The connection over real sockets, with time in the test's hand: when it comes back, when it does not, and what wakes it.
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { CLOSE } from '../protocol/close.ts'
import { becomes, until } from '../test/support/client-room.ts'
import { HandWorld } from '../test/support/hand-world.ts'
import { type ScriptedServer, startScriptedServer, WELCOME } from '../test/support/scripted-server.ts'
import {
  echoesIn,
  messagesIn,
  openRoom,
  type Room,
  type RoomOptions,
  readMarkIn,
  type Settled,
  savedTimeline,
  unreadIn,
} from './index.ts'

const SECOND = 1_000

let server: ScriptedServer
let hand: HandWorld
let rooms: Room[]
/** Sockets that are neither closed nor let go of. */
const held = new Set<WebSocket>()

beforeEach(() => {
  server = startScriptedServer()
  hand = new HandWorld()
  rooms = []
})
afterEach(async () => {
  for (const room of rooms) room.close()
  expect(hand.pending).toBe(0)
  expect(held.size).toBe(0)
  await server.stop()
})

test('[C3] [T3] every attempt asks for a ticket, which stands in no address, and goes on from the cursor', async () => {
  let tickets = 0
  server.greet({ ...WELCOME, offset: 7, epoch: 'e/1' })
  const room = open({ room: 'a/b %', ticket: async () => `ticket-${++tickets}` })
  await becomes(room, 'live')
  server.close(4001)
  await becomes(room, 'waiting')
  hand.pass(1 * SECOND)
  await server.reached('paths', 2)
  expect(server.paths).toEqual(['/chat/a%2Fb%20%25', '/chat/a%2Fb%20%25?since=7&epoch=e%2F1'])
  expect(server.protocols).toEqual(['propromo.chat.v1, bearer.ticket-1', 'propromo.chat.v1, bearer.ticket-2'])
})

test('[X] after every close code of the table it comes back, or does not, as the table says', async () => {
  for (const { code, reason } of Object.values(CLOSE)) {
    const room = open()
    await becomes(room, 'live')
    server.close(code, reason)
    const { connection } = await until(room, 'over', ({ connection }) => connection.status !== 'live')
    const comesBack = code < 4500 && code !== 1003
    expect([code, connection.status]).toEqual([code, comesBack ? 'waiting' : 'ended'])
    expect('why' in connection && connection.why).toMatchObject({ close: code, ...(reason && { code: reason }) })
    room.close()
    await server.reached('closed', server.paths.length)
  }
})

test('the wait is anything up to half a second, twice as much with every failure, and half a minute at most', async () => {
  hand.chance = 1
  const room = open({ ticket: () => Promise.reject(new Error('The network is away')) })
  const waits: number[] = []
  while (waits.length < 9) {
    const { until } = await becomes(room, 'waiting')
    waits.push((until - hand.now) / SECOND)
    hand.chance = waits.length === 8 ? 0.25 : 1
    hand.pass(until - hand.now)
  }
  expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 7.5])
})

test('a connection that held for ten seconds makes up for the failures before it; a shorter one does not', async () => {
  hand.chance = 1
  const room = open()
  const waitAfter = async (liveSeconds: number) => {
    await becomes(room, 'live')
    hand.pass(liveSeconds * SECOND)
    server.close(4000, 'too_slow')
    const { until } = await becomes(room, 'waiting')
    const wait = until - hand.now
    hand.pass(wait)
    return wait / SECOND
  }
  expect([await waitAfter(0), await waitAfter(9), await waitAfter(9), await waitAfter(10)]).toEqual([0.5, 1, 2, 0.5])
})

test('[X] after a restart everyone comes back within five seconds, spread at random', async () => {
  hand.chance = 0.5
  const room = open()
  await becomes(room, 'live')
  server.close(1012, 'restarting')
  expect((await becomes(room, 'waiting')).until - hand.now).toBe(2.5 * SECOND)
})

test('an attempt has fifteen seconds: a ticket that comes too late opens nothing', async () => {
  const tickets: PromiseWithResolvers<string>[] = []
  const room = open({
    ticket: () => {
      const next = Promise.withResolvers<string>()
      tickets.push(next)
      return next.promise
    },
  })
  hand.pass(15 * SECOND)
  expect(room.state.connection).toMatchObject({ status: 'waiting', why: { code: 'timed_out' } })
  hand.pass(1 * SECOND)
  tickets[0]?.resolve('late')
  tickets[1]?.resolve('fresh')
  await becomes(room, 'live')
  expect(server.protocols).toEqual(['propromo.chat.v1, bearer.fresh'])
})

test('[V2] a server that does not welcome is left after fifteen seconds, and nothing that it says counts', async () => {
  server.greet({ type: 'message', offset: 1, at: '2026-05-04T09:30:00.000Z', by: 'a@b', text: 'too early' })
  const room = open()
  await becomes(room, 'catching_up')
  hand.pass(15 * SECOND)
  expect(room.state.connection).toMatchObject({ status: 'waiting', why: { code: 'timed_out' } })
  expect(room.state.timeline.cursor).toBeNull()
  await server.reached('closed', 1)
})

test('[V7] after 25 silent seconds it asks, and after ten more without an answer the connection is dead', async () => {
  const room = open()
  await becomes(room, 'live')
  hand.pass(25 * SECOND - 1)
  expect(server.frames).toEqual([])
  hand.pass(1)
  await server.reached('frames', 1)
  expect(server.frames).toEqual([{ type: 'ping' }])
  await heardEverything(room)
  hand.pass(10 * SECOND)
  expect(room.state.connection.status).toBe('live')
  server.answerPings(false)
  hand.pass(25 * SECOND) // The answer came ten seconds ago.
  expect(room.state.connection).toMatchObject({ status: 'waiting', why: { code: 'silent' } })
})

test('`online` and becoming visible end a wait at once, but not that which the server asked for', async () => {
  hand.chance = 1
  let error: object = new Error('The network is away')
  const room = open({ ticket: () => Promise.reject(error) })
  for (const by of ['online', 'visible'] as const) {
    await becomes(room, 'waiting')
    hand.pass(1)
    hand.wake(by) // Right after an attempt it would be the same again.
    expect(room.state.connection.status).toBe('waiting')
    for (let failures = 0; failures < 5; failures++) {
      hand.pass(left(room))
      await becomes(room, 'waiting')
    }
    expect(left(room)).toBeGreaterThan(2 * SECOND)
    hand.pass(1 * SECOND)
    hand.wake(by)
    await becomes(room, 'connecting')
  }
  error = Object.assign(new Error('Too many'), { code: 'too_many_attempts', retryAfterSeconds: 60 })
  await becomes(room, 'waiting')
  hand.pass(left(room))
  await until(room, 'told to wait', () => left(room) > 30 * SECOND)
  expect([left(room), room.state.connection]).toMatchObject([60 * SECOND, { why: { code: 'too_many_attempts' } }])
  hand.pass(10 * SECOND)
  for (const by of ['online', 'visible'] as const) hand.wake(by)
  room.tryNow()
  expect(room.state.connection.status).toBe('waiting')
})

test('a machine that says it has no network is believed as far as the words go: it tries all the same', async () => {
  const room = open({ ticket: () => Promise.reject(new Error('The network is away')) })
  await becomes(room, 'waiting')
  hand.wake('offline')
  expect(room.state.connection.status).toBe('offline')
  hand.pass(left(room))
  expect(room.state.connection.status).toBe('connecting')
  expect(await becomes(room, 'offline')).toMatchObject({ why: { code: 'no_ticket', message: 'The network is away' } })
})

test('whoever comes back to the page finds out within four seconds whether the connection is dead', async () => {
  const room = open()
  await becomes(room, 'live')
  for (const by of ['visible', 'online', 'offline'] as const) {
    const before = server.frames.length
    hand.wake(by)
    await server.reached('frames', before + 1)
    await heardEverything(room)
    hand.pass(4 * SECOND)
    expect(room.state.connection.status).toBe('live')
  }
  server.answerPings(false)
  hand.wake('visible')
  hand.pass(4 * SECOND)
  expect(room.state.connection).toMatchObject({ status: 'offline', why: { code: 'silent' } })
})

test('what is sent and not answered within twenty seconds makes it come back, and is sent again under its id', async () => {
  const room = open()
  await becomes(room, 'live')
  room.send('Is anybody there?')
  await server.reached('frames', 1)
  hand.pass(20 * SECOND)
  expect(room.state.connection).toMatchObject({ status: 'waiting', why: { code: 'unanswered' } })
  hand.pass(1 * SECOND)
  await server.reached('frames', 2)
  expect(server.frames[1]).toEqual(server.frames[0] ?? {})
})

test('what is not answered makes it come back after twenty seconds also while others talk', async () => {
  const room = open({ atOnce: 2 })
  await becomes(room, 'live')
  room.send('one')
  hand.pass(15 * SECOND)
  const { id } = room.send('two')
  await server.reached('frames', 2)
  server.send(message(1))
  server.send({ type: 'sent', id, offset: 1, at: message(1).at })
  await until(room, 'answered', ({ outbox }) => outbox.entries.length === 1)
  hand.pass(5 * SECOND)
  expect(room.state.connection).toMatchObject({ status: 'waiting', why: { code: 'unanswered' } })
})

test('[R3] what was told and not confirmed is shown once, saved, sent again after a break, and settled by `sent` alone', async () => {
  const room = open()
  await becomes(room, 'live')
  let settled: Settled | undefined
  const sending = room.send('one')
  void sending.settled.then((end) => {
    settled = end
  })
  await server.reached('frames', 1)
  const told = { ...message(1), by: 'you@example.com', client_id: sending.id }
  server.send(told)
  await until(room, 'told', ({ timeline }) => messagesIn(timeline).length === 1)
  expect([echoesIn(room.state.outbox), room.save().entries]).toMatchObject([[], [{ id: sending.id }]])
  // A server may tell of it again before it is stored: only `sent` is its word.
  server.greet({ ...WELCOME, resumed: true, offset: 1, events: [told] })
  server.close(4000)
  await becomes(room, 'waiting')
  hand.pass(1 * SECOND)
  await server.reached('frames', 2)
  expect([server.frames[1], settled]).toEqual([server.frames[0], undefined])
  server.send({ type: 'sent', id: sending.id, offset: 1, at: told.at })
  expect(await sending.settled).toMatchObject({ status: 'stored', offset: 1 })
  expect([messagesIn(room.state.timeline).length, room.save().entries]).toEqual([1, []])
})

test('[R2] what was told and is not there any more after a failover is sent again, and shown meanwhile', async () => {
  const room = open()
  await becomes(room, 'live')
  const { id, settled } = room.send('one')
  await server.reached('frames', 1)
  server.send({ ...message(1), by: 'you@example.com', client_id: id })
  await until(room, 'told', ({ timeline }) => messagesIn(timeline).length === 1)
  server.greet({ ...WELCOME, epoch: 'another' })
  server.close(4001)
  await becomes(room, 'waiting')
  hand.pass(1 * SECOND)
  await server.reached('frames', 2)
  expect([messagesIn(room.state.timeline), echoesIn(room.state.outbox)]).toMatchObject([[], [{ id }]])
  expect(server.frames[1]).toEqual(server.frames[0] ?? {})
  server.send({ ...message(1), by: 'you@example.com', client_id: id })
  server.send({ type: 'sent', id, offset: 1, at: message(1).at })
  expect(await settled).toMatchObject({ status: 'stored', offset: 1 })
  expect([messagesIn(room.state.timeline).length, echoesIn(room.state.outbox)]).toEqual([1, []])
})

test('[R4] what was told and never confirmed counts as stored when it is too late to ask and the log is the same', async () => {
  let tickets = 0
  const room = open({
    ticket: async () => {
      if (++tickets === 2)
        throw Object.assign(new Error('Come back later'), { code: 'later', retryAfterSeconds: 20 * 60 })
      return 'ticket'
    },
  })
  await becomes(room, 'live')
  const { id, settled } = room.send('one')
  await server.reached('frames', 1)
  server.send({ ...message(1), by: 'you@example.com', client_id: id })
  await until(room, 'told', ({ timeline }) => messagesIn(timeline).length === 1)
  server.greet({ ...WELCOME, offset: 1, resumed: true })
  server.close(4000)
  await becomes(room, 'waiting')
  hand.pass(1 * SECOND)
  await until(room, 'told to wait', () => left(room) > 19 * 60 * SECOND)
  hand.pass(20 * 60 * SECOND)
  expect(await settled).toMatchObject({ status: 'stored', offset: 1 })
  expect(server.frames.filter(({ type }) => type === 'send')).toHaveLength(1)
})

test('[V3] a saved timeline is there before anything is connected, and the first welcome adds what came since', async () => {
  const me = { email: 'you@example.com', name: 'You', owner: false, online: true, read: 1 }
  const one = { id: '1', by: 'a@b', at: message(1).at, text: 'message 1', reactions: {} }
  server.greet({ ...WELCOME, offset: 1, messages: [one], members: [me] })
  const before = open()
  await becomes(before, 'live')
  const timeline = JSON.stringify(savedTimeline(before.state.timeline))
  before.close()
  await server.reached('closed', 1)
  server.greet({ ...WELCOME, offset: 2, resumed: true, events: [message(2)], members: [me] })
  const room = open({ timeline })
  expect([room.state.connection.status, messagesIn(room.state.timeline)]).toMatchObject(['connecting', [{ id: '1' }]])
  await becomes(room, 'live')
  expect(messagesIn(room.state.timeline).map(({ id }) => id)).toEqual(['1', '2'])
  expect(unreadIn(room.state.timeline)).toEqual({ count: 1, more: false })
  room.close()
  await server.reached('closed', 2)
  server.greet({ ...WELCOME, offset: 1, epoch: 'another', messages: [{ ...one, text: 'another 1' }] })
  const elsewhere = open({ timeline })
  await becomes(elsewhere, 'live')
  expect(messagesIn(elsewhere.state.timeline).map(({ text }) => text)).toEqual(['another 1'])
  elsewhere.close()
  await server.reached('closed', 3)
  await becomes(open({ timeline: timeline.slice(1) }), 'live')
  const resumed = '/chat/room?since=1&epoch=e'
  expect(server.paths).toEqual(['/chat/room', resumed, resumed, '/chat/room'])
})

test('[V8] the own mark moves at once, and what was read without a network is told by the next page too', async () => {
  const me = { email: 'you@example.com', name: 'You', owner: false, online: true, read: 0 }
  const one = { id: '1', by: 'a@b', at: message(1).at, text: 'message 1', reactions: {} }
  server.greet({ ...WELCOME, offset: 1, messages: [one], members: [me] })
  const room = open()
  await becomes(room, 'live')
  server.close(4000)
  await becomes(room, 'waiting')
  expect(unreadIn(room.state.timeline).count).toBe(1)
  room.read()
  expect(unreadIn(room.state.timeline).count).toBe(0)
  const timeline = savedTimeline(room.state.timeline)
  room.close()
  const next = open({ timeline })
  await becomes(next, 'live')
  expect(unreadIn(next.state.timeline).count).toBe(0)
  await server.reached('frames', 1)
  expect(server.frames).toEqual([{ type: 'read', upto: 1 }])
})

test('[X] a frame that was too large (1009) is not sent for ever', async () => {
  const room = open()
  await becomes(room, 'live')
  const { settled } = room.send('too large for this server')
  await server.reached('frames', 1)
  server.close(1009)
  expect(await settled).toMatchObject({ status: 'failed', failure: { code: 'text_too_long' } })
  hand.pass(1 * SECOND)
  await becomes(room, 'live')
})

test('[R1] an event too many brings it back from its cursor; a resume with a hole, from the beginning', async () => {
  const room = open()
  await becomes(room, 'live')
  server.send(message(1))
  await until(room, 'told', ({ timeline }) => timeline.cursor?.offset === 1)
  server.greet({ ...WELCOME, resumed: true, offset: 3, events: [message(3)] })
  server.send(message(3))
  expect(await becomes(room, 'waiting')).toMatchObject({ why: { code: 'out_of_step' } })
  hand.pass(1 * SECOND)
  await until(room, 'emptied', ({ timeline }) => timeline.cursor === null)
  server.greet({ ...WELCOME, offset: 3 })
  hand.pass(1 * SECOND)
  await becomes(room, 'live')
  expect(server.paths).toEqual(['/chat/room', '/chat/room?since=1&epoch=e', '/chat/room'])
})

test('a newer server does not break it: what is unknown is passed over, what is wrong is reported', async () => {
  const faults: string[] = []
  const room = open({ onFault: (fault) => faults.push(fault) })
  await becomes(room, 'live')
  server.send({ type: 'weather', sun: true })
  server.send({ type: 'poll', offset: 1, at: '2026-05-04T09:30:00.000Z', by: 'a@b', question: 'Tea?' })
  server.send('[]')
  server.send('no JSON')
  server.send({ type: 'presence', email: 7 })
  server.send({ ...message(2), text: { rich: true } })
  server.send({ ...message(3), color: 'red', text: 'plain' })
  const { timeline } = await until(room, 'told', (state) => state.timeline.cursor?.offset === 3)
  expect(timeline.blocks.flatMap(({ messages }) => messages)).toMatchObject([{ id: '3', text: 'plain' }])
  expect(room.state.connection.status).toBe('live')
  expect(faults).toEqual([
    'the field "frame" is missing or wrong',
    'the frame is not JSON',
    'the field "email" is missing or wrong',
    'event 2: the field "text" is missing or wrong',
  ])
})

test('[V8] only the furthest read mark is told, once a second, and again after a break until it is confirmed', async () => {
  server.greet({ ...WELCOME, offset: 9 })
  const room = open()
  await becomes(room, 'live')
  for (const upto of [1, 2, 3, 2, 99]) room.read(upto)
  hand.pass(1 * SECOND)
  await server.reached('frames', 2)
  hand.pass(5 * SECOND)
  server.close(4000)
  await becomes(room, 'waiting')
  hand.pass(1 * SECOND)
  await server.reached('frames', 3)
  expect(server.frames).toEqual([1, 9, 9].map((upto) => ({ type: 'read', upto })))
  server.send({ type: 'read', email: 'you@example.com', upto: 9 })
  await heardEverything(room)
  server.close(4000)
  await becomes(room, 'waiting')
  const me = { email: 'you@example.com', name: 'You', owner: false, online: true, read: 9 }
  server.greet({ ...WELCOME, offset: 9, members: [me] })
  hand.pass(1 * SECOND)
  await becomes(room, 'live')
  await heardEverything(room)
  expect(server.frames.filter(({ type }) => type === 'read')).toHaveLength(3)
})

test('[R2] [V8] what was read in another lifetime of the log counts as read in it alone', async () => {
  const me = { email: 'you@example.com', name: 'You', owner: false, online: true, read: 0 }
  server.greet({ ...WELCOME, offset: 80, members: [me] })
  const room = open()
  await becomes(room, 'live')
  room.read()
  await server.reached('frames', 1)
  const timeline = savedTimeline(room.state.timeline)
  server.greet({ ...WELCOME, epoch: 'another', offset: 90, members: [{ ...me, read: 50 }] })
  server.close(4001)
  await becomes(room, 'waiting')
  hand.pass(left(room))
  await becomes(room, 'live')
  expect(readMarkIn(room.state.timeline)).toBe(50)
  room.read(60)
  await server.reached('frames', 2)
  room.close()
  await server.reached('closed', 2)
  const next = open({ timeline })
  await becomes(next, 'live')
  expect(readMarkIn(next.state.timeline)).toBe(50)
  next.read(70)
  await server.reached('frames', 3)
  expect(server.frames).toEqual([80, 60, 70].map((upto) => ({ type: 'read', upto })))
})

test('a timeline that is found late is there as if it had been given at the start, unless there was a welcome before', async () => {
  const me = { email: 'you@example.com', name: 'You', owner: false, online: true, read: 5 }
  server.greet({ ...WELCOME, offset: 7, members: [me] })
  const before = open()
  await becomes(before, 'live')
  const saved = JSON.stringify(savedTimeline(before.state.timeline))
  before.close()
  await server.reached('closed', 1)

  const { promise: ticket, resolve } = Promise.withResolvers<string>()
  const room = open({ ticket: () => ticket })
  room.recall('another thing')
  expect(room.state.timeline.cursor).toBeNull()
  room.recall(saved)
  expect(room.state.timeline).toMatchObject({ cursor: { offset: 7 }, room: WELCOME.room })
  room.read()
  server.greet({ ...WELCOME, offset: 7, resumed: true, members: [me] })
  resolve('ticket')
  await becomes(room, 'live')
  expect(server.paths.at(-1)).toContain('since=7')
  const { timeline } = room.state
  room.recall(saved)
  expect(room.state.timeline).toBe(timeline)
  expect(readMarkIn(timeline)).toBe(7)
})

test('[V7] typing is told when it begins, every three seconds while it lasts, and when it ends', async () => {
  const room = open()
  await becomes(room, 'live')
  for (let stroke = 0; stroke < 14; stroke++) {
    room.typing(true)
    hand.pass(0.5 * SECOND)
  }
  room.typing(false)
  room.typing(false)
  await server.reached('frames', 4)
  await heardEverything(room)
  expect(server.frames.filter(({ type }) => type === 'typing').map(({ on }) => on)).toEqual([true, true, true, false])
})

test('closing lets go of everything, whatever it was doing, and closing twice is harmless', async () => {
  const connecting = open({ ticket: () => new Promise(() => undefined) })
  const live = open()
  await becomes(live, 'live')
  for (const room of [connecting, live, live, connecting]) room.close()
  await server.reached('closed', 1)
  expect([connecting, live].map(({ state }) => state.connection.status)).toEqual(['ended', 'ended'])
  hand.wake('online')
  hand.pass(60 * SECOND)
  expect([server.paths.length, hand.pending]).toEqual([1, 0])
})

test('[E2] an address that no WebSocket takes is the end, told without the ticket', async () => {
  const room = open({ url: 'gopher://chat.example', ticket: async () => 'sEcReT' })
  const ended = await becomes(room, 'ended')
  expect(ended).toMatchObject({ why: { code: 'cannot_open' }, remedy: 'report' })
  expect(JSON.stringify(ended)).not.toContain('sEcReT')
})

test('a listener that throws harms neither the room nor the other listeners', async () => {
  const room = open()
  const heard: string[] = []
  room.subscribe(() => {
    throw new Error('a fault of the page')
  })
  const stop = room.subscribe(({ connection }) => heard.push(connection.status))
  await becomes(room, 'live')
  stop()
  expect(() => hand.pass(0)).toThrow('a fault of the page')
  server.close(4000)
  await becomes(room, 'waiting')
  expect(heard.at(-1)).toBe('live')
  room.close()
  while (hand.pending > 0) expect(() => hand.pass(0)).toThrow('a fault of the page')
})

/** Never two at once (for one room). */
class HeldSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols)
    expect(held.size).toBe(0)
    held.add(this)
    this.addEventListener('close', () => held.delete(this))
  }

  override close(): void {
    held.delete(this)
    super.close()
  }
}

function open(options: Partial<RoomOptions> = {}): Room {
  const room = openRoom({
    url: server.origin,
    room: 'room',
    ticket: async () => 'ticket',
    world: { ...hand.world, WebSocket: HeldSocket },
    ...options,
  })
  rooms.push(room)
  return room
}

/** Whatever the server has sent by now is here. */
async function heardEverything(room: Room): Promise<void> {
  const mark = `mark-${Math.random()}@example.com`
  server.send({ type: 'typing', email: mark, on: true })
  await until(room, 'marked', ({ timeline }) => timeline.typing.includes(mark))
}

function left({ state }: Room): number {
  return 'until' in state.connection ? state.connection.until - hand.now : 0
}

function message(offset: number) {
  return { type: 'message', offset, at: '2026-05-04T09:30:00.000Z', by: 'a@b', text: `message ${offset}` }
}
