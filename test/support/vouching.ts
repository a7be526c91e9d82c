// A server that the chat trusts to say who somebody is: its keys, and what it signs with them.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type Claims, jwt } from './forging.ts'
import { post } from './people.ts'
import type { Server } from './server.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
export const ISSUER = 'https://propromo.example'

export interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly publicPem: string
  readonly privatePem: string
}

export function rsaPair(bits = 2048): Pair {
  return pairOf(generateKeyPairSync('rsa', { modulusLength: bits }))
}

export function ecPair(namedCurve = 'P-256'): Pair {
  return pairOf(generateKeyPairSync('ec', { namedCurve }))
}

export function ed25519Pair(): Pair {
  return pairOf(generateKeyPairSync('ed25519'))
}

/** Right for `email`, but for `changes`. */
export function statement(email: string, changes: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1000)
  return { iss: ISSUER, aud: 'propromo.chat', sub: email, exp: now + 30, jti: crypto.randomUUID(), ...changes }
}

/** Signed as the header says. */
export function signed(claims: Claims, { privateKey }: Pair, header: Claims & { alg: string } = { alg: 'RS256' }) {
  return jwt(header, claims, (input) => {
    const bytes = Buffer.from(input)
    if (header.alg === 'EdDSA') return sign(null, bytes, privateKey)
    const digest = `sha${header.alg.slice(2)}`
    if (header.alg.startsWith('ES')) return sign(digest, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    if (header.alg.startsWith('PS')) return sign(digest, bytes, { key: privateKey, padding: 6, saltLength: -1 })
    return sign(digest, bytes, privateKey)
  })
}

/** What Propromo's server sends. */
export function ask(
  server: Server,
  assertion: string,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return post(server, '/tickets', { grant_type: JWT_BEARER, assertion, ...more }, headers)
}

function pairOf({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Pair {
  return {
    publicKey,
    privateKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
