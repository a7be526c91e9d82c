// How a v1 socket is refused and ended: let in and closed with a code, since a browser cannot read a refused upgrade.

import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { RefusalBody } from '../protocol/refusal.ts'
import { Clock } from './support/clock.ts'
import { madeUpSecret } from './support/forging.ts'
import { CUSTOMER, OUTSIDER, Person, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { UNLIMITED } from './support/server.ts'
import { type Opening, V1, V1Socket } from './support/v1.ts'
import { come, comeBack, NAMES, V1Place } from './support/v1-place.ts'
import { refusals } from './support/v1-refusals.ts'
import { handshake } from './support/wire.ts'

const secret = madeUpSecret()
const clock = new Clock()
let place: V1Place

beforeAll(async () => {
  place = await V1Place.open({ ...UNLIMITED, ...clock.environment, JWT_PRIVATE_KEY: secret })
})
afterAll(async () => {
  await place.remove()
  clock.remove()
})

test('[C5] a refusal is a status for a plain request and for a GET, and the close code of X for v1', async () => {
  for (const { what, status, close, room = ROOM, headers = {}, ticket } of refusals(place, secret)) {
    const auth = await ticket()
    const path = `/chat/${encodeURIComponent(room)}?auth=${auth}`
    const plain = await handshake(place.server, path, headers)
    expect([what, `${plain.status} ${codeIn(plain.body)}`]).toEqual([what, status])
    plain.socket.destroy()
    const get = await fetch(place.server.origin + path, { headers: { 'Sec-WebSocket-Protocol': V1, ...headers } })
    expect([what, `${get.status} ${codeIn(await get.text())}`]).toEqual([what, status])
    for (const opening of [{ protocols: [V1], query: { auth }, headers }, { headers }] satisfies Opening[]) {
      const socket = V1Socket.dial(place.server, room, auth, opening)
      expect([what, await socket.ending(), socket.frames]).toEqual([what, close, []])
      expect([what, socket.protocol]).toEqual([what, V1])
    }
  }
})

test('[C5] without a ticket a plain request gets 400, and v1 is closed with 4501', async () => {
  const plain = await handshake(place.server, `/chat/${ROOM}`)
  expect(`${plain.status} ${codeIn(plain.body)}`).toBe('400 ticket_missing')
  plain.socket.destroy()
  for (const protocols of [[V1], [V1, 'bearer.'], [V1, 'bearer']]) {
    expect(await V1Socket.dial(place.server, ROOM, '', { protocols }).ending()).toBe('4501 ticket_invalid')
  }
})

test('[C5] a GET that is no upgrade is told so, and neither that nor a refusal spends the ticket', async () => {
  const ticket = await place.people.customer.ticket()
  const headers = { 'Sec-WebSocket-Protocol': V1 }
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(`${place.server.origin}/chat/${ROOM}?auth=${ticket}`, { headers })
    expect(`${answer.status} ${codeIn(await answer.text())}`).toBe('426 upgrade_required')
  }
  const foreign = V1Socket.dial(place.server, ROOM, ticket, { headers: { Origin: 'https://elsewhere.example' } })
  expect(await foreign.ending()).toBe('4504 origin_refused')
  await V1Socket.open(place.server, ROOM, ticket)
  expect(await V1Socket.dial(place.server, ROOM, ticket).ending()).toBe('4011 ticket_spent')
})

test('[X] 1003 for a binary frame and 1009 for one that is too large; a frame of just the most is taken', async () => {
  const { owner, customer, guest } = await place.meet()
  owner.send(new TextEncoder().encode('{"type":"ping"}'))
  expect(await owner.ending()).toStartWith('1003')
  const most = customer.welcome.limits.frame_bytes
  const padded = (bytes: number) => `{"type":"ping"${' '.repeat(bytes - 15)}}`
  customer.send(padded(most))
  await customer.next('pong')
  customer.send(padded(most + 1))
  expect(await customer.ending()).toStartWith('1009')
  await guest.say('the others notice nothing')
})

