// Deleted means gone: what was said stands nowhere any more, for nobody, in neither protocol and not in the store.

import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { lockElsewhere } from './support/lock.ts'
import { until } from './support/redis.ts'
import { scrape } from './support/scrape.ts'
import { V1Socket } from './support/v1.ts'
import { come, V1Place } from './support/v1-place.ts'

const SECRETS = ['Wacholderbeere', 'Zimtschnecke', 'Mohnkuchen']

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

test('[V5] what a deleted message said, before and after its edits, is nowhere any more; the message keeps its place', async () => {
  const { room, owner, customer } = await place.meet()
  await tellAndDelete(owner, customer)
  for (const restarted of [false, true]) {
    if (restarted) await place.server.kill()
    if (restarted) await place.server.restart()
    const fresh = await come(place.people.guest, room)
    const resumed = await come(place.people.guest, room, { query: { since: 0, epoch: owner.welcome.epoch } })
    expect(resumed.welcome).toMatchObject({ resumed: true, offset: 9 })
    expect(resumed.welcome.events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const history = await fresh.history()
    expect(history.messages).toMatchObject([
      { id: '1', text: 'before' },
      { id: '2', text: '', deleted: true },
      { id: '5', text: 'an answer', reply_to: '2' },
      { id: '9', text: 'after' },
    ])
    expect(fresh.welcome.messages).toEqual(history.messages)
    for (const word of SECRETS) expect((await fresh.search(word)).messages).toEqual([])
    const plain = await place.people.guest.open(room)
    const heard = [await plain.nextMessage(), await plain.nextMessage(), await plain.nextMessage()]
    expect(heard.map(({ text }) => text)).toEqual(['before', 'an answer', 'after'])
    expectNoSecrets(JSON.stringify([fresh.frames, resumed.frames, heard]))
  }
})

test('[V5] the tables of the store hold nothing of it, and what others said is untouched', async () => {
  const { owner, customer } = await place.meet()
  await tellAndDelete(owner, customer)
  const file = new Database(join(place.server.folder, 'chat.sqlite'), { readonly: true })
  const rows = file.query('SELECT * FROM event').all()
  const indexed = SECRETS.map((word) => file.query('SELECT rowid FROM word WHERE word MATCH ?').all(word))
  file.close()
  const text = JSON.stringify(rows)
  for (const kept of ['before', 'an answer', 'after']) expect(text).toContain(kept)
  expectNoSecrets(text)
  expect(indexed).toEqual([[], [], []])
})

test('[V5] whoever is on the way in while a message is deleted is not told what it said', async () => {
  const { room, owner, customer } = await place.meet()
  const { epoch } = owner.welcome
  const { offset } = await customer.say(SECRETS[0] ?? '')
  const tickets = [await place.people.guest.ticket(), await place.people.guest.ticket()]
  const queries = async () => (await scrape(place.server)).value('propromo_chat_sql_seconds_count')
  const asked = await queries()
  const lock = await lockElsewhere(join(place.server.folder, 'chat.sqlite'))
  const deleting = customer.change({ type: 'delete', message: String(offset) })
  await customer.settle() // From here on the deletion waits for the store, ahead of the tickets.
  const comings = tickets.map((ticket, index) =>
    V1Socket.open(place.server, room, ticket, { query: index === 0 ? {} : { since: 0, epoch } }),
  )
  // Whether each belongs to the room, and who else does: with that known, they wait for their tickets to be spent.
  await until('both are looked up', async () => (await queries()) > asked + comings.length)
  await lock.release()
  await deleting
  const welcomes = (await Promise.all(comings)).map((newcomer) => newcomer.welcome)
  expect(welcomes.map(({ offset: end }) => end)).toEqual([offset + 1, offset + 1]) // After the deletion.
  expectNoSecrets(JSON.stringify(welcomes))
})

/** Nine events; the second message is edited twice, reacted to, answered, and deleted. */
async function tellAndDelete(owner: V1Socket, customer: V1Socket): Promise<void> {
  await owner.say('before')
  await customer.say(`${SECRETS[0]}, please`)
  await customer.change({ type: 'edit', message: '2', text: `${SECRETS[1]}, please` })
  await customer.change({ type: 'edit', message: '2', text: `${SECRETS[2]}, please` })
  await owner.say('an answer', { reply_to: '2' })
  await owner.change({ type: 'react', message: '2', emoji: '👍', on: true })
  await owner.change({ type: 'pin', message: '2', on: true })
  await customer.change({ type: 'delete', message: '2' })
  await owner.say('after')
}

function expectNoSecrets(text: string): void {
  expect(SECRETS.filter((word) => text.includes(word))).toEqual([])
}
