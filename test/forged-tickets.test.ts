// Tickets that others made: with other keys, other algorithms, none at all, or with ours in the wrong place.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { EncryptJWT } from 'jose'
import { knock, notRefused } from './support/door.ts'
import { type Claims, claims, hmac, jwt, madeUpSecret, partsOf, rsa, unsigned } from './support/forging.ts'
import { admit, HS256, type Issuers, sealed, startIssuers } from './support/issuers.ts'
import { CUSTOMER } from './support/people.ts'

const INVALID = '401 ticket_invalid'

let issuers: Issuers
/** As the servers write them, with the name of their key. */
let hs256: Claims
let rs512: Claims

beforeAll(async () => {
  issuers = await startIssuers()
  hs256 = partsOf((await admit(issuers.development)).token).header
  rs512 = partsOf((await admit(issuers.production)).token).header
})
afterAll(() => issuers.remove())

test('[T2] a ticket made by hand opens the room if key and algorithm are right', async () => {
  expect(await knock(issuers.development, jwt(hs256, customer(), hmac(issuers.secret)))).toBe('open')
  expect(await knock(issuers.production, jwt(rs512, customer(), rsa(issuers.privatePem)))).toBe('open')
})

test('[T2] a ticket signed with another secret is not ours', async () => {
  const base64 = issuers.secret.toString('base64')
  const secrets = [madeUpSecret(), '', 'secret', base64, `${base64}\n`, issuers.secret.toString('hex')]
  const tickets = secrets.map((secret, index) => [`secret ${index}`, jwt(hs256, customer(), hmac(secret))] as const)
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
})

test('[T2] a ticket signed with another key pair is not ours', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  expect(await knock(issuers.production, jwt(rs512, customer(), rsa(privateKey)))).toBe(INVALID)
})

test('[T2] a ticket without a signature is not ours, however "none" is written', async () => {
  const spellings = [
    'none',
    'None',
    'NONE',
    'nOnE',
    'none ',
    ' none',
    'null',
    '',
    null,
    undefined,
    0,
    ['none'],
    ['HS256'],
  ]
  const borrowed = () => Buffer.from(partsOf(sealed(issuers)).signature, 'base64url')
  const tickets = spellings.flatMap((alg) =>
    [unsigned, borrowed, hmac(issuers.secret), hmac('')].map((signer, index) => {
      return [`alg ${JSON.stringify(alg)}, signature ${index}`, jwt({ ...hs256, alg }, customer(), signer)] as const
    }),
  )
  for (const server of [issuers.development, issuers.production]) {
    expect(await notRefused(server, INVALID, tickets)).toEqual([])
  }
  expect(await knock(issuers.development, jwt(hs256, customer(), unsigned))).toBe(INVALID)
  expect(await knock(issuers.production, jwt(rs512, customer(), unsigned))).toBe(INVALID)
})

test('[T2] the right secret with another algorithm is refused', async () => {
  const names = ['HS384', 'HS512', 'RS256', 'RS512', 'ES256', 'EdDSA', 'hs256', 'HS256 ', 'HS1', 'SHA256', 'dir']
  const named = names.map((alg) => [alg, jwt({ ...hs256, alg }, customer(), hmac(issuers.secret))] as const)
  const stronger = ([384, 512] as const).map((bits) => {
    return [`HS${bits}, truly`, jwt({ ...hs256, alg: `HS${bits}` }, customer(), hmac(issuers.secret, bits))] as const
  })
  expect(await notRefused(issuers.development, INVALID, [...named, ...stronger])).toEqual([])
})

test('[T2] the right private key with another algorithm is refused', async () => {
  const named = ['RS256', 'RS384', 'PS512', 'ES512', 'rs512', 'HS512'].map((alg) => {
    return [alg, jwt({ ...rs512, alg }, customer(), rsa(issuers.privatePem))] as const
  })
  const weaker = ['RS256, truly', jwt({ ...rs512, alg: 'RS256' }, customer(), rsa(issuers.privatePem, 256))] as const
  expect(await notRefused(issuers.production, INVALID, [...named, weaker])).toEqual([])
})

