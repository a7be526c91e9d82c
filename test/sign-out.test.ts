// Ending a sign-in, and what goes with it (rule L9); and that no other site can use somebody's cookie.
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { installed } from './support/installation.ts'
import { lockElsewhere } from './support/lock.ts'
import { CUSTOMER, PASSWORD, Person, PlainSocket, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { expectRefusal } from './support/requests.ts'
import { RAILWAY } from './support/tables.ts'
import { handshake } from './support/wire.ts'

const SIGNED_OUT = { code: 4502, reason: 'signed_out' }

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '0' })

const logOut = (person: Person) => post(place.server, '/logout', undefined, person.bearer)
const tryRoom = (ticket: string) => fetch(`${place.server.origin}/chat/${ROOM}?auth=${ticket}`)

async function cookie(): Promise<string> {
  const answer = await post(place.server, '/login', { email: CUSTOMER, password: PASSWORD })
  return answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
}

test('[L9] logging out closes every socket that the sign-in opened, and no other', async () => {
  const leaving = await Person.logIn(place.server, SCRUM_MASTER)
  const elsewhere = await Person.logIn(place.server, SCRUM_MASTER)
  const customer = await Person.logIn(place.server, CUSTOMER)
  const closed = [await leaving.open(), await leaving.open(), await leaving.open(RAILWAY)]
  const open = [await elsewhere.open(), await elsewhere.open(RAILWAY), await customer.open()]

  const answer = await logOut(leaving)
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
  for (const socket of closed) expect(await socket.closed).toEqual(SIGNED_OUT)
  const [own, railway, other] = open
  await own?.say('I am still here')
  await railway?.say('and here')
  expect((await other?.upTo('I am still here'))?.at(-1)?.email).toBe(SCRUM_MASTER)
  for (const socket of open) {
    expect(socket.isOpen).toBe(true)
    await socket.close()
  }
  expect((await post(place.server, '/tickets', undefined, elsewhere.bearer)).status).toBe(200)
})

test('[L9] after logging out everything of the sign-in is signed out, its tickets too', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const tickets = [await person.ticket(), await person.ticket(ROOM)]
  expect((await logOut(person)).status).toBe(200)
  await expectRefusal(await post(place.server, '/tickets', undefined, person.bearer), 401, 'signed_out')
  await expectRefusal(await logOut(person), 401, 'signed_out')
  for (const ticket of tickets) await expectRefusal(await tryRoom(ticket), 401, 'signed_out')
})

test('[L9] logging out by cookie takes the cookie away', async () => {
  const Cookie = await cookie()
  const answer = await post(place.server, '/logout', undefined, { Cookie })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Set-Cookie')).toMatch(/^propromo_sign_in=;.*Max-Age=0.*Path=\//i)
  await expectRefusal(await post(place.server, '/tickets', undefined, { Cookie }), 401, 'signed_out')
})

test('[L9] a socket that was on its way in when the sign-in ended does not stay open', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const ticket = await person.ticket()
  const letGo = await place.propromo.holdUp('monitors')
  const coming = handshake(place.server, `/chat/${ROOM}?auth=${ticket}`)
  await place.propromo.heldUp()
  expect((await logOut(person)).status).toBe(200)
  await letGo()

  const { status, body, socket } = await coming
  const end = status === 101 ? await socket.closeCode() : (JSON.parse(body) as { code: string }).code
  socket.destroy()
  expect([4502, 'signed_out']).toContain(end)
})

test('[L9] a ticket that was being issued when the sign-in ended opens nothing', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const letGo = await place.propromo.holdUp('monitors')
  const coming = post(place.server, '/tickets', undefined, person.bearer)
  await place.propromo.heldUp()
  expect((await logOut(person)).status).toBe(200)
  await letGo()

  const answer = await coming
  if (answer.status !== 200) return expectRefusal(answer, 401, 'signed_out')
  const { token } = (await answer.json()) as { token: string }
  return expectRefusal(await tryRoom(token), 401, 'signed_out')
})

test('[L9] a sign-in that could not be ended keeps its cookie, so that it can be ended later', async () => {
  const Cookie = await cookie()
  const lock = await lockElsewhere(join(place.server.folder, 'chat.sqlite'))
  const answer = await post(place.server, '/logout', undefined, { Cookie })
  await lock.release()
  await expectRefusal(answer, 503, 'store_unavailable')
  expect(answer.headers.get('Set-Cookie')).toBeNull()
  expect((await post(place.server, '/logout', undefined, { Cookie })).status).toBe(200)
})

test('[L9] a page of another site cannot use the cookie', async () => {
  const Cookie = await cookie()
  const { token } = (await (await post(place.server, '/tickets', undefined, { Cookie })).json()) as { token: string }
  const open = await PlainSocket.open(place.server, ROOM, token)
  const foreign = [
    'https://elsewhere.example',
    'null',
    'http://127.0.0.1',
    `http://127.0.0.1:${place.server.port}.elsewhere.example`,
    `http://elsewhere.example#127.0.0.1:${place.server.port}`,
    `ftp://127.0.0.1:${place.server.port}`,
    `${place.server.origin}, https://elsewhere.example`,
    '',
  ]
  for (const Origin of foreign) {
    for (const path of ['/tickets', '/logout']) {
      await expectRefusal(await post(place.server, path, undefined, { Cookie, Origin }), 403, 'origin_refused')
    }
    const body = { email: CUSTOMER, password: PASSWORD }
    await expectRefusal(await post(place.server, '/login', body, { Origin }), 403, 'origin_refused')
  }
  expect((await open.say('nobody signed me out')).text).toBe('nobody signed me out')
  for (const Origin of [place.server.origin, place.server.origin.replace('http', 'ws')]) {
    expect((await post(place.server, '/tickets', undefined, { Cookie, Origin })).status).toBe(200)
  }
  await open.close()
})