test('[X] 1012 restarting when the server shuts down in order; whoever comes back then goes on', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await owner.say('before the restart')
  await place.server.stop()
  for (const socket of [owner, customer, guest]) expect(await socket.ending()).toBe('1012 restarting')
  await place.server.restart()
  const back = await comeBack(place.people.customer, room, customer)
  expect(back.welcome).toMatchObject({ resumed: true, offset: 1 })
})

test('[X] 4000 too_slow for a client that reads nothing while the others talk on', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const ticket = await place.people.guest.ticket()
  await guest.close()
  await owner.next('presence', ({ online }) => !online)
  const headers = { 'Sec-WebSocket-Protocol': `${V1}, bearer.${ticket}` }
  const { socket } = await handshake(place.server, `/chat/${encodeURIComponent(room)}`, headers)
  socket.pause()
  await owner.next('presence', ({ online }) => online)
  let isGone = false
  const going = owner
    .next('presence', ({ online }) => !online)
    .finally(() => {
      isGone = true
    })
  while (!isGone) {
    const { offset } = await owner.pour(Array<string>(5).fill('\u0001'.repeat(16_384)))
    await customer.event(offset)
  }
  await going
  socket.resume() // At once: a close that is not taken within seconds is not waited for.
  expect(await socket.closeCode()).toBe(4000)
})

test('[X] 4001 out_of_step when the log was replaced under the room; whoever comes back starts afresh', async () => {
  const { room, owner, customer } = await place.meet()
  await owner.say('one')
  await customer.event(1)
  const file = new Database(join(place.server.folder, 'chat.sqlite'))
  file.exec(`PRAGMA busy_timeout = 2000; BEGIN IMMEDIATE;
    UPDATE event SET key = key + 5 WHERE seq = (SELECT max(seq) FROM event);
    UPDATE lifetime SET epoch = 'another'; COMMIT`)
  file.close()
  owner.send({ type: 'send', id: 'x', text: 'after the replacement' })
  for (const socket of [owner, customer]) expect(await socket.ending()).toBe('4001 out_of_step')
  const { welcome } = await comeBack(place.people.customer, room, customer)
  expect(welcome).toMatchObject({ epoch: 'another', resumed: false, offset: 7, events: [] })
  expect(welcome.messages.map(({ text }) => text)).toEqual(['one', 'after the replacement'])
})

test('[X] 4053 unavailable while the accounts cannot be read; open sockets go on', async () => {
  const { room, owner, customer } = await place.meet()
  const ticket = await place.people.guest.ticket()
  await place.postgres.kill()
  expect(await V1Socket.dial(place.server, room, ticket).ending()).toBe('4053 unavailable')
  await owner.say('we can still talk')
  await customer.event(1)
  await place.postgres.restart()
  await V1Socket.open(place.server, room, ticket) // What was refused did not spend it.
})

test('[X] 4502 signed_out for every socket of the sign-in that ended, and for no other', async () => {
  const { room, owner } = await place.meet()
  const phone = await place.people.guest.open(room)
  const leaving = await Person.logIn(place.server, CUSTOMER)
  const [tab, other] = [await come(leaving, room), await come(leaving, ROOM)]
  const stays = await come(place.people.customer, room)
  await post(place.server, '/logout', undefined, { Authorization: `Bearer ${leaving.signIn}` })
  for (const socket of [tab, other]) expect(await socket.ending()).toBe('4502 signed_out')
  for (const socket of [owner, stays]) await socket.settle()
  await phone.say('still here')
})

test('[X] 4503 no_access within a minute for a member who was removed, in either protocol, and for no other', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const phone = await place.people.guest.open(room)
  const elsewhere = await come(place.people.guest, 'lobby')
  await place.propromo.leave(OUTSIDER, room)
  await clock.pass(60)
  expect(await guest.ending()).toBe('4503 no_access')
  expect((await phone.closed).code).toBe(4503)
  await customer.next('presence', ({ email, online }) => email === OUTSIDER && !online)
  for (const socket of [owner, customer, elsewhere]) await socket.settle()
  expect(await V1Socket.dial(place.server, room, await place.people.guest.ticket()).ending()).toBe('4503 no_access')
  const { members } = (await come(place.people.customer, room)).welcome
  expect(members.map(({ name }) => name)).not.toContain(NAMES[OUTSIDER])
})

