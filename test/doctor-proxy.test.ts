// `propromo-chat doctor` looks at a real Caddy and a real nginx, set up rightly and wrongly, and says what to change.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { proofOf } from '../server/chat/operator.ts'
import { Faults } from '../server/faults.ts'
import { readKeys } from '../server/keys.ts'
import { cheapAccounts } from './support/accounts.ts'
import { CommandLine, type Said } from './support/command-line.ts'
import { knock } from './support/door.ts'
import { CUSTOMER, Person } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { type Front, startCaddy, startNginx } from './support/proxies.ts'
import { type Environment, type Server, startServer } from './support/server.ts'

const secretOf = (text: string) => Buffer.alloc(32, text).toString('base64')
const KEY = secretOf('for the doctor')
const FORWARDED_FOR = 'proxy_set_header X-Forwarded-For $remote_addr;'

let line: CommandLine
let server: Server
let proxy: Front | undefined

beforeAll(async () => {
  line = new CommandLine()
  server = await startServer({ JWT_PRIVATE_KEY: KEY, ...(await cheapAccounts()) })
})
afterEach(async () => {
  await proxy?.remove()
  proxy = undefined
})
afterAll(async () => {
  await server.remove()
  line.remove()
})

/** The doctor beside a chat behind this proxy. */
async function look(front: Front, changes: Environment = {}, key = KEY): Promise<Said> {
  proxy = front
  await server.stop()
  await server.restart({ PUBLIC_URL: front.origin, TRUSTED_PROXIES: '127.0.0.1', ...changes })
  return line.run('doctor', { PORT: String(await freePort()), JWT_PRIVATE_KEY: key, PUBLIC_URL: front.origin })
}

for (const [name, start] of Object.entries({ Caddy: startCaddy, nginx: startNginx })) {
  test(`${name} as deploy/ configures it is found fine`, async () => {
    const { exitCode, out } = await look(await start(server.port))
    expect(out).toContain('ok     the proxy at 127.0.0.1 tells where people come from: this came from 127.0.0.1\n')
    expect(out).toContain('ok     sockets get through to it\n')
    expect(out).not.toMatch(/Host|X-Forwarded-Proto|TRUSTED_PROXIES/)
    expect(out).not.toContain(KEY)
    expect(exitCode).toBe(0)
  })
}

describe('nginx that', () => {
  const wrongly: readonly (readonly [what: string, changes: Record<string, string>, said: string, exitCode: number])[] =
    [
      [
        'sends no X-Forwarded-For',
        { [FORWARDED_FOR]: 'proxy_set_header X-Forwarded-For "";' },
        'FAULT  the proxy at 127.0.0.1 sends no X-Forwarded-For, so everybody counts as its one address: let it set that header',
        1,
      ],
      [
        'passes on what anybody says of their address',
        { [FORWARDED_FOR]: '' },
        'FAULT  the proxy at 127.0.0.1 passes on the X-Forwarded-For that anybody makes up: let it set that header',
        1,
      ],
      [
        'rewrites the Host',
        { 'proxy_set_header Host $http_host;': 'proxy_set_header Host inside.example;' },
        'to inside.example: let it pass on the one that it was asked for (nginx: proxy_set_header Host $http_host)',
        0,
      ],
      [
        'says nothing of TLS',
        { 'proxy_set_header X-Forwarded-Proto $scheme;': 'proxy_set_header X-Forwarded-Proto "";' },
        'note   the proxy at 127.0.0.1 does not say with X-Forwarded-Proto that people come over TLS: let it set',
        0,
      ],
      [
        'passes no Upgrade on',
        { 'proxy_set_header Upgrade $http_upgrade;': '' },
        'let the proxy pass the headers Upgrade, Connection and Sec-WebSocket-Protocol on',
        1,
      ],
    ]
  for (const [what, changes, said, exitCode] of wrongly) {
    test(`${what} is told what to change`, async () => {
      const told = await look(await startNginx(server.port, changes))
      expect(told.out).toContain(said)
      expect(told.exitCode).toBe(exitCode)
    })
  }

  test('adds to what it was told is as good as one that begins anew', async () => {
    const appending = FORWARDED_FOR.replace('$remote_addr', '$proxy_add_x_forwarded_for')
    const { exitCode, out } = await look(await startNginx(server.port, { [FORWARDED_FOR]: appending }))
    expect(out).toContain('ok     the proxy at 127.0.0.1 tells where people come from')
    expect(exitCode).toBe(0)
  })

  test('the chat does not know is to be named', async () => {
    const { out } = await look(await startNginx(server.port), { TRUSTED_PROXIES: '' })
    expect(out).toContain(
      'note   requests come from the proxy at 127.0.0.1, and everybody counts as that one address: name it',
    )
  })
})

test('a doctor with another key learns nothing, and says so', async () => {
  const { out } = await look(await startCaddy(server.port), {}, secretOf('of somebody else'))
  expect(out).toContain('cannot be looked at: it does not believe this JWT_PRIVATE_KEY')
})

test('no stranger learns which way requests come, and the proof opens nothing else', async () => {
  const keys = readKeys({ JWT_PRIVATE_KEY: KEY }, new Faults())
  if (!keys) return expect.unreachable('there are keys')
  const askedWith = async (bearer: string) =>
    (await fetch(`${server.origin}/health`, { headers: { Authorization: `Bearer ${bearer}` } })).json()
  const proof = await proofOf(keys, Date.now)
  const late = await proofOf(keys, () => Date.now() - 61_000)
  const ticket = await (await Person.logIn(server, CUSTOMER)).ticket()
  for (const bearer of ['nonsense', ticket, late, `${proof}x`])
    expect(await askedWith(bearer)).toEqual({ status: 'ok' })
  expect(await askedWith(proof)).toMatchObject({ status: 'ok', way: { peer: '127.0.0.1' } })
  expect(await knock(server, proof)).toBe('401 ticket_invalid')
})
