// Requests that want more than they say: another site's, another host's, another file's, another line in the log.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { NO_UPGRADE, request, stepUp, WEBSOCKET } from '../support/door.ts'
import { meanwhile } from '../support/meanwhile.ts'
import { type MeetingPlace, openMeetingPlace } from '../support/meeting.ts'
import { CUSTOMER, PASSWORD, post, ROOM } from '../support/people.ts'
import { logInFrom, postBytes } from '../support/requests.ts'
import { type Answer, handshake, raw } from '../support/wire.ts'

const EVIL = 'https://evil.example'

let place: MeetingPlace
let cookie: string

beforeAll(async () => {
  place = await openMeetingPlace({ LIMIT_LOGINS_PER_MINUTE: '0' })
  const login = await post(place.server, '/login', { email: CUSTOMER, password: PASSWORD })
  cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
})
afterAll(() => place.remove())

test('[C6] a page of another site opens no socket with somebody’s cookie, with their ticket, or with both', async () => {
  const ticket = await place.customer.ticket()
  for (const Origin of [EVIL, 'null', 'http://127.0.0.1.evil.example', 'https://evil.example\u0000']) {
    for (const auth of [null, ticket]) {
      const { status, body, socket } = await stepUp(place.server, auth, { headers: { Origin, Cookie: cookie } })
      socket.destroy()
      expect([400, 403]).toContain(status)
      expect(body).not.toContain('ticket_spent')
    }
  }
  const secret = cookie.split('=')[1] ?? ''
  for (const headers of [{ Cookie: cookie }, { Authorization: `Bearer ${secret}` }, { Cookie: `auth=${ticket}` }]) {
    const { status, socket } = await stepUp(place.server, null, { headers })
    socket.destroy()
    expect([400, 401]).toContain(status)
  }
  const own = await stepUp(place.server, ticket)
  expect(own.status).toBe(101)
  own.socket.destroy()
})

test('[C6] a target with a host of its own says nothing about who asks, and leads nowhere else', async () => {
  const targets = [`${EVIL}/tickets`, '//evil.example/tickets', '//evil.example//tickets', '/\\evil.example/tickets']
  for (const target of targets) {
    for (const origin of [EVIL, 'http://evil.example']) {
      const head = { Origin: origin, Cookie: cookie, 'Content-Length': '0' }
      const answer = await request(place.server, `POST ${target} HTTP/1.1`, head)
      expect([target, answer.status]).toEqual([target, 403])
    }
    for (const method of ['GET', 'POST', 'HEAD']) {
      const answer = await request(place.server, `${method} ${target.replace('/tickets', '/')} HTTP/1.1`, {})
      expect(answer.headers.get('location')).toBeUndefined()
      expect(answer.body).not.toContain('evil.example')
    }
  }
  for (const line of [
    'GET * HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'CONNECT evil.example:443 HTTP/1.1',
    'GET chat HTTP/1.1',
  ]) {
    const answer = await request(place.server, line, {})
    expect([line, answer.status >= 400 || answer.status === 0 || answer.status === 204]).toEqual([line, true])
  }
})

test('floods of headers are refused before they cost anything, and people talk on', async () => {
  const lines = (count: number, size: number) =>
    Array.from({ length: count }, (_, number) => `X-${number}: ${'a'.repeat(size)}\r\n`).join('')
  const floods = [lines(5_000, 1), lines(40, 8_000), lines(1, 1_000_000), `Cookie: ${'a=b; '.repeat(100_000)}\r\n`]
  const answers = await meanwhile(place, async () => {
    const all: (Answer | null)[] = []
    for (let round = 0; round < 10; round++) {
      for (const flood of floods) {
        const text = `GET /chat/${ROOM} HTTP/1.1\r\nHost: chat\r\n${flood}\r\n`
        all.push(await raw(place.server, text).catch(() => null)) // It may be reset while it is still sending.
      }
    }
    return all
  })
  for (const answer of answers) expect([0, 400, 413, 431]).toContain(answer?.status ?? 0)
})