test('[X] membership ends within a minute, nobody is cut off and nobody has to wait, also when the clock is set back or forward', async () => {
  for (const hours of [-1, 1]) {
    const { room, owner, customer, guest } = await place.meet()
    await guest.say('before')
    clock.set(hours * 60 * 60)
    await guest.say('after')
    await place.propromo.leave(OUTSIDER, room)
    await clock.pass(60)
    expect(await guest.ending()).toBe('4503 no_access')
    for (const socket of [owner, customer]) await socket.settle()
    clock.set(0)
  }
})

test('[X] whoever belongs to the room by another monitor of the same hash stays, and is listed with the others', async () => {
  const [room, twin] = [await place.room(SCRUM_MASTER, CUSTOMER), await place.room(OUTSIDER)]
  await place.propromo.sql`UPDATE monitors SET monitor_hash = ${room} WHERE monitor_hash = ${twin}`
  const [owner, customer, guest] = [
    await come(place.people.scrumMaster, room),
    await come(place.people.customer, room),
    await come(place.people.guest, room),
  ]
  expect(guest.welcome.members.map((member) => [member.email, member.owner])).toEqual([
    [SCRUM_MASTER, true],
    [CUSTOMER, false],
    [OUTSIDER, false],
  ])
  await place.propromo.leave(SCRUM_MASTER, room)
  await clock.pass(60)
  expect(await owner.ending()).toBe('4503 no_access')
  for (const socket of [customer, guest]) await socket.settle()
})

test('[X] whoever belongs to a monitor that was made anew with the same hash stays, and whoever belonged to the former goes', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await place.propromo.sql`UPDATE monitors SET monitor_hash = 'former' WHERE monitor_hash = ${room}`
  await place.propromo.addMonitor({ monitor_hash: room })
  for (const email of [SCRUM_MASTER, CUSTOMER]) await place.propromo.join(email, room)
  await clock.pass(60)
  expect(await guest.ending()).toBe('4503 no_access')
  for (const socket of [owner, customer, await come(place.people.customer, room)]) await socket.settle()
})

test('[X] [R7] 4001 within a minute for whoever has another email by now; they come back with it, and own what they owned', async () => {
  const { room, owner, customer, guest } = await place.meet()
  const script = await place.people.scrumMaster.open(room)
  await customer.say('one')
  const rename = (from: string, to: string) => place.propromo.sql`UPDATE users SET email = ${to} WHERE email = ${from}`
  await rename(SCRUM_MASTER, 'rene@example.com')
  await clock.pass(60)
  expect(await owner.ending()).toBe('4001 out_of_step')
  expect((await script.closed).code).toBe(4001)
  const back = await come(place.people.scrumMaster, room)
  expect(back.welcome.you.email).toBe('rene@example.com')
  expect(back.welcome.members[0]).toMatchObject({ email: 'rene@example.com', owner: true, online: true })
  await back.change({ type: 'delete', message: '1' })
  for (const socket of [customer, guest]) await socket.settle()
  await rename('rene@example.com', SCRUM_MASTER)
})

test('[R7] when the owner is gone, whoever joined next owns the room', async () => {
  const { room, owner, customer, guest } = await place.meet()
  await guest.say('one')
  expect((await customer.refusal({ type: 'delete', message: '1' })).code).toBe('not_yours')
  await place.propromo.leave(SCRUM_MASTER, room)
  await clock.pass(60)
  expect(await owner.ending()).toBe('4503 no_access')
  await customer.change({ type: 'delete', message: '1' })
  const { members } = (await come(place.people.guest, room)).welcome
  expect(members.map((member) => [member.email, member.owner])).toEqual([
    [CUSTOMER, true],
    [OUTSIDER, false],
  ])
})

test('[X] whoever stays a member stays, for as many minutes as they like', async () => {
  const { owner, customer } = await place.meet()
  for (let minute = 0; minute < 5; minute++) {
    await clock.pass(60)
    for (const socket of [owner, customer]) await socket.settle()
  }
  await customer.event((await owner.say('still here')).offset)
})

function codeIn(body: string): string {
  return (JSON.parse(body) as RefusalBody).code
}