test('[T2] a ticket signed with the public key as if it were a secret is refused in production', async () => {
  const { publicPem, publicKey } = issuers
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const keys = { publicPem, trimmed: publicPem.trim(), crlf: publicPem.replaceAll('\n', '\r\n'), der }
  const tickets = Object.entries(keys).flatMap(([name, key]) => [
    [`${name}, HS256`, jwt({ ...rs512, alg: 'HS256' }, customer(), hmac(key))] as const,
    [`${name}, HS512`, jwt({ ...rs512, alg: 'HS512' }, customer(), hmac(key, 512))] as const,
    [`${name}, called RS512`, jwt(rs512, customer(), hmac(key, 512))] as const,
    [`${name}, without kid`, jwt(HS256, customer(), hmac(key))] as const,
  ])
  expect(await notRefused(issuers.production, INVALID, tickets)).toEqual([])
})

test('[T2] a ticket of one server is nothing to a server with another key', async () => {
  expect(await knock(issuers.development, (await admit(issuers.production)).token)).toBe(INVALID)
  expect(await knock(issuers.production, (await admit(issuers.development)).token)).toBe(INVALID)
})

test('[T2] a key that a ticket brings along is not believed, and not fetched', async () => {
  const fetched: string[] = []
  const fetch = ({ url }: Request) => {
    fetched.push(url)
    return new Response()
  }
  const listener = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch })
  const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const secret = Buffer.from(madeUpSecret(), 'base64')
  const brought: readonly Claims[] = [
    { jwk: { ...theirs.publicKey.export({ format: 'jwk' }), alg: 'RS512', use: 'sig' } },
    { jwk: { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256' } },
    { jku: `${listener.url}keys.json` },
    { x5u: `${listener.url}chain.pem` },
    { x5c: [theirs.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    { x5t: 'AAAA', 'x5t#S256': 'AAAA' },
  ]
  const tickets = brought.flatMap((extra) =>
    [HS256, hs256, rs512].flatMap((header) => [
      [
        `RS512 ${Object.keys(extra)}`,
        jwt({ ...header, ...extra, alg: 'RS512' }, customer(), rsa(theirs.privateKey)),
      ] as const,
      [`HS256 ${Object.keys(extra)}`, jwt({ ...header, ...extra, alg: 'HS256' }, customer(), hmac(secret))] as const,
    ]),
  )
  for (const server of [issuers.development, issuers.production]) {
    expect(await notRefused(server, INVALID, tickets)).toEqual([])
  }
  await listener.stop(true)
  expect(fetched).toEqual([])
})

test('[T2] a kid that names no key of ours is refused, wherever it points', async () => {
  const paths = ['../../etc/passwd', '/dev/null', 'file:///dev/null', '..\\..\\win.ini', '/proc/self/environ']
  const queries = ["' OR '1'='1", "x' UNION SELECT 'key' --", '|id', '$(id)', '`id`', '*', '%']
  const odd = [
    '1',
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    'undefined',
    '\0',
    'x'.repeat(2000),
    `${hs256['kid']}x`,
  ]
  const types = [0, {}, [], true, null, [hs256['kid']]]
  const tickets = [...paths, ...queries, ...odd, ...types].flatMap((kid) => [
    [`kid ${JSON.stringify(kid)}`, jwt({ ...hs256, kid }, customer(), hmac(issuers.secret))] as const,
    [`kid ${JSON.stringify(kid)}, empty key`, jwt({ ...hs256, kid }, customer(), hmac(''))] as const,
  ])
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
})

test('[T2] a ticket whose header has to be understood, and is not, is refused', async () => {
  const demands: readonly Claims[] = [
    { crit: ['unheard'], unheard: 1 },
    { crit: [] },
    { crit: ['exp'] },
    { crit: 'exp' },
    { b64: false, crit: ['b64'] },
  ]
  const tickets = demands.map((extra) => {
    return [JSON.stringify(extra), jwt({ ...hs256, ...extra }, customer(), hmac(issuers.secret))] as const
  })
  expect(await notRefused(issuers.development, INVALID, tickets)).toEqual([])
})

test('[T2] an encrypted token is no ticket, even if it was made with our secret', async () => {
  const header = { ...hs256, alg: 'dir', enc: 'A256GCM' }
  const token = await new EncryptJWT(customer()).setProtectedHeader(header).encrypt(issuers.secret)
  expect(token.split('.')).toHaveLength(5)
  expect(await knock(issuers.development, token)).toBe(INVALID)
})

function customer(): Claims {
  return claims('2', CUSTOMER)
}