test('no path leads from the assets to another file', async () => {
  const climbs = [
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    '%2e%2e%2fpackage.json',
    '..%5cpackage.json',
  ]
  const names = ['....//package.json', '..;/package.json', '%00', 'page.css%00.js', '.', '..', '%2e%2e', '__proto__']
  const absolute = [
    '/etc/passwd',
    '%2fetc%2fpasswd',
    'assets.json',
    '../assets.json',
    'constructor',
    'data%2fchat.sqlite',
  ]
  for (const name of [...climbs, ...names, ...absolute]) {
    for (const path of [`/assets/${name}`, `/assets/x/../${name}`, `/assets/../../${name}`, `/${name}`]) {
      const answer = await request(place.server, `GET ${path} HTTP/1.1`, {})
      expect(answer.body).not.toMatch(/propromo-chat"|root:|SQLite format|"lasting"/)
      if (answer.status === 200)
        expect(answer.body).toStartWith('<!doctype html>') // What leads back to the home page.
      else expect([path, answer.status]).toEqual([path, 404])
    }
  }
})

test('a prototype in a body is a field that nobody asked for, as JSON and as a form', async () => {
  const credentials = `"email":"${CUSTOMER}","password":"${PASSWORD}"`
  const bodies = ['"__proto__":{"remember":"token"}', '"constructor":{"prototype":{"remember":"token"}}'].map(
    (poison) => `{${credentials},${poison}}`,
  )
  for (const body of bodies) {
    const answer = await postBytes(place.server, '/login', body)
    expect(answer.status).toBe(200)
    expect(await answer.json()).not.toHaveProperty('sign_in')
  }
  const form = new URLSearchParams({ email: CUSTOMER, password: PASSWORD, '__proto__[remember]': 'token' })
  form.append('__proto__', 'token')
  const type = 'application/x-www-form-urlencoded'
  const answer = await postBytes(place.server, '/login', form.toString(), { type })
  expect([answer.status, 'sign_in' in ((await answer.json()) as object)]).toEqual([200, false])
  for (const body of ['{"__proto__":{"email":"a@b.c","password":"d"}}', '{"__proto__":null}']) {
    expect((await postBytes(place.server, '/login', body)).status).toBe(400)
  }
  // Nothing of it has stuck: whoever comes next asks for nothing of the kind, and gets nothing of it.
  const next = await post(place.server, '/login', { email: CUSTOMER, password: PASSWORD })
  expect(await next.json()).not.toHaveProperty('sign_in')
})

test('a prototype in a v1 frame is refused or ignored, and the next frames are as before', async () => {
  const { room, speaker, witness } = await place.meet()
  for (const frame of ['{"__proto__":{"type":"send"}}', '{"type":"__proto__","id":"1"}', '{"type":"constructor"}']) {
    const target = `/chat/${encodeURIComponent(room)}?auth=${await place.customer.ticket()}`
    const { socket } = await handshake(place.server, target, { 'Sec-WebSocket-Protocol': 'propromo.chat.v1' })
    const { frameBytes } = await import('../support/wire.ts')
    socket.write(frameBytes(0x1, frame))
    for (;;) {
      const answer = await socket.frame()
      if (answer === 'ended') throw new Error('it was closed')
      const text = answer.payload.toString()
      if (!text.includes('"refused"')) continue
      expect(JSON.parse(text)).toMatchObject({ code: 'bad_frame' })
      break
    }
    socket.destroy()
  }
  const said = await speaker.say('as before')
  expect(await witness.nextMessage()).toEqual(said)
})

test('[E2] nobody writes a line of their own into the log', async () => {
  const { server } = place
  const forged = 'FORGED 2026-01-01 all is well'
  const breaks = ['\n', '\r\n', '%0a', '%0d%0a', '\u2028', '\u0085', '\u001b[2K']
  for (const end of breaks) {
    const path = `/chat/${encodeURIComponent(`${end}${forged}`)}?auth=${encodeURIComponent(end + forged)}`
    const headers = { ...WEBSOCKET, 'User-Agent': forged, 'X-Forwarded-For': forged }
    await request(server, `GET ${path} HTTP/1.1`, headers)
    await request(server, `GET ${path} HTTP/1.1`, { 'User-Agent': forged, Referer: forged })
    await logInFrom(server, '127.0.0.1', { email: `a@b.c${end}${forged}`, password: `${end}${forged}` })
    await postBytes(server, `/sign-ins/${encodeURIComponent(end + forged)}/end`, '{}')
    await stepUp(server, 'x', { headers: { ...NO_UPGRADE, Origin: forged } }).then(({ socket }) => socket.destroy())
  }
  const lines = server.output().split(/\r\n|[\n\r\u2028\u0085]/)
  expect(lines.filter((line) => line.trimStart().startsWith('FORGED'))).toEqual([])
  expect(server.output()).not.toContain('\u001b')
})
