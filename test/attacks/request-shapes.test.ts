// Requests that two servers could read in two ways: none of them is read as two, and none costs the next one anything.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { meanwhile } from '../support/meanwhile.ts'
import { type MeetingPlace, openMeetingPlace } from '../support/meeting.ts'
import { PATIENCE_MILLISECONDS } from '../support/patience.ts'
import { CUSTOMER, PASSWORD, post } from '../support/people.ts'

const LOGIN = JSON.stringify({ email: CUSTOMER, password: PASSWORD })

let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace({ LIMIT_LOGINS_PER_MINUTE: '0' })
})
afterAll(() => place.remove())

/** The statuses of everything that is answered to these bytes, until the other side ends or everything asked for is there. */
function statuses(text: string, enough = 2): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const found = () => [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
    const socket = connect({ host: '127.0.0.1', port: place.server.port }, () => socket.write(text))
    const late = setTimeout(() => reject(new Error(`neither ended nor answered: ${heard}`)), PATIENCE_MILLISECONDS)
    const over = () => {
      clearTimeout(late)
      socket.destroy()
      resolve(found())
    }
    socket.on('error', () => undefined) // It may be reset.
    socket.on('close', over)
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      if (found().length >= enough) over()
    })
  })
}

const HOST = 'Host: chat'
/** What must never be answered: it stands in the body of another request, or behind one that is refused. */
const SMUGGLED = `GET /openapi.json HTTP/1.1\r\n${HOST}\r\n\r\n`

const login = (headers: string, body: string) =>
  `POST /login HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`
const chunked = (body: string) => login('Transfer-Encoding: chunked', body)

const TWO_WAYS: readonly (readonly [what: string, request: string])[] = [
  ['a length and chunks', login('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
  ['chunks and a length', login('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n')],
  ['two lengths', login(`Content-Length: 2\r\nContent-Length: ${LOGIN.length}`, LOGIN)],
  ['a list of lengths', login(`Content-Length: 2, ${LOGIN.length}`, LOGIN)],
  ...['+5', '-1', '0x10', '5 5', '99999999999999999999', '1e1', ''].map(
    (length) => [`the length ${JSON.stringify(length)}`, login(`Content-Length: ${length}`, LOGIN)] as const,
  ),
  ...['xchunked', 'chunked, identity', 'gzip, chunked', 'identity', 'chunked\r\nTransfer-Encoding: identity'].map(
    (coding) => [`the coding ${JSON.stringify(coding)}`, login(`Transfer-Encoding: ${coding}`, '0\r\n\r\n')] as const,
  ),
  ['a space before the colon', login('Transfer-Encoding : chunked\r\nContent-Length: 5', '0\r\n\r\n')],
  ['a chunk of no size', chunked('zz\r\n{}\r\n0\r\n\r\n')],
  ['a chunk of a size beyond numbers', chunked('ffffffffffffffffff\r\n{}\r\n0\r\n\r\n')],
  ['a chunk of a negative size', chunked('-1\r\n{}\r\n0\r\n\r\n')],
  ['a chunk of a size with a prefix', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
  ['a chunk that is longer than it says', chunked('2\r\n{}xxxx\r\n0\r\n\r\n')],
  ['chunks between bare line feeds', chunked('2\n{}\n0\n\n')],
  ['a chunk with an extension without end', chunked(`2;a=${'b'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)],
]

const MALFORMED: readonly (readonly [what: string, request: string])[] = [
  ['a folded header', `GET /health HTTP/1.1\r\n${HOST}\r\nX-A: a\r\n b\r\n\r\n`],
  ['a fold before the first header', `GET /health HTTP/1.1\r\n ${HOST}\r\n\r\n`],
  ['a zero byte in a value', `GET /health HTTP/1.1\r\n${HOST}\r\nX-A: a\0b\r\n\r\n`],
  ['a zero byte in a name', `GET /health HTTP/1.1\r\n${HOST}\r\nX\0A: b\r\n\r\n`],
  ['a bare carriage return in a value', `GET /health HTTP/1.1\r\n${HOST}\r\nX-A: a\rb\r\n\r\n`],
  ['a space in a name', `GET /health HTTP/1.1\r\n${HOST}\r\nX A: b\r\n\r\n`],
  ['a header without a colon', `GET /health HTTP/1.1\r\n${HOST}\r\nXA\r\n\r\n`],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
  ['bare line feeds', 'GET /health HTTP/1.1\nHost: chat\n\n'],
  ['a version that is none', `GET /health HTTP/9.9\r\n${HOST}\r\n\r\n`],
  ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
]

for (const [what, bytes] of [...TWO_WAYS, ...MALFORMED]) {
  test(`a request with ${what} is refused with its connection, and what stands behind it is never answered`, async () => {
    const [status, ...more] = await statuses(bytes + SMUGGLED)
    expect(status).toBeOneOf([400, 413, 505])
    expect(more).toEqual([])
  })
}

test('the body of a request that needs none is no request', async () => {
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS']) {
    const asked = `${method} /health HTTP/1.1\r\n${HOST}\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`
    const last = 'GET /nowhere HTTP/1.1\r\nHost: chat\r\n\r\n'
    const [, second, ...more] = await statuses(asked + last)
    expect([second, ...more]).toEqual([404])
  }
})

test('a refused handshake leaves nothing behind that is read as a request of somebody else', async () => {
  const handshake = `GET /chat/w32tgse?auth=x HTTP/1.1\r\n${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`
  const answers = await statuses(`${handshake}GET /nowhere HTTP/1.1\r\nHost: chat\r\n\r\n`)
  expect(answers[0]).toBe(401)
  expect(answers).not.toContain(200)
})

test('requests one behind the other over one connection are answered in their order, and people talk on', async () => {
  const paths = Array.from({ length: 1_000 }, (_, number) => (number % 2 === 0 ? '/health' : '/nowhere'))
  const asked = paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n\r\n`).join('')
  const answers = await meanwhile(place, () => statuses(asked, paths.length))
  expect(answers).toEqual(paths.map((path) => (path === '/health' ? 200 : 404)))
})

test('thousands of requests, each with cookies and headers of its own, leave nothing behind, and people talk on', async () => {
  const answers = await meanwhile(place, async () => {
    const all: number[] = []
    for (let round = 0; round < 3_000; round += 50) {
      const some = Array.from({ length: 50 }, (_, number) =>
        post(place.server, '/tickets', undefined, {
          Cookie: `propromo_sign_in=guess-${round + number}; other-${round + number}=${'x'.repeat(200)}`,
          [`X-Own-${round + number}`]: 'y'.repeat(200),
        }),
      )
      for (const answer of await Promise.all(some)) {
        all.push(answer.status)
        await answer.arrayBuffer()
      }
    }
    return all
  })
  expect([...new Set(answers)]).toEqual([401])
})
