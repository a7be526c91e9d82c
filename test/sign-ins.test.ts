// Where an account is signed in, and the end of one of them (rule L13).
import { expect, test } from 'bun:test'
import { AdmissionRefused, endSignIn, listSignIns } from '../client/index.ts'
import { installed } from './support/installation.ts'
import { BROWSER, Page, submitForm } from './support/page.ts'
import { CUSTOMER, PASSWORD, Person, post, SCRUM_MASTER } from './support/people.ts'
import { expectRefusal } from './support/requests.ts'
import { laravelHash } from './support/tables.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '0' })

const list = ({ signIn }: Person) => listSignIns({ url: place.server.origin, signIn })
const end = ({ signIn }: Person, id: string) => endSignIn({ url: place.server.origin, signIn, id })

/** An account of its own, signed in on so many devices, the last one first in its list. */
async function somebody(email: string, devices: number): Promise<readonly Person[]> {
  await place.propromo.addAccount(email, await laravelHash(PASSWORD), 'w32tgse')
  return Promise.all(Array.from({ length: devices }, () => Person.logIn(place.server, email)))
}

async function idOf(person: Person): Promise<string> {
  const own = (await list(person)).find(({ current }) => current)
  if (!own) throw new Error('a sign-in does not list itself')
  return own.id
}

test('[L13] the list has every sign-in of the account, the one that asks first, and nobody else’s', async () => {
  const [phone, tablet, laptop] = await somebody('three@example.com', 3)
  if (!phone || !tablet || !laptop) throw new Error('unreachable')
  const ids = await Promise.all([phone, tablet, laptop].map(idOf))
  expect(new Set(ids).size).toBe(3)
  const listed = await list(tablet)
  expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(listed.map(({ current }) => current)).toEqual([true, false, false])
  expect(listed[0]?.id).toBe(ids[1])
})

test('[L13] each says since when, from where and by what, as far as its browser tells', async () => {
  await place.propromo.addAccount('told@example.com', await laravelHash(PASSWORD), 'w32tgse')
  const credentials = { email: 'told@example.com', password: PASSWORD, remember: 'token' }
  const login = await post(place.server, '/login', credentials, { 'User-Agent': FIREFOX })
  const { sign_in } = (await login.json()) as { sign_in: string }
  const answer = await fetch(`${place.server.origin}/sign-ins`, { headers: { Authorization: `Bearer ${sign_in}` } })
  const id = expect.stringMatching(/^[\w-]{16}$/)
  const date = expect.stringMatching(DATE)
  const own = { id, started_at: date, last_used_at: date, address: '127.0.0.1', device: 'Firefox on Windows' }
  expect(await answer.json()).toEqual({ sign_ins: [{ ...own, current: true }] })
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
})

test('[E2] [L13] no secret, no hash of one and no whole User-Agent stands in the list', async () => {
  const [person] = await somebody('secretive@example.com', 2)
  if (!person) throw new Error('unreachable')
  const text = await (await fetch(`${place.server.origin}/sign-ins`, { headers: person.bearer })).text()
  const hash = new Bun.CryptoHasher('sha256').update(person.signIn).digest('base64url')
  for (const secret of [person.signIn, hash, PASSWORD]) expect(text).not.toContain(secret)
})

test('[L13] [T6] ending one closes its sockets and its tickets, and leaves the others', async () => {
  const [lost, kept] = await somebody('lost@example.com', 2)
  if (!lost || !kept) throw new Error('unreachable')
  const [closed, other] = [await lost.open(), await kept.open()]
  const unspent = await lost.ticket()
  await end(kept, await idOf(lost))
  expect(await closed.closed).toEqual({ code: 4502, reason: 'signed_out' })
  await expectRefusal(await post(place.server, '/tickets', undefined, lost.bearer), 401, 'signed_out')
  await expectRefusal(await fetch(`${place.server.origin}/chat/w32tgse?auth=${unspent}`), 401, 'signed_out')
  expect(await list(kept)).toHaveLength(1)
  expect((await other.say('still here')).text).toBe('still here')
  await other.close()
})

