// Tickets by hand: the server's own with other claims, and everything that only looks like one.
import { createHmac, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Claims = Readonly<Record<string, unknown>>
type Signer = (input: string) => Buffer

/** A secret as `JWT_PRIVATE_KEY` takes it. */
export function madeUpSecret(): string {
  return randomBytes(32).toString('base64')
}

/** What a ticket of Propromo's account `sub` says, `life` seconds before its end. */
export function claims(sub: string, email: string, life = 60): Claims {
  const exp = Math.floor(Date.now() / 1000) + life
  const jti = randomBytes(12).toString('base64url')
  return { iss: 'propromo.chat', sub, email, jti, iat: exp - 300, nbf: exp - 300, exp }
}

export function hmac(key: string | Buffer, bits: 256 | 384 | 512 = 256): Signer {
  return (input) => createHmac(`sha${bits}`, key).update(input).digest()
}

export function rsa(key: KeyObject | string, bits: 256 | 512 = 512): Signer {
  return (input) => sign(`sha${bits}`, Buffer.from(input), key)
}

export function unsigned(): Buffer {
  return Buffer.alloc(0)
}

export function jwt(header: Claims, payload: Claims, signer: Signer): string {
  const input = `${encoded(header)}.${encoded(payload)}`
  return `${input}.${signer(input).toString('base64url')}`
}

export interface Parts {
  readonly header: Claims
  readonly payload: Claims
  readonly signature: string
}

export function partsOf(token: string): Parts {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header: decoded(header), payload: decoded(payload), signature }
}

/** The token with one claim changed and everything else, the signature too, as it was. */
export function withClaim(token: string, name: string, value: unknown): string {
  const [header = '', , signature = ''] = token.split('.')
  return `${header}.${encoded({ ...partsOf(token).payload, [name]: value })}.${signature}`
}

/** The same token in other letters: the last character of an HS256 signature carries two bits that nobody reads. */
export function respelled(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.slice(-1)) ^ 1]
}

export function without(from: Claims, name: string): Claims {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name))
}

function encoded(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decoded(part: string): Claims {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims
}
