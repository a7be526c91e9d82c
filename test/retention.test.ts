// Messages that have had their time, through the real door: people are there, and the server may die in the middle of it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { command, commanded, storageOf } from './support/commands.ts'
import { SCRUM_MASTER } from './support/people.ts'
import { Processes } from './support/processes.ts'
import { until } from './support/redis.ts'
import { type Environment, UNLIMITED } from './support/server.ts'
import type { V1Socket } from './support/v1.ts'
import { come, comeBack, cursorOf, offsetsBetween, V1Place } from './support/v1-place.ts'

const DAY = 24 * 60 * 60
const MINUTE = 60
/** They go a few at a time, over seconds. */
const MANY = 600

/** What was noted of rooms that lost something, in order. */
async function expired(storage: Environment): Promise<readonly { room: string; many: number }[]> {
  const out = await commanded('audit', storage, '--what', 'expired')
  const entries = out.split('\n').filter(Boolean)
  return entries.map((line) => JSON.parse(line)).map(({ room, many }) => ({ room, many }))
}

function deletionsHeard({ events }: V1Socket): number {
  return events.filter(({ type }) => type === 'deleted').length
}

async function hearsDeletions(socket: V1Socket, many: number): Promise<void> {
  await until(`${many} deletions are heard`, async () => {
    await socket.settle()
    return deletionsHeard(socket) >= many
  })
}

/** Minutes pass one by one, so that whoever is there stays there; until it is so, or over. */
async function minutes(
  many: number,
  clock: Clock,
  there: readonly V1Socket[],
  isSo: () => boolean = () => false,
): Promise<void> {
  for (let minute = 0; minute < many && !isSo(); minute++) {
    await clock.pass(MINUTE)
    for (const socket of there) await socket.settle()
  }
}

/** Minutes pass until the first of them hears of a deletion: a run begins within the hour. */
function nextRun(clock: Clock, first: V1Socket, ...others: readonly V1Socket[]): Promise<void> {
  return minutes(65, clock, [first, ...others], () => deletionsHeard(first) > 0)
}