test('[L13] nobody ends what is not theirs, and is told no more than that there is none', async () => {
  const [customer, scrumMaster] = await Promise.all(
    [CUSTOMER, SCRUM_MASTER].map((who) => Person.logIn(place.server, who)),
  )
  if (!customer || !scrumMaster) throw new Error('unreachable')
  const theirs = await idOf(scrumMaster)
  const near = [theirs.toUpperCase(), `${theirs}%00`, `${theirs}/..`, '%2e%2e', '*', "' OR 1=1 --", '__proto__']
  for (const id of [theirs, ...near.map(encodeURIComponent)]) {
    const answer = await post(place.server, `/sign-ins/${id}/end`, undefined, customer.bearer)
    await expectRefusal(answer, 404, 'not_found')
  }
  expect(await idOf(scrumMaster)).toBe(theirs)
})

test('[L13] [C6] a page of another site neither reads the list nor ends one, and a sandboxed one does not either', async () => {
  const login = await post(place.server, '/login', { email: CUSTOMER, password: PASSWORD })
  const Cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const listed = await fetch(`${place.server.origin}/sign-ins`, {
    headers: { Cookie, Origin: 'https://elsewhere.example' },
  })
  expect(listed.headers.get('Access-Control-Allow-Origin')).toBeNull()
  const { sign_ins } = (await listed.json()) as { sign_ins: { id: string; current: boolean }[] }
  const id = sign_ins.find(({ current }) => current)?.id
  for (const Origin of ['https://elsewhere.example', 'null']) {
    const answer = await post(place.server, `/sign-ins/${id}/end`, undefined, { Cookie, Origin })
    await expectRefusal(answer, 403, 'origin_refused')
  }
  const own = await post(place.server, `/sign-ins/${id}/end`, undefined, { Cookie, Origin: place.server.origin })
  expect([own.status, await own.json()]).toEqual([200, { success: true }])
  expect(own.headers.get('Set-Cookie')).toMatch(/^propromo_sign_in=;.*Max-Age=0/i)
})

test('[L13] whoever is signed out sees nothing', async () => {
  await expectRefusal(await fetch(`${place.server.origin}/sign-ins`), 401, 'signed_out')
  await expectRefusal(await post(place.server, '/sign-ins/anything/end'), 401, 'signed_out')
  const error = await listSignIns({ url: place.server.origin, signIn: 'nonsense' }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AdmissionRefused)
  expect(error).toMatchObject({ code: 'signed_out', retry: false })
})

test('[L10] [L13] without script the list is a page whose buttons end the others', async () => {
  await somebody('scriptless@example.com', 1)
  const login = await post(place.server, '/login', { email: 'scriptless@example.com', password: PASSWORD }, BROWSER)
  const Cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  expect(await login.text()).toContain('href="/sign-ins"')
  const page = await Page.of(await fetch(`${place.server.origin}/sign-ins`, { headers: { ...BROWSER, Cookie } }))
  const actions = page.all('form', { method: 'post' }).map(({ attributes }) => attributes['action'] ?? '')
  expect(actions).toHaveLength(2)
  const after = await submitForm(place.server, actions[1] ?? '', {}, { Cookie })
  expect(after.all('form', { method: 'post' })).toHaveLength(1)
  const left = await submitForm(place.server, actions[0] ?? '', {}, { Cookie })
  expect(left.text).toContain('signed out')
})

test('[L13] a sign-in that was started before starts were noted is listed too', async () => {
  const [old, recent] = await somebody('old@example.com', 2)
  if (!old || !recent) throw new Error('unreachable')
  const id = await idOf(old)
  await place.server.stop()
  const { Database } = await import('bun:sqlite')
  const file = new Database(`${place.server.folder}/chat.sqlite`)
  file.run('DELETE FROM sign_in_start WHERE id = ?', [id])
  file.close()
  await place.server.restart()
  expect(await list(recent)).toContainEqual(
    expect.objectContaining({ id, startedAt: null, address: null, device: null, current: false }),
  )
})
