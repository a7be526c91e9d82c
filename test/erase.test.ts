// One person's messages, erased from every room while people talk, whichever store keeps them.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, commanded, started } from './support/commands.ts'
import { CUSTOMER, SCRUM_MASTER } from './support/people.ts'
import { RedisServer, until } from './support/redis.ts'
import { type Environment, UNLIMITED } from './support/server.ts'
import type { V1Socket } from './support/v1.ts'
import { come, comeBack, offsetsBetween, V1Place } from './support/v1-place.ts'

for (const kind of ['SQLite', 'Redis'] as const) {
  describe(`in ${kind}`, () => {
    let place: V1Place
    let redis: RedisServer | undefined
    let storage: Environment

    beforeAll(async () => {
      // Squeezed together, a word could be there without being found.
      redis = kind === 'Redis' ? await RedisServer.start({ settings: ['--rdbcompression', 'no'] }) : undefined
      place = await V1Place.open({ ...UNLIMITED, ...(redis ? { CHAT_STORAGE_URL: redis.url } : {}) })
      storage = { CHAT_STORAGE_URL: redis?.url ?? `sqlite:${join(place.server.folder, 'chat.sqlite')}` }
    })
    afterAll(async () => {
      await place.remove()
      await redis?.remove()
    })

    const erase = (...words: string[]) => commanded('erase', storage, ...words)

    /** Every byte of the store's files. */
    function onDisk(): string {
      const folder = redis ? join(redis.folder, 'appendonlydir') : place.server.folder
      const files = readdirSync(folder).filter((name) => redis || name.startsWith('chat.sqlite'))
      return files.map((name) => readFileSync(join(folder, name), 'latin1')).join('\n')
    }

    /** With SQLite at once. Redis' append-only file has to be rewritten, which is for whoever runs it: docs/privacy.md. */
    async function isGoneFromDisk(word: RegExp): Promise<void> {
      if (!redis) return expect(word.test(onDisk())).toBe(false)
      await redis.cli('BGREWRITEAOF')
      await until('the file is rewritten', async () => !word.test(onDisk()))
    }

    /** The event, however long another process' news are under way. */
    async function hears(socket: V1Socket, offset: number): Promise<void> {
      while (!socket.events.some((event) => event.offset === offset)) {
        await socket.settle()
        await Bun.sleep(50)
      }
    }

    async function talk(room: string, customer: V1Socket, owner: V1Socket): Promise<void> {
      await customer.say(`my bank account in ${room}`)
      await customer.change({ type: 'edit', message: '1', text: 'my bank account, corrected' })
      await owner.say('thank you')
      await customer.change({ type: 'react', message: '3', emoji: '🎉', on: true })
      await owner.change({ type: 'react', message: '3', emoji: '🎉', on: true })
      await customer.change({ type: 'pin', message: '1', on: true })
      customer.send({ type: 'read', upto: 5 })
      await owner.next('read', ({ upto }) => upto === 5)
    }

    test('[R1] [V14] it goes from every room, from search, pins and the log, and whoever is there sees it go', async () => {
      const [first, second] = [await place.meet(), await place.meet()]
      for (const { room, customer, owner } of [first, second]) await talk(room, customer, owner)
      expect(/\bbank/.test(onDisk())).toBe(true)
      await first.guest.close()

      const before = await erase(CUSTOMER)
      expect(before).toContain(`${first.room}: 1 messages, 1 reactions, a read mark`)
      expect(before).toContain('Nothing was erased')
      expect((await first.owner.search('bank')).messages).toHaveLength(1)

      expect(await erase(CUSTOMER, '--yes')).toContain('Erased from 2 rooms')
      for (const { room, owner } of [first, second]) {
        await hears(owner, 8)
        expect(owner.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 8))
        const { messages } = await owner.history()
        expect(messages).toMatchObject([
          { id: '1', by: CUSTOMER, text: '', deleted: true, reactions: {} },
          { id: '3', text: 'thank you', reactions: { '🎉': [SCRUM_MASTER] } },
        ])
        expect((await owner.search('bank')).messages).toEqual([])
        expect((await owner.pins()).messages).toEqual([])
        const late = await come(place.people.guest, room, { query: { since: 0, epoch: owner.welcome.epoch } })
        expect(late.welcome.resumed).toBe(true)
        expect(JSON.stringify(late.welcome)).not.toContain('bank')
      }
      await isGoneFromDisk(/\bbank/)
      const back = await comeBack(place.people.guest, first.room, first.guest)
      expect(JSON.stringify(back.welcome)).not.toContain('bank')
      await first.customer.say('and life goes on')
      expect(await erase('nobody@example.com', '--yes')).toContain('There is nothing of nobody@example.com')
      const audit = await commanded('audit', storage, '--what', 'erased')
      expect(audit).toContain(`"of":"${CUSTOMER}"`)
      expect(audit).not.toContain('bank')
    })

    test('a room that is named is the only one, and much of it goes while others talk', async () => {
      const [one, other] = [await place.meet(), await place.meet()]
      for (const { customer } of [one, other]) {
        await customer.pour(Array.from({ length: 300 }, (_, turn) => `mine ${turn}`))
      }
      const erasing = erase(CUSTOMER, '--room', one.room, '--yes')
      for (let turn = 0; turn < 20; turn++) await one.owner.say(`of mine ${turn}`)
      await erasing
      await hears(one.owner, 620)
      expect(one.owner.events.map(({ offset }) => offset)).toEqual(offsetsBetween(0, 620))
      expect((await one.owner.search('mine')).messages.every(({ by }) => by === SCRUM_MASTER)).toBe(true)
      expect((await other.owner.search('mine')).messages.length).toBeGreaterThan(0)
    })

    test('one that is killed in the middle has been noted, and the next goes on', async () => {
      const { room, owner, customer } = await place.meet()
      await customer.pour(Array.from({ length: 1_500 }, (_, turn) => `soon gone ${turn}`))
      const killed = started('pipe', 'erase', storage, [CUSTOMER, '--room', room, '--yes'])
      await until('the first is gone', async () => {
        const { messages } = await owner.history({ after: 0, limit: 1 })
        return messages[0]?.deleted === true
      })
      killed.kill('SIGKILL')
      await killed.exited
      const noted = await commanded('audit', storage, '--what', 'erased')
      expect(noted).toContain(`"room":"${room}","many":1500`)
      await erase(CUSTOMER, '--room', room, '--yes')
      expect(await erase(CUSTOMER, '--room', room)).toContain('There is nothing of')
    })

    test('what is left of the deleted goes from the disk also when all of it was deleted before', async () => {
      const { room, customer } = await place.meet()
      await customer.say('the vault has a number')
      expect(/\bvault/.test(onDisk())).toBe(true)
      await customer.change({ type: 'delete', message: '1' })
      await customer.close()
      expect(await erase('nobody@example.com', '--room', room, '--yes')).toContain('There is nothing of')
      await isGoneFromDisk(/\bvault/)
    })

    test('what makes no sense erases nothing', async () => {
      for (const words of [[], ['no email', '--yes'], [CUSTOMER, SCRUM_MASTER, '--yes'], [CUSTOMER, '--now']]) {
        expect(await command('erase', storage, ...words)).toMatchObject({ exitCode: 2, out: '' })
      }
    })
  })
}