describe('a server that keeps messages for ten days', () => {
  let clock: Clock
  let place: V1Place
  let storage: Environment

  beforeAll(async () => {
    clock = new Clock()
    place = await V1Place.open({ ...UNLIMITED, KEEP_MESSAGES_DAYS: '10', ...clock.environment })
    storage = { ...storageOf(place.server.folder), ...clock.environment }
  })
  afterAll(async () => {
    await place.remove()
    clock.remove()
  })

  test('[R8] [R1] [V14] whoever is there sees it go in order, whoever comes back misses nothing, and no byte of it is left', async () => {
    const { room, owner, customer, guest } = await place.meet()
    await customer.say('our Bankverbindung is 4711-0815')
    await customer.change({ type: 'edit', message: '1', text: 'our Bankverbindung is 4712-0815' })
    await customer.change({ type: 'pin', message: '1', on: true })
    await owner.say('thank you, noted', { reply_to: '1' })
    await customer.say(`and at length: ${'Bankverbindung '.repeat(700)}`)
    await customer.pour(Array.from({ length: 40 }, (_, turn) => `Bankverbindung ${turn}`))
    await guest.close()
    await clock.pass(10 * DAY - 20 * MINUTE)
    const [there, other] = [await come(place.people.scrumMaster, room), await come(place.people.customer, room)]
    expect((await there.search('bankverbindung')).messages.length).toBeGreaterThan(40)

    await nextRun(clock, there, other)
    await other.say('still talking')
    await hearsDeletions(there, 43)
    expect(there.events.map(({ offset }) => offset)).toEqual(offsetsBetween(45, 45 + 43 + 1))
    expect(there.events.filter(({ type, by }) => type === 'deleted' && by === SCRUM_MASTER)).toMatchObject([
      { message: '4' },
    ])
    const back = await come(place.people.guest, room, { query: cursorOf(guest) })
    expect(back.welcome).toMatchObject({ resumed: true, offset: 89 })
    expect(back.welcome.events.map(({ offset }) => offset)).toEqual(offsetsBetween(cursorOf(guest).since, 89))
    const fresh = await come(place.people.guest, room)
    const answers = [
      back.welcome,
      fresh.welcome,
      await fresh.history(),
      await fresh.search('bankverbindung'),
      await fresh.pins(),
    ]
    const exported = await commanded('export', storage, room)
    expect(JSON.stringify([answers, exported])).not.toMatch(/Bankverbindung|noted/)
    expect(exported).toContain('still talking')

    const files = [join(place.server.folder, 'chat.sqlite'), join(place.server.folder, 'chat.sqlite-wal')]
    await until('no byte of it is left', async () => {
      const bytes = files.map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : '')).join('')
      return !/bankverbindung|nkverbindun|471[12]-0815|, noted/i.test(bytes)
    })
    expect(await expired(storage)).toEqual([{ room, many: 43 }])
    expect(await commanded('audit', storage, '--what', 'expired')).not.toContain('Bankverbindung')
  })

  test.each(['kill', 'stop'] as const)(
    '[R8] [R3] after a %s in the middle it goes on with the next start; each message goes once, and all of them are noted',
    async (how) => {
      const { room, customer } = await place.meet()
      await customer.pour(Array.from({ length: MANY }, (_, turn) => `numbers ${turn}`))
      const before = { ...cursorOf(customer), since: MANY }
      const noted = (await expired(storage)).length
      await clock.pass(11 * DAY)
      const witness = await come(place.people.customer, room)
      await witness.next('deleted')
      expect((await place.server[how]()) ?? 0).toBe(0)
      expect(place.server.output()).not.toContain('failed')
      await place.server.restart()

      const back = await comeBack(place.people.customer, room, witness)
      expect(back.welcome.resumed).toBe(true)
      expect((await back.search('numbers')).messages.length).toBeGreaterThan(0)
      await minutes(4, clock, [back])
      await until('all of it is gone', async () => (await back.search('numbers')).messages.length === 0)
      const late = await come(place.people.guest, room, { query: before })
      expect(late.welcome).toMatchObject({ resumed: true, offset: 2 * MANY })
      const deletions = late.welcome.events.flatMap((event) => (event.type === 'deleted' ? Number(event.message) : []))
      expect(deletions).toEqual(offsetsBetween(0, MANY))
      await until('it is noted', async () => (await expired(storage)).length > noted)
      expect((await expired(storage)).at(-1)).toEqual({ room, many: MANY })
    },
  )

  test('a room gets a time of its own by command, and only that one goes', async () => {
    const [first, second] = [await place.meet(), await place.meet()]
    for (const { customer } of [first, second]) await customer.say('for a day')
    const retention = (...words: string[]) => commanded('retention', { ...storage, KEEP_MESSAGES_DAYS: '10' }, ...words)
    await clock.pass(2 * DAY)
    const [there, other] = [
      await come(place.people.customer, first.room),
      await come(place.people.customer, second.room),
    ]
    expect(await retention(first.room)).toContain(`${first.room}: 10 days, like every room`)
    expect(await retention(first.room, '1')).toMatch(/: 1 days, its own\nThe next run deletes 1 messages, said before/)
    expect(await retention(second.room, '0')).toMatch(/: for ever, its own\nThe next run deletes nothing/)
    const all = await retention()
    expect(all).toContain('Every room: 10 days')
    expect(all).toContain(`${first.room}: 1 days\n`)
    expect(all).toContain(`${first.room}: 1 messages, said before`)
    expect(all).toContain(`${second.room}: for ever\n`)

    await nextRun(clock, there, other)
    await hearsDeletions(there, 1)
    expect((await other.history()).messages).toMatchObject([{ text: 'for a day' }])
    expect(await retention(first.room)).toContain('deletes nothing')
    expect(await retention(first.room, 'default')).toContain(`${first.room}: 10 days, like every room`)
    const out = await commanded('audit', storage, '--what', 'retention_set')
    const set = out.split('\n').filter(Boolean)
    expect(set.map((line) => JSON.parse(line))).toMatchObject([
      { by: 'operator', room: first.room, keep: '1' },
      { room: second.room, keep: 'forever' },
      { room: first.room, keep: 'default' },
    ])
    for (const words of [
      [first.room, 'soon'],
      [first.room, '-1'],
      [first.room, '36501'],
      [first.room, '1', 'now'],
    ]) {
      expect(await command('retention', storage, ...words)).toMatchObject({ exitCode: 2, out: '' })
    }
  })
})

