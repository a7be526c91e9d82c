// What is noted of what people did, read as an operator reads it; and what must never stand in there.
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { command, commanded, commandInto } from './support/commands.ts'
import { CUSTOMER, OUTSIDER, Person, post, SCRUM_MASTER } from './support/people.ts'
import { until } from './support/redis.ts'
import { UNLIMITED } from './support/server.ts'
import { V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open({ ...UNLIMITED, LIMIT_LOGINS_PER_MINUTE: '3' })
})
afterAll(() => place.remove())

interface Line {
  readonly at: string
  readonly what: string
  readonly [field: string]: unknown
}

async function audit(...words: string[]): Promise<readonly Line[]> {
  const out = await commanded('audit', place.server, ...words)
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

/** The entries of this kind, once this many are there. */
async function noted(what: string, many: number): Promise<readonly Line[]> {
  let found: readonly Line[] = []
  const enough = async () => {
    found = await audit('--what', what)
    return found.length >= many
  }
  await until(`${many} entries of ${what}`, enough)
  return found
}

const FROM = { from: '127.0.0.1' }

test('[AU1] a login is noted, and so are a wrong password and guessing that was stopped', async () => {
  const logIn = (password: string) => post(place.server, '/login', { email: OUTSIDER, password })
  for (let turn = 0; turn < 5; turn++) await logIn(`wrong ${turn}`)
  const request = 'POST /login'
  expect(await noted('login', 3)).toContainEqual(
    expect.objectContaining({ what: 'login', email: CUSTOMER, ...FROM, request }),
  )
  const refused = await noted('refused', 4)
  expect(refused.map(({ code, email }) => `${code} ${email}`)).toEqual([
    ...Array.from({ length: 3 }, () => `wrong_credentials ${OUTSIDER}`),
    `too_many_attempts ${OUTSIDER}`,
  ])
  expect(refused[0]).toMatchObject({ ...FROM, request })
})

test('[AU1] a forged ticket is noted, whether it comes by itself or with an offer of v1', async () => {
  const before = (await audit('--what', 'refused')).length
  await fetch(`${place.server.origin}/chat/lobby?auth=not.a.ticket`)
  const [entry] = (await noted('refused', before + 1)).slice(before)
  expect(entry).toMatchObject({ code: 'ticket_invalid', request: 'GET /chat', ...FROM })
})

test('[AU1] what an owner deletes of others is noted without what it said, and what they said themselves is not', async () => {
  const { room, owner, customer } = await place.meet()
  await customer.say('a secret plan')
  await owner.say('of my own')
  await owner.change({ type: 'delete', message: '2' })
  await customer.say('another')
  await customer.change({ type: 'delete', message: '4' })
  await owner.change({ type: 'delete', message: '1' })
  const entries = await noted('deleted_for_another', 1)
  expect(entries).toEqual([
    { at: expect.any(String), what: 'deleted_for_another', email: SCRUM_MASTER, room, message: '1', of: CUSTOMER },
  ])
})

test('[AU1] an export is noted before a line of it is sent, and so is a sign-out everywhere', async () => {
  const { room } = await place.meet()
  const person = await Person.logIn(place.server, SCRUM_MASTER)
  const headers = { Authorization: `Bearer ${person.signIn}` }
  await (await fetch(`${place.server.origin}/rooms/${encodeURIComponent(room)}/export`, { headers })).text()
  expect((await audit('--what', 'exported')).at(-1)).toMatchObject({
    email: SCRUM_MASTER,
    room,
    format: 'jsonl',
    ...FROM,
  })
  await post(place.server, '/logout', { everywhere: true }, headers)
  const [out] = await noted('signed_out_everywhere', 1)
  expect(out).toMatchObject({ account: '1', ...FROM, request: 'POST /logout' })
})

test('[AU2] no text, password, ticket or sign-in stands in it', async () => {
  const all = await commanded('audit', place.server)
  const { scrumMaster, customer, guest } = place.people
  const secrets = [scrumMaster.signIn, customer.signIn, guest.signIn, await customer.ticket()]
  for (const secret of [...secrets, 'wrong 1', 'not.a.ticket', 'a secret plan', 'of my own']) {
    expect(all).not.toContain(secret)
  }
})

test('it is read from a moment on, and what makes no sense is refused', async () => {
  const all = await audit()
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted())
  const middle = all[Math.floor(all.length / 2)]?.at ?? ''
  expect(await audit('--since', middle)).toEqual(all.filter(({ at }) => at >= middle))
  expect(await audit('--since', '1d')).toEqual(all)
  for (const since of ['yesterday', '2026-13-01', '-1d', '']) {
    expect(await command('audit', place.server, `--since=${since}`)).toMatchObject({ exitCode: 2, out: '' })
  }
  // Nothing of a kind that there is not would look as if nothing had happened.
  for (const kind of ['erase', 'logins', 'toString', '']) {
    expect(await command('audit', place.server, `--what=${kind}`)).toMatchObject({ exitCode: 2, out: '' })
  }
})

test('on a disk that is full it says so, instead of ending as if all of it were there', async () => {
  const { exitCode, complaint } = await commandInto('/dev/full', 'audit', place.server)
  expect(`${exitCode} ${complaint}`).toStartWith('1 Cannot go on: ENOSPC')
})

test('[AU3] what has had its time is forgotten, when the chat starts', async () => {
  const before = await audit()
  await place.server.stop()
  const file = new Database(join(place.server.folder, 'chat.sqlite'))
  const at = Date.now() - 3 * 24 * 60 * 60 * 1000
  file.query('INSERT INTO audit (at, entry) VALUES (?, ?)').run(at, JSON.stringify({ at, what: 'login', email: 'old' }))
  file.close()
  expect(await audit()).toHaveLength(before.length + 1)
  await place.server.restart({ KEEP_AUDIT_DAYS: '2' })
  await until('the old entry is gone', async () => !(await audit()).some(({ email }) => email === 'old'))
  expect(await audit()).toEqual(before)
})

test('[AU1] how many refusals were too many to be noted one by one is noted when the chat stops', async () => {
  await place.server.stop()
  await place.server.restart({ LIMIT_LOGINS_PER_MINUTE: '0' })
  const logIn = () => post(place.server, '/login', { email: 'nobody@example.com', password: 'wrong' })
  for (let turn = 0; turn < 32; turn++) await Promise.all(Array.from({ length: 10 }, logIn))
  await place.server.stop()
  const many = (await audit('--what', 'refused_more')).map((line) => Number(line['many']))
  const one = (await audit('--what', 'refused')).filter(({ email }) => email === 'nobody@example.com')
  expect(one.length + many.reduce((all, some) => all + some, 0)).toBe(320)
})
