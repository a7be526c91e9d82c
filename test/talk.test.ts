// Two people talk, over real sockets, with accounts in a real Postgres.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, Person, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'

let postgres: Postgres
let server: Server

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  server = await startServer({ DATABASE_URL: postgres.url })
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
})

test('[P1] what one says, everyone in the room hears, in the form that existing clients know', async () => {
  const customer = await (await Person.logIn(server, CUSTOMER)).open()
  const scrumMaster = await (await Person.logIn(server, SCRUM_MASTER)).open()
  const said = await customer.say('Good morning, how far is the checkout?')
  expect(await scrumMaster.nextMessage()).toEqual(said)
  expect(said).toEqual({
    id: expect.stringMatching(/^\d+$/),
    messageId: said.id,
    email: CUSTOMER,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    text: 'Good morning, how far is the checkout?',
  })
})

test('[P2] whoever comes in gets what was said before, oldest first', async () => {
  const person = await Person.logIn(server, SCRUM_MASTER)
  const first = await person.open()
  for (const text of ['one', 'two', 'three']) await first.say(text)
  const second = await person.open()
  const texts = (await second.upTo('three')).map(({ text }) => text)
  expect(texts.slice(-3)).toEqual(['one', 'two', 'three'])
})
