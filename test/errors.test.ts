// How the server says no (rules E1 and E3), and that it never says a secret (rule E2).
import { expect, test } from 'bun:test'
import { installed } from './support/installation.ts'
import { CUSTOMER, OUTSIDER, Person, PlainSocket, post, ROOM } from './support/people.ts'
import { expectRefusal, logInFrom, postBytes } from './support/requests.ts'
import { type Answer, raw } from './support/wire.ts'

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '3' })

const get = (path: string, headers: Record<string, string> = {}) => fetch(place.server.origin + path, { headers })
const logIn = (email: string, password: string) => post(place.server, '/login', { email, password })

test('[E1] every refusal has the same shape, with its own status and code', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const spent = await person.ticket()
  const open = await PlainSocket.open(place.server, ROOM, spent)

  const refusals: readonly [number, string, Promise<Response>][] = [
    [400, 'missing_credentials', logIn(CUSTOMER, '')],
    [400, 'malformed_body', postBytes(place.server, '/login', '{"email":')],
    [400, 'ticket_missing', get(`/chat/${ROOM}`)],
    [401, 'wrong_credentials', logIn(CUSTOMER, 'wrong')],
    [401, 'signed_out', post(place.server, '/tickets')],
    [401, 'signed_out', post(place.server, '/logout')],
    [401, 'ticket_invalid', get(`/chat/${ROOM}?auth=no.ticket.atall`)],
    [403, 'no_chats', logIn(OUTSIDER, 'password')],
    [403, 'no_access', get(`/chat/nowhere?auth=${await person.ticket()}`)],
    [403, 'ticket_spent', get(`/chat/${ROOM}?auth=${spent}`)],
    [403, 'origin_refused', post(place.server, '/login', {}, { Origin: 'https://elsewhere.example' })],
    [404, 'not_found', get('/nowhere')],
    [405, 'method_not_allowed', get('/login')],
    [413, 'body_too_large', postBytes(place.server, '/login', ' '.repeat(16 * 1024 + 1))],
    [415, 'unsupported_media_type', postBytes(place.server, '/login', 'hello', { type: 'text/plain' })],
    [426, 'upgrade_required', get(`/chat/${ROOM}?auth=${await person.ticket()}`)],
  ]
  for (const [status, code, answer] of refusals) await expectRefusal(await answer, status, code)
  await open.close()
})

test('[E1] 429 and 503 say when to come back', async () => {
  for (let attempt = 0; attempt < 3; attempt++) await logInFrom(place.server, '127.0.0.2', { password: 'wrong' })
  await expectRefusal(await logInFrom(place.server, '127.0.0.2'), 429, 'too_many_attempts')

  const unavailable = await place.propromo.without(['users'], () => logIn(CUSTOMER, 'password'))
  await expectRefusal(unavailable, 503, 'accounts_unavailable')
})

test('[E1] a body of any announced size is refused in the same words', async () => {
  const announced = (bytes: number) =>
    raw(
      place.server,
      `POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n{`,
    )
  for (const bytes of [16 * 1024 + 1, 1_000_000, 200_000_000, 5_000_000_000]) {
    const { status, headers, body } = await announced(bytes)
    await expectRefusal(new Response(body, { status, headers: [...headers] }), 413, 'body_too_large')
  }
})

test('[E3] an unknown path is 404, whatever the method', async () => {
  const paths = ['/nowhere', '/login/', '/LOGIN', '/chat', '/chat/', '/assets/', '/%', '/%ff', '/favicon.ico']
  for (const path of paths) await expectRefusal(await get(path), 404, 'not_found')
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    await expectRefusal(await fetch(`${place.server.origin}/nowhere`, { method }), 404, 'not_found')
  }
})

test('[E3] a known path with another method is 405 and names the methods that it takes', async () => {
  const known: readonly [string, readonly string[]][] = [
    ['/', ['GET', 'HEAD']],
    ['/login', ['POST']],
    ['/tickets', ['POST']],
    ['/logout', ['POST']],
    [`/chat/${ROOM}`, ['GET', 'HEAD']],
    ['/openapi.json', ['GET', 'HEAD']],
    ['/asyncapi.json', ['GET', 'HEAD']],
    ['/docs', ['GET', 'HEAD']],
    ['/health', ['GET', 'HEAD']],
    ['/ready', ['GET', 'HEAD']],
    ['/metrics', ['GET', 'HEAD']],
  ]
  for (const [path, allowed] of known) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (allowed.includes(method)) continue
      const answer = await fetch(place.server.origin + path, { method })
      await expectRefusal(answer, 405, 'method_not_allowed')
      expect(answer.headers.get('Allow')?.split(/, ?/)).toEqual([...allowed])
    }
  }
  const head = await fetch(`${place.server.origin}/login`, { method: 'HEAD' })
  expect([head.status, head.headers.get('Allow'), await head.text()]).toEqual([405, 'POST', ''])
})

test('[E3] a known path is known too to whoever names no host, or none that is one', async () => {
  const person = await Person.logIn(place.server, CUSTOMER)
  const known: readonly (readonly [string, number])[] = [
    ['/', 200],
    ['/health', 200],
    ['/docs', 200],
    ['/openapi.json', 200],
    ['/asyncapi.json', 200],
    ['/login', 405],
    ['/nowhere', 404],
    ['/nowhere?u=http://a/health', 404],
    [`/chat/${ROOM}`, 400],
    [`/chat/${ROOM}?auth=${await person.ticket()}`, 426],
  ]
  // The first is how a load balancer asks whether the chat is well.
  const ways = ['1.0', '1.0\r\nHost: ', '1.1\r\nHost: ', '1.1\r\nHost: a b', '1.1\r\nHost: [::1', '1.1\r\nHost: a/b?c']
  for (const way of ways) {
    for (const [path, status] of known) {
      const answer = await raw(place.server, `GET ${path} HTTP/${way}\r\nConnection: close\r\n\r\n`)
      expect([way, path, answer.status]).toEqual([way, path, status])
    }
  }
})

test('HEAD is answered as GET is, with the same length and without the body', async () => {
  for (const path of ['/', '/docs', '/openapi.json', '/asyncapi.json', '/health', '/nowhere', '/widget.js']) {
    const [got, head] = await Promise.all([bytesOf('GET', path), bytesOf('HEAD', path)])
    const length = String(Buffer.byteLength(got.body))
    expect([path, head.status, head.body, told(head)]).toEqual([path, got.status, '', told(got)])
    expect([path, head.headers.get('content-length')]).toEqual([path, length])
  }
})

function bytesOf(method: string, path: string): Promise<Answer> {
  return raw(
    place.server,
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${place.server.port}\r\nConnection: close\r\n\r\n`,
  )
}

/** What does not differ from one answer to the next. */
function told({ headers }: Answer): readonly string[] {
  const passing = ['date', 'x-request-id', 'transfer-encoding']
  return [...headers].flatMap(([name, value]) => (passing.includes(name) ? [] : [`${name}: ${value}`])).sort()
}
