// The server's own pages, as a browser without script uses them (rule L10).
import { expect, test } from 'bun:test'
import { installed } from './support/installation.ts'
import { BROWSER, expectHarmless, expectOursAlone, FORM, Page, submitForm, visitPage } from './support/page.ts'
import { type AdmissionBody, CUSTOMER, PASSWORD, PlainSocket, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { logInFrom, postBytes } from './support/requests.ts'
import { laravelHash, RAILWAY } from './support/tables.ts'

const HOSTILE = 'hostile@example.com'

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '8' })

const visit = (path: string, headers?: Record<string, string>) => visitPage(place.server, path, headers)
const submit = (path: string, fields: Record<string, string>, headers?: Record<string, string>) =>
  submitForm(place.server, path, fields, headers)
const logIn = (headers: Record<string, string> = {}, email = CUSTOMER) =>
  submit('/login', { email, password: PASSWORD }, headers)

test('[L10] the home page is a form that works without script', async () => {
  const page = await visit('/')
  expect(page.status).toBe(200)
  expectOursAlone(page)
  expect(page.all('form')).toHaveLength(1)
  expect(page.all('form', { method: 'post', action: '/login' })).toHaveLength(1)
  expect(page.all('input').map(({ attributes }) => attributes['name'])).toEqual(['email', 'password', 'monitor_id'])
  for (const { attributes } of page.all('input')) {
    expect(page.all('label', { for: attributes['id'] ?? '' })).toHaveLength(1)
    expect('required' in attributes).toBe(attributes['name'] !== 'monitor_id')
  }
  expect(page.all('input', { type: 'password', autocomplete: 'current-password' })).toHaveLength(1)
  expect(page.all('button')).toHaveLength(1)
  const stylesheet = await fetch(place.server.origin + page.all('link', { rel: 'stylesheet' })[0]?.attributes['href'])
  expect([stylesheet.status, stylesheet.headers.get('Content-Type')]).toEqual([200, 'text/css; charset=utf-8'])
})

