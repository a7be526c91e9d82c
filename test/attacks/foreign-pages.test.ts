// A page of another site, in the browser of somebody who is signed in: it may neither read, nor do, nor sign them in as another.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cheapAccounts } from '../support/accounts.ts'
import { knock } from '../support/door.ts'
import { CUSTOMER, PASSWORD, Person, post } from '../support/people.ts'
import { expectRefusal, postBytes } from '../support/requests.ts'
import { type Server, startServer } from '../support/server.ts'

const EVIL = 'https://evil.example'
const LISTED = 'https://propromo.example'
const FORM = 'application/x-www-form-urlencoded'

let server: Server
let cookie: string

beforeAll(async () => {
  server = await startServer({ ...(await cheapAccounts()), LIMIT_LOGINS_PER_MINUTE: '0', ALLOWED_ORIGINS: LISTED })
  const answer = await post(server, '/login', { email: CUSTOMER, password: PASSWORD })
  cookie = answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
})
afterAll(() => server.remove())

/** How a browser says, or does not say, that the page was of another site. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { Origin: EVIL },
  { Origin: 'null' },
  { Origin: `http://127.0.0.1.evil.example` },
  { Origin: EVIL, 'Sec-Fetch-Site': 'same-origin' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: EVIL, 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' },
]

test('[C6] a form of another site signs nobody in, in any encoding, and sets no cookie', async () => {
  const fields = { email: CUSTOMER, password: PASSWORD }
  const bodies = [
    [FORM, new URLSearchParams(fields).toString()],
    ['text/plain', `{"email":"${CUSTOMER}","password":"${PASSWORD}","x":"="}`],
    ['application/json', JSON.stringify(fields)],
    [
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n${CUSTOMER}\r\n--x--`,
    ],
  ] as const
  for (const headers of FOREIGN) {
    for (const [type, body] of bodies) {
      const answer = await postBytes(server, '/login', body, { type, headers })
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      await expectRefusal(answer, 403, 'origin_refused')
    }
  }
})

test('[C6] a page of another site does nothing with somebody’s cookie', async () => {
  const [{ id } = { id: '' }] = await signIns()
  for (const headers of FOREIGN) {
    for (const [path, body] of [
      ['/tickets', ''],
      ['/logout', ''],
      ['/logout', 'everywhere=true'],
      [`/sign-ins/${id}/end`, ''],
    ] as const) {
      const answer = await postBytes(server, path, body, { type: FORM, headers: { ...headers, Cookie: cookie } })
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      await expectRefusal(answer, 403, 'origin_refused')
    }
  }
  expect((await signIns()).map((one) => one.id)).toContain(id)
})

test('[C6] a page that is listed may ask, but never with somebody’s cookie', async () => {
  const [{ id } = { id: '' }] = await signIns()
  const headers = { Origin: LISTED, Cookie: cookie }
  for (const path of ['/tickets', '/logout', `/sign-ins/${id}/end`]) {
    const answer = await postBytes(server, path, '', { type: FORM, headers })
    expect([path, answer.status]).toEqual([path, 401])
  }
  expect((await signIns()).map((one) => one.id)).toContain(id)
  const { signIn } = await Person.logIn(server, CUSTOMER)
  expect(
    (await post(server, '/tickets', undefined, { Origin: LISTED, Authorization: `Bearer ${signIn}` })).status,
  ).toBe(200)
})

test('[C6] [T3] a cookie opens no socket, whoever’s page asks, and a foreign page spends no ticket', async () => {
  const { signIn } = await Person.logIn(server, CUSTOMER)
  const asked = await post(server, '/tickets', undefined, { Authorization: `Bearer ${signIn}` })
  const { token } = (await asked.json()) as { token: string }
  for (const headers of FOREIGN) {
    expect(await knock(server, token, { headers: { ...headers, Cookie: cookie } })).toBe('403 origin_refused')
    expect(await knock(server, null, { headers: { ...headers, Cookie: cookie } })).toBe('403 origin_refused')
  }
  for (const more of [{}, { 'Sec-Fetch-Site': 'same-origin' }, { Origin: server.origin }, { Origin: LISTED }]) {
    expect(await knock(server, null, { headers: { ...more, Cookie: cookie } })).toBe('400 ticket_missing')
  }
  expect(await knock(server, token, { headers: { 'Sec-Fetch-Site': 'same-origin', Origin: server.origin } })).toBe(
    'open',
  )
})

test('no other site is allowed to read an answer that somebody’s cookie gets', async () => {
  for (const path of ['/sign-ins', '/rooms/w32tgse/export', '/', '/docs', '/ready', '/metrics']) {
    for (const origin of [EVIL, 'null', LISTED]) {
      const { headers } = await fetch(server.origin + path, { headers: { Origin: origin, Cookie: cookie } })
      expect([path, headers.get('access-control-allow-credentials')]).toEqual([path, null])
      if (origin !== LISTED) expect([path, headers.get('access-control-allow-origin')]).toEqual([path, null])
    }
  }
})

async function signIns(): Promise<readonly { readonly id: string }[]> {
  const answer = await fetch(`${server.origin}/sign-ins`, { headers: { Cookie: cookie } })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { sign_ins: { id: string }[] }).sign_ins
}
