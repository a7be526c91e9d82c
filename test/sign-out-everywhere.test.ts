// Ending every sign-in of an account from one of them (rule L12).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { logOut as logOutWithSdk } from '../client/index.ts'
import { submitForm } from './support/page.ts'
import { CUSTOMER, PASSWORD, Person, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { expectRefusal, postBytes } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'

const SIGNED_OUT = { code: 4502, reason: 'signed_out' }
const FORM = 'application/x-www-form-urlencoded'

let postgres: Postgres
let server: Server

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  await propromo.close()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
})

const bearer = ({ signIn }: Person) => ({ Authorization: `Bearer ${signIn}` })
const logOut = (person: Person, body?: unknown) => post(server, '/logout', body, bearer(person))
const tryRoom = (ticket: string) => fetch(`${server.origin}/chat/${ROOM}?auth=${ticket}`)
const devices = (email: string) => Promise.all([1, 2, 3].map(() => Person.logIn(server, email)))

async function signedIn(person: Person): Promise<boolean> {
  const { status } = await post(server, '/tickets', undefined, bearer(person))
  return status === 200
}

test('[L12] [T6] everywhere ends every sign-in of the account, its sockets and its tickets, and nobody else’s', async () => {
  const [phone, tablet, laptop] = await devices(SCRUM_MASTER)
  const customer = await Person.logIn(server, CUSTOMER)
  if (!phone || !tablet || !laptop) throw new Error('unreachable')
  const closed = await Promise.all([phone.open(), tablet.open(), tablet.open(RAILWAY), laptop.open()])
  const unspent = await Promise.all([phone.ticket(), tablet.ticket(ROOM), laptop.ticket()])
  const other = await customer.open()

  const answer = await logOut(tablet, { everywhere: true })
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
  for (const socket of closed) expect(await socket.closed).toEqual(SIGNED_OUT)
  for (const ticket of unspent) await expectRefusal(await tryRoom(ticket), 401, 'signed_out')
  for (const person of [phone, tablet, laptop]) {
    await expectRefusal(await post(server, '/tickets', undefined, bearer(person)), 401, 'signed_out')
    await expectRefusal(await logOut(person, { everywhere: true }), 401, 'signed_out')
  }
  expect((await other.say('I am still here')).email).toBe(CUSTOMER)
  expect(await signedIn(customer)).toBe(true)
  expect(await signedIn(await Person.logIn(server, SCRUM_MASTER))).toBe(true)
  await other.close()
})

test('[L12] without it, or with false, one sign-in ends and the others stand', async () => {
  for (const body of [undefined, {}, { everywhere: false }, { everywhere: null }, { everywhere: 'false' }]) {
    const [leaving, staying] = await devices(CUSTOMER)
    if (!leaving || !staying) throw new Error('unreachable')
    expect((await logOut(leaving, body)).status).toBe(200)
    expect([await signedIn(leaving), await signedIn(staying)]).toEqual([false, true])
  }
})

test('[L12] a form says it as everywhere=true, with the cookie too, which is taken away', async () => {
  const [first, second] = await devices(CUSTOMER)
  if (!first || !second) throw new Error('unreachable')
  const answer = await postBytes(server, '/logout', 'everywhere=true', { type: FORM, headers: bearer(first) })
  expect([answer.status, await signedIn(second)]).toEqual([200, false])

  const elsewhere = await Person.logIn(server, CUSTOMER)
  const login = await post(server, '/login', { email: CUSTOMER, password: PASSWORD })
  const Cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const page = await submitForm(server, '/logout', { everywhere: 'true' }, { Cookie })
  expect([page.status, await signedIn(elsewhere)]).toEqual([200, false])
  expect(page.headers.get('Set-Cookie')).toMatch(/^propromo_sign_in=;.*Max-Age=0/i)
  expect(page.text).toContain('all devices')
})

test('[L12] a body that says something else is refused, and ends nothing', async () => {
  const person = await Person.logIn(server, CUSTOMER)
  for (const everywhere of ['yes', '', 1, 0, [], {}, 'TRUE', [true]]) {
    await expectRefusal(await logOut(person, { everywhere }), 400, 'malformed_body')
  }
  for (const body of ['{', '[]', 'true']) {
    await expectRefusal(await postBytes(server, '/logout', body, { headers: bearer(person) }), 400, 'malformed_body')
  }
  const text = await postBytes(server, '/logout', 'everywhere', { type: 'text/plain', headers: bearer(person) })
  await expectRefusal(text, 415, 'unsupported_media_type')
  expect(await signedIn(person)).toBe(true)
})

test('[L12] the SDK signs out everywhere, and is content when that has happened already', async () => {
  const [first, second] = await devices(CUSTOMER)
  if (!first || !second) throw new Error('unreachable')
  const socket = await second.open()
  await logOutWithSdk({ url: server.origin, signIn: first.signIn, everywhere: true })
  expect(await socket.closed).toEqual(SIGNED_OUT)
  await logOutWithSdk({ url: server.origin, signIn: first.signIn, everywhere: true })
  expect(await signedIn(second)).toBe(false)
})