test('[L10] a form post is answered with the ticket, its lifetime, and a line for each chat that opens it', async () => {
  const page = await logIn({}, SCRUM_MASTER)
  expect(page.status).toBe(200)
  expectHarmless(page)
  const lines = page.all('code').flatMap(({ text }) => /^wscat .*(ws:\/\/[^'"\s]+)/.exec(text)?.[1] ?? [])
  const rooms = [ROOM, RAILWAY]
  expect(lines.map((line) => new URL(line).pathname)).toEqual(rooms.map((room) => `/chat/${encodeURIComponent(room)}`))

  const [token = ''] = new Set(lines.map((line) => new URL(line).searchParams.get('auth') ?? ''))
  expect(page.all('code').map(({ text }) => text)).toContain(token)
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
  expect(page.all('time').map(({ attributes }) => Date.parse(attributes['datetime'] ?? ''))).toEqual([exp * 1000])
  expect(page.text).toContain(new Date(exp * 1000).toISOString().slice(11, 19))
  for (const title of ['Grüßmehl bakery: web shop', 'Wendelgrund heritage railway']) expect(page.text).toContain(title)

  for (const line of lines) {
    const room = decodeURIComponent(new URL(line).pathname.slice('/chat/'.length))
    const open = await PlainSocket.open(place.server, room, new URL(line).searchParams.get('auth') ?? '')
    expect((await open.say(`from the page into ${room}`)).email).toBe(SCRUM_MASTER)
    await open.close()
  }
})

test('[L10] with a monitor id the page shows that one alone', async () => {
  const page = await submit('/login', { email: SCRUM_MASTER, password: PASSWORD, monitor_id: `/join/${RAILWAY}` })
  expect([page.status, page.all('li').length]).toEqual([200, 1])
  expect(page.text).toContain('Wendelgrund heritage railway')
  expect(page.text).not.toContain('Grüßmehl')
})

test('[L10] the page keeps the sign-in in the cookie alone, and its buttons renew and end it', async () => {
  const fields = { email: CUSTOMER, password: PASSWORD, remember: 'token' }
  const page = await submit('/login', fields)
  const Cookie = page.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  expect(Cookie).toMatch(/^propromo_sign_in=[\w-]{32,}$/)
  expect(page.headers.get('Set-Cookie')).toContain('HttpOnly')
  expect(page.source).not.toContain(Cookie.slice('propromo_sign_in='.length))
  expect(page.all('form', { method: 'post' }).map(({ attributes }) => attributes['action'])).toEqual([
    '/tickets',
    '/logout',
    '/logout',
  ])
  expect(page.all('button', { name: 'everywhere', value: 'true' })).toHaveLength(1)

  const renewed = await submit('/tickets', {}, { Cookie })
  expect(renewed.status).toBe(200)
  const tickets = [page, renewed].map(({ source }) => /auth=([\w.-]+)/.exec(source)?.[1] ?? '')
  expect(new Set(tickets).size).toBe(2)
  const open = await PlainSocket.open(place.server, ROOM, tickets[1] ?? '')

  const left = await submit('/logout', {}, { Cookie })
  expect([left.status, (await open.closed).code]).toEqual([200, 4502])
  expectHarmless(left)
  const again = await submit('/tickets', {}, { Cookie })
  expect([again.status, again.all('form', { action: '/login' }).length]).toEqual([401, 1])
})

test('[L10] a refusal is a page with the same status, and the form again', async () => {
  const login = (fields: Record<string, string>) => (headers: Record<string, string>) =>
    postBytes(place.server, '/login', new URLSearchParams(fields).toString(), { type: FORM, headers })
  const get = (path: string) => (headers: Record<string, string>) => fetch(place.server.origin + path, { headers })
  const outcomes = [
    login({ email: CUSTOMER, password: 'wrong' }),
    login({ email: '', password: '' }),
    login({ email: CUSTOMER, password: PASSWORD, monitor_id: 'nowhere' }),
    login({ email: 'outsider@example.com', password: PASSWORD }),
    login({ email: CUSTOMER, password: 'x'.repeat(17_000) }),
    (headers: Record<string, string>) => postBytes(place.server, '/login', '{', { headers }),
    (headers: Record<string, string>) => postBytes(place.server, '/login', '', { type: 'text/plain', headers }),
    get('/login'),
    get('/nowhere'),
    get(`/chat/${ROOM}`),
    get(`/chat/${ROOM}?auth=x`),
  ]
  for (const outcome of outcomes) {
    const program = await outcome({ Accept: 'application/json' })
    const { code, message } = (await program.json()) as { code: string; message: string }
    const page = await Page.of(await outcome(BROWSER))
    expect([page.status, page.headers.get('Allow')]).toEqual([program.status, program.headers.get('Allow')])
    expectHarmless(page)
    expect(page.text).toContain(code)
    expect(page.text).toContain(message)
  }
  const page = await submit('/login', { email: CUSTOMER, password: 'wrong', monitor_id: ROOM })
  expect(page.all('form', { action: '/login' })).toHaveLength(1)
  // The email is still there; whatever might be a password in the wrong field is not.
  const held = (name: string) => page.all('input', { name })[0]?.attributes['value']
  expect([held('email'), held('monitor_id'), held('password')]).toEqual([CUSTOMER, '', undefined])
})

test('[L10] whoever has to wait is told so by the page too', async () => {
  const from = '127.0.0.9'
  for (let guess = 0; guess < 8; guess++) await logInFrom(place.server, from, { password: 'wrong' })
  const page = await Page.of(await logInFrom(place.server, from, { headers: BROWSER }))
  expect(page.status).toBe(429)
  expect(page.headers.get('Retry-After')).toMatch(/^\d+$/)
  expect(page.text).toContain(`${page.headers.get('Retry-After')} seconds`)
  const unavailable = await place.propromo.without(['users'], () => logIn())
  expect([unavailable.status, unavailable.headers.get('Retry-After')]).toEqual([503, expect.stringMatching(/^\d+$/)])
})

test('[L10] only who prefers a page gets one', async () => {
  const prefers: readonly [string | undefined, boolean][] = [
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['image/png', false],
    ['text/html', true],
    ['TEXT/HTML;charset=utf-8', true],
    ['application/json;q=0.5, text/html;q=0.9', true],
  ]
  for (const [accept, page] of prefers) {
    const body = JSON.stringify({ email: CUSTOMER, password: PASSWORD })
    const headers = accept === undefined ? {} : { Accept: accept }
    const answer = await postBytes(place.server, '/login', body, { headers })
    expect([accept, answer.headers.get('Content-Type')?.startsWith('text/html')]).toEqual([accept, page])
    if (!page) expect(((await answer.json()) as AdmissionBody).chats).toHaveLength(1)
  }
})

test('[L10] German for whoever reads German rather than English', async () => {
  const languages: readonly [string, string][] = [
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['DE-ch', 'de'],
    ['fr, de;q=0.5', 'de'],
    ['en-GB, de', 'en'],
    ['de;q=0.3, en;q=0.8', 'en'],
    ['de;q=0', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    [';;,=<script>', 'en'],
  ]
  for (const [header, language] of languages) {
    expect([header, (await visit('/', { 'Accept-Language': header })).language]).toEqual([header, language])
  }
  const german = { 'Accept-Language': 'de' }
  expect((await visit('/', german)).text).toContain('Passwort')
  expect((await logIn(german)).text).toContain('Gültig bis')
  const refused = await submit('/login', { email: CUSTOMER, password: 'wrong' }, german)
  expect([refused.status, refused.language]).toEqual([401, 'de'])
  expect(refused.text).toContain('E-Mail oder Passwort ist falsch')
  expect(await (await post(place.server, '/login', {}, german)).json()).toMatchObject({ code: 'missing_credentials' })
})

test('[L10] what Propromo holds is shown as it stands, and never becomes markup', async () => {
  const texts = {
    title: `<script>alert("1")</script> & 'quotes' &lt;`,
    short_description: `"><img src=x onerror=alert(1)></p></li></ul>`,
    organization_name: `</p><script src="//elsewhere.example/x.js"></script>`,
  }
  const urls = [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
  ]
  urls.push('vbscript:x', '//elsewhere.example', 'https://elsewhere.example/"onmouseover="alert(1)')
  const rooms = urls.map((_, index) => `hostile-${index}-"'<b>`)
  for (const [index, project_url] of urls.entries()) {
    await place.propromo.addMonitor({ monitor_hash: rooms[index] ?? '', project_url, ...texts })
  }
  await place.propromo.addAccount(HOSTILE, await laravelHash(PASSWORD), ...rooms)
  const page = await logIn({}, HOSTILE)
  expect(page.status).toBe(200)
  expectHarmless(page)
  expect(page.all('li')).toHaveLength(urls.length)
  expect(page.all('b')).toEqual([])
  for (const item of page.all('li')) for (const text of Object.values(texts)) expect(item.text).toContain(text)
  const links = page.all('a').filter(({ attributes }) => !attributes['href']?.startsWith('/'))
  expect(links.map(({ attributes }) => attributes['href'])).toEqual([urls.at(-1)])
})

test('[L10] what a visitor brings never becomes markup either', async () => {
  const markup = `"><script>alert('1')</script>`
  const page = await visit(`/?monitor=${encodeURIComponent(markup)}`)
  expectOursAlone(page)
  expect(page.all('input', { name: 'monitor_id' })[0]?.attributes['value']).toBe(markup)

  expectHarmless(await visit(`/${encodeURIComponent(markup)}`))
  expectHarmless(await submit('/login', { email: markup, password: markup, monitor_id: markup, [markup]: markup }))
  const host = 'a&lt;b&amp;c.example'
  const elsewhere = await logIn({ Host: host, Origin: `http://${host}` })
  expect(elsewhere.status).toBe(200)
  expectHarmless(elsewhere)
  expect(elsewhere.all('li')[0]?.text).toContain(host)
})
