// Where a request may come from. Accounts play no part in this, so the demo accounts have to do.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { knock, request, WEBSOCKET } from './support/door.ts'
import { CUSTOMER, Person, ROOM } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'

const REFUSED = '403 origin_refused'
const LISTED_PAGE = 'https://propromo.example'

/** Goes by the Host header. */
let server: Server
/** Has other origins on its list. */
let listed: Server
/** Knows its own origin. */
let named: Server
let people: Map<Server, Person>

beforeAll(async () => {
  const accounts = await cheapAccounts()
  const allowed = 'https://propromo.example, wss://App.Propromo.example:8443,http://localhost:5173/'
  const publicUrl = 'https://chat.propromo.example'
  ;[server, listed, named] = await Promise.all([
    startServer(accounts),
    startServer({ ...accounts, ALLOWED_ORIGINS: allowed }),
    startServer({ ...accounts, ALLOWED_ORIGINS: allowed, PUBLIC_URL: publicUrl }),
  ])
  const entries = [server, listed, named].map(async (each) => [each, await Person.logIn(each, CUSTOMER)] as const)
  people = new Map(await Promise.all(entries))
})
afterAll(() => Promise.all([server, listed, named].map((each) => each.remove())))

test('[C6] a program, which sends no Origin, is let in', async () => {
  for (const each of [server, listed, named]) expect(await comeFrom(each, null)).toBe('open')
})

test('[C6] the own host is let in, by http, https, ws and wss', async () => {
  for (const scheme of ['http', 'https', 'ws', 'wss', 'HTTP', 'WSS']) {
    expect(await comeFrom(server, `${scheme}://127.0.0.1:${server.port}`)).toBe('open')
    expect(await comeFrom(server, `${scheme}://Chat.example`, 'chat.EXAMPLE')).toBe('open')
  }
})

test('[C6] the default port of a scheme may be named in Host or Origin, as the phone app’s library does', async () => {
  const pairs = [
    ...[
      ['ws://chat.example', 'chat.example:80'],
      ['wss://chat.example', 'chat.example:443'],
    ],
    ...[
      ['https://chat.example', 'Chat.example:443'],
      ['https://chat.example:443', 'chat.example'],
    ],
    ...[
      ['http://chat.example:80', 'chat.example'],
      ['ws://[::1]', '[::1]:80'],
    ],
  ] as const
  for (const [origin, host] of pairs)
    expect([origin, host, await comeFrom(server, origin, host)]).toEqual([origin, host, 'open'])
  expect(await comeFrom(named, 'wss://chat.propromo.example:443')).toBe('open')
  expect(await comeFrom(listed, 'https://propromo.example:443')).toBe('open')

  const ofAnotherScheme = [
    ...[
      ['http://chat.example', 'chat.example:443'],
      ['wss://chat.example', 'chat.example:80'],
    ],
    ...[
      ['http://chat.example:443', 'chat.example'],
      ['https://chat.example:80', 'chat.example'],
    ],
    ...[
      ['https://chat.example', 'chat.example:8443'],
      ['https://chat.example', 'chat.example:4430'],
    ],
  ] as const
  for (const [origin, host] of ofAnotherScheme)
    expect([origin, host, await comeFrom(server, origin, host)]).toEqual([origin, host, REFUSED])
  expect(await comeFrom(named, 'https://chat.propromo.example:80')).toBe(REFUSED)
})

test('[C6] every other origin is refused, and does not spend the ticket', async () => {
  const own = `127.0.0.1:${server.port}`
  const others = [
    ...['https://elsewhere.example', 'wss://elsewhere.example', 'null', 'file://', 'about:blank', '*', '', 'http://'],
    ...[`http://127.0.0.1`, `http://127.0.0.1:${server.port + 1}`, `http://localhost:${server.port}`, `http://[::1]`],
    ...[`http://${own}.elsewhere.example`, `http://elsewhere.example/${own}`, `http://elsewhere.example#${own}`],
    ...[`http://elsewhere.example@${own}`, `http://${own}@elsewhere.example`, `ftp://${own}`, own, `//${own}`],
    ...[`chrome-extension://${own}`, `wsss://${own}`, `http://${own}, http://elsewhere.example`, `http:${own}`],
  ]
  const ticket = await ticketFor(server)
  for (const origin of others) {
    expect([origin, await knock(server, ticket, { headers: { Origin: origin } })]).toEqual([origin, REFUSED])
  }
  expect(await knock(server, ticket)).toBe('open')
})

test('[C6] without PUBLIC_URL it is the Host header that says what is own', async () => {
  expect(await comeFrom(server, 'https://chat.example', 'chat.example')).toBe('open')
  expect(await comeFrom(server, 'https://chat.example:8443', 'chat.example:8443')).toBe('open')
  expect(await comeFrom(server, 'https://chat.example', 'chat.example:8443')).toBe(REFUSED)
  expect(await comeFrom(server, `http://127.0.0.1:${server.port}`, 'chat.example')).toBe(REFUSED)
})

