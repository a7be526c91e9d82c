// An issuer whose keys are at an address (a JWKS), in the hands of a server that is slow, hostile, or has new keys (rule L11).
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { Clock } from './support/clock.ts'
import { hmac, jwt } from './support/forging.ts'
import { CUSTOMER } from './support/people.ts'
import { admitted, expectRefusal } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'
import { ask, ecPair, ISSUER, type Pair, rsaPair, signed, statement } from './support/vouching.ts'

const [first, second] = [rsaPair(), rsaPair()]

let clock: Clock
let server: Server
let issuer: Bun.Server<undefined>
let answer: () => Response | Promise<Response>
let asked: number
let ahead: number

beforeEach(async () => {
  clock = new Clock()
  asked = 0
  ahead = 0
  answer = () => keys({ first })
  issuer = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: () => {
      asked += 1
      return answer()
    },
  })
  server = await startServer({ TICKET_ISSUERS: `${ISSUER}=${issuer.url.href}keys.json`, ...clock.environment })
})
afterEach(async () => {
  await server.remove()
  await issuer.stop(true)
  clock.remove()
})

function keys(pairs: Readonly<Record<string, Pair>>, more: object = {}): Response {
  const all = Object.entries(pairs).map(([kid, { publicKey }]) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
    ...more,
  }))
  return Response.json({ keys: all })
}

const passes = async (seconds: number) => {
  await clock.pass(seconds)
  ahead += seconds
}
const vouch = (kid: string, pair: Pair, alg = 'RS256') => {
  const exp = Math.floor(Date.now() / 1000) + ahead + 30
  return ask(server, signed(statement(CUSTOMER, { exp }), pair, { alg, kid }))
}
const isRefused = async (kid: string, pair: Pair, alg?: string) =>
  expectRefusal(await vouch(kid, pair, alg), 401, 'assertion_invalid')

test('[L11] keys are fetched when they are needed, and then kept', async () => {
  expect(asked).toBe(0)
  for (let times = 0; times < 5; times++) await admitted(await vouch('first', first))
  expect(asked).toBe(1)
})

test('[L11] a key that is not known yet is looked for, but made-up ones do not become as many requests', async () => {
  await admitted(await vouch('first', first))
  answer = () => keys({ first, second })
  for (let times = 0; times < 10; times++) await isRefused(`made up ${times}`, second)
  expect(asked).toBe(1)
  await passes(11)
  await Promise.all([vouch('second', second), vouch('second', second)].map(async (one) => admitted(await one)))
  expect(asked).toBe(2)
  await admitted(await vouch('first', first))
})

test('[L11] a key that its issuer has taken back is believed for ten minutes at most', async () => {
  await admitted(await vouch('first', first))
  answer = () => keys({ second })
  await passes(10 * 60 + 1)
  await isRefused('first', first)
  await admitted(await vouch('second', second))
})

test('[L11] the wrong key under the right name, and a key for something else, are refused', async () => {
  await isRefused('first', second)
  answer = () => keys({ first }, { use: 'enc' })
  await passes(10 * 60 + 1)
  await isRefused('first', first)
  answer = () => keys({ first }, { alg: 'RS512' })
  await passes(10 * 60 + 1)
  await isRefused('first', first)
  await admitted(await vouch('first', first, 'RS512'))
})

test('[L11] a shared secret in the set opens nothing', async () => {
  const k = Buffer.from('shared secret of 32 bytes or more').toString('base64url')
  answer = () => Response.json({ keys: [{ kty: 'oct', kid: 'first', alg: 'HS256', k }] })
  const token = jwt({ alg: 'HS256', kid: 'first' }, statement(CUSTOMER), hmac(Buffer.from(k, 'base64url')))
  await expectRefusal(await ask(server, token), 401, 'assertion_invalid')
})

const ENDLESS = () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }))
const BAD: Readonly<Record<string, () => Response | Promise<Response>>> = {
  'says nothing': () => new Promise<Response>(() => undefined),
  'never ends': ENDLESS,
  'sends people elsewhere': () => Response.redirect('http://127.0.0.1:1/keys', 302),
  'is broken': () => new Response('{"keys":[', { status: 500 }),
  'answers with garbage': () => new Response('<html>', { headers: { 'Content-Type': 'application/json' } }),
  'has no keys': () => Response.json({ keys: 'none' }),
  'has a key of another kind': () => keys({ first: ecPair() }),
}

for (const [what, bad] of Object.entries(BAD)) {
  test(`[L11] an issuer that ${what} is not believed, and asked again when there has been a pause`, async () => {
    answer = bad
    const waiting = [isRefused('first', first), isRefused('first', first)]
    while (asked === 0) await Bun.sleep(5)
    await passes(4)
    await Promise.all(waiting)
    await isRefused('first', first)
    expect(asked).toBe(1)
    answer = () => keys({ first })
    await passes(10 * 60 + 1)
    await admitted(await vouch('first', first))
  })
}