describe('two processes on one Redis', () => {
  let chat: Processes
  beforeAll(async () => {
    chat = await Processes.open({ clocks: true, environment: { KEEP_MESSAGES_DAYS: '3' } })
  })
  afterAll(() => chat.remove())

  const storage = () => ({ CHAT_STORAGE_URL: chat.redis.url })
  const notedOf = async (room: string) => (await expired(storage())).filter((entry) => entry.room === room)

  test('[R8] [R5] when it is time for both, one does it alone, and people at either see the same', async () => {
    const { one, two } = chat
    const room = await chat.room()
    const early = await come(one.people.customer, room)
    await early.pour(Array.from({ length: 100 }, (_, turn) => `numbers ${turn}`))
    await Promise.all([one.clock.pass(4 * DAY), two.clock.pass(4 * DAY)])
    const there = [await come(one.people.customer, room), await come(two.people.scrumMaster, room)]
    for (const socket of there) {
      await until('all of it is gone', async () => (await socket.search('numbers')).messages.length === 0)
      await until('it is noted', async () => (await notedOf(room)).length > 0)
    }
    for (const { clock } of [one, two]) await minutes(2, clock, there)
    expect(await notedOf(room)).toEqual([{ room, many: 100 }])
    for (const socket of there) {
      expect((await socket.history({ limit: 100 })).messages.map(({ text }) => text).join('')).toBe('')
      const { since } = cursorOf(socket)
      expect(since).toBe(200)
    }
  })

  test('[R8] [R5] one is at it, people at the other see it in order; when it is killed the other goes on', async () => {
    const { one, two } = chat
    const room = await chat.room()
    const customer = await come(two.people.customer, room)
    await customer.pour(Array.from({ length: 400 }, (_, turn) => `numbers ${turn}`))
    // Only for the first has the time passed: the second has nothing to do yet, and its people stay where they are.
    await one.clock.pass(4 * DAY)
    await hearsDeletions(customer, 30)
    await one.server.kill()
    await customer.settle()
    const heard = deletionsHeard(customer)
    expect(heard).toBeLessThan(400)
    expect(customer.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 400 + heard))

    await two.clock.pass(4 * DAY)
    const back = await comeBack(two.people.customer, room, customer)
    expect(back.welcome.resumed).toBe(true)
    await minutes(4, two.clock, [back])
    await until('all of it is gone', async () => (await back.search('numbers')).messages.length === 0)
    const late = await come(two.people.guest, room, { query: { since: 400, epoch: back.welcome.epoch } })
    expect(late.welcome).toMatchObject({ resumed: true, offset: 800 })
    const deletions = late.welcome.events.flatMap((event) => (event.type === 'deleted' ? Number(event.message) : []))
    expect(deletions).toEqual(offsetsBetween(0, 400))
    await until('it is noted', async () => (await notedOf(room)).length > 0)
    expect(await notedOf(room)).toEqual([{ room, many: 400 }])
    expect(await commanded('retention', storage(), room, '30')).toContain('30 days, its own')
    expect(await commanded('retention', storage())).toContain(`${room}: 30 days`)
  })
})