test('[C6] what is on the list is let in, in each spelling, and nothing like it', async () => {
  const yes = ['https://propromo.example', 'wss://propromo.example', 'HTTPS://Propromo.Example']
  const also = ['https://app.propromo.example:8443', 'wss://App.propromo.example:8443', 'http://localhost:5173']
  for (const origin of [...yes, ...also]) expect([origin, await comeFrom(listed, origin)]).toEqual([origin, 'open'])
  const no = [
    'http://propromo.example',
    'ws://propromo.example',
    'https://propromo.example:8443',
    'https://localhost:5173',
  ]
  const near = ['https://app.propromo.example', 'https://x.propromo.example', 'https://propromo.example.org', 'null']
  for (const origin of [...no, ...near]) expect([origin, await comeFrom(listed, origin)]).toEqual([origin, REFUSED])
  expect(await comeFrom(listed, `http://127.0.0.1:${listed.port}`)).toBe('open')
})

test('[C6] with PUBLIC_URL that alone is own, whatever the Host header says', async () => {
  for (const host of ['chat.propromo.example', 'elsewhere.example', `127.0.0.1:${named.port}`]) {
    for (const origin of ['https://chat.propromo.example', 'wss://chat.propromo.example', 'https://propromo.example']) {
      expect(await comeFrom(named, origin, host)).toBe('open')
    }
    for (const origin of [
      'http://chat.propromo.example',
      'https://elsewhere.example',
      `http://127.0.0.1:${named.port}`,
    ]) {
      expect(await comeFrom(named, origin, host)).toBe(REFUSED)
    }
  }
})

test('[C6] the request target never says what is own', async () => {
  const evil = 'http://elsewhere.example'
  for (const target of [`${evil}/chat/${ROOM}`, `${evil}:80/chat/${ROOM}`, `//elsewhere.example/chat/${ROOM}`]) {
    for (const each of [server, listed, named]) {
      const ticket = await ticketFor(each)
      const line = `GET ${target}?auth=${ticket} HTTP/1.1`
      const answer = await request(each, line, { ...WEBSOCKET, Origin: evil })
      expect([target, answer.status]).not.toEqual([target, 101])
      expect(await knock(each, ticket)).toBe('open')
    }
  }
  const line = `GET ${evil}/chat/${ROOM}?auth=${await ticketFor(server)} HTTP/1.1`
  const own = await request(server, line, { ...WEBSOCKET, Origin: `http://127.0.0.1:${server.port}` })
  expect(own.status).toBe(101)
})

test('[C6] an Origin that is sent twice is refused if one of them is foreign', async () => {
  const ticket = await ticketFor(server)
  const twice = `http://127.0.0.1:${server.port}\r\nOrigin: https://elsewhere.example`
  expect(await knock(server, ticket, { headers: { Origin: twice } })).toBe(REFUSED)
})

test('[C6] a page of a listed origin may also log in and get tickets, one of another origin may not', async () => {
  const ask = (where: Server, Origin: string) =>
    fetch(`${where.origin}/tickets`, {
      method: 'OPTIONS',
      headers: { Origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    })
  const may = (answer: Response) => [
    answer.headers.get('access-control-allow-origin'),
    answer.headers.get('access-control-allow-headers')?.includes('Authorization') ?? false,
    answer.headers.get('access-control-allow-credentials'),
  ]
  expect(may(await ask(listed, LISTED_PAGE))).toEqual([LISTED_PAGE, true, null])
  expect(may(await ask(listed, 'https://elsewhere.example'))[0]).toBeNull()
  expect(may(await ask(server, LISTED_PAGE))[0]).toBeNull()
})

test('[E3] OPTIONS that asks for nobody’s page is a method like any other, also where listed pages may ask', async () => {
  const options = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(listed.origin + path, { method: 'OPTIONS', headers })
    return `${answer.status} ${answer.headers.get('allow')}`
  }
  for (const headers of [{}, { Origin: LISTED_PAGE }, { 'Access-Control-Request-Method': 'POST' }]) {
    expect([headers, await options('/login', headers)]).toEqual([headers, '405 POST'])
    expect([headers, await options('/widget.js', headers)]).toEqual([headers, '405 GET, HEAD'])
    expect([headers, await options('/nowhere', headers)]).toEqual([headers, '404 null'])
  }
})

/** A handshake with this Origin and, unless it is the usual one, this Host. */
async function comeFrom(where: Server, origin: string | null, host = `127.0.0.1:${where.port}`): Promise<string> {
  return knock(where, await ticketFor(where), { headers: { Origin: origin, Host: host } })
}

async function ticketFor(where: Server): Promise<string> {
  const person = people.get(where)
  if (!person) throw new Error('nobody has logged in there')
  return person.ticket()
}
