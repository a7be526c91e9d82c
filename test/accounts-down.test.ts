// The accounts database goes away and comes back, while people talk (rule L7).
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { CUSTOMER, PASSWORD, Person, type PlainSocket, post, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { until } from './support/redis.ts'
import { expectRefusal } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo } from './support/tables.ts'
import { handshake } from './support/wire.ts'

let postgres: Postgres
let propromo: Propromo
let server: Server
let person: Person
let talking: PlainSocket

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
  person = await Person.logIn(server, CUSTOMER)
  talking = await person.open()
})
afterEach(heals)
afterAll(async () => {
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

const logIn = () => post(server, '/login', { email: CUSTOMER, password: PASSWORD })
const renew = () => post(server, '/tickets', undefined, { Authorization: `Bearer ${person.signIn}` })

async function connect(ticket: string): Promise<Response> {
  const { status, headers, body, socket } = await handshake(server, `/chat/${ROOM}?auth=${ticket}`)
  socket.destroy()
  return new Response(body, { status: status === 101 ? 200 : status, headers: [...headers] })
}

/** All of it works again, without anyone having done anything to the server. */
async function heals(): Promise<void> {
  await until('logging in and renewing work', async () => {
    return (await logIn()).status === 200 && (await renew()).status === 200
  })
  expect((await connect(await person.ticket())).status).toBe(200)
  await (await person.open()).close()
}

async function everythingIsRefused(ticket: string): Promise<void> {
  for (const answer of await Promise.all([logIn(), renew(), connect(ticket)])) {
    await expectRefusal(answer, 503, 'accounts_unavailable')
  }
}

test('[L7] with Postgres killed nobody new comes in, and those inside go on talking', async () => {
  const ticket = await person.ticket()
  await postgres.kill()
  await everythingIsRefused(ticket)
  await everythingIsRefused(ticket)
  expect((await talking.say('the accounts are gone')).text).toBe('the accounts are gone')
  await postgres.restart()
  await heals()
  expect((await connect(ticket)).status).toBe(200) // The refusal did not spend it.
})

test('[L7] a database that answers with an error is refused in the same words', async () => {
  const ticket = await person.ticket()
  await propromo.without(['users', 'monitors'], () => everythingIsRefused(ticket))
})

test('[L7] a column that could not be read once is not taken for missing ever after', async () => {
  const { chats } = person
  await server.stop()
  await server.restart()
  const letGo = await propromo.holdUp('monitors')
  const held = logIn()
  for (const pid of await propromo.heldUp()) await propromo.sql`SELECT pg_cancel_backend(${pid})` // As a timeout does.
  await letGo()
  await held

  person = await Person.logIn(server, CUSTOMER)
  talking = await person.open()
  expect(person.chats).toEqual(chats)
})

test('[L7] a frozen Postgres is refused while it is frozen, however many people wait, and thawed it works again', async () => {
  const ticket = await person.ticket()
  postgres.freeze()
  const waiting = [...Array.from({ length: 8 }, logIn), renew(), renew(), connect(ticket)]
  expect((await talking.say('the accounts are frozen')).text).toBe('the accounts are frozen')
  const all = await Promise.all(waiting).finally(() => postgres.thaw())
  for (const answer of all) await expectRefusal(answer, 503, 'accounts_unavailable')
})
