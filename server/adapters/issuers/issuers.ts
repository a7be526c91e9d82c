// Issuers on a list, each with public keys at hand or a key set at an address; their statements are JWTs.
import type { KeyObject } from 'node:crypto'
import { compactVerify, decodeJwt, errors } from 'jose'
import { Disbelieved, type Issuers } from '../../ports/issuers.ts'
import { algorithmsOf, SIGNATURES } from './algorithms.ts'
import { keySet } from './key-set.ts'

/** One way to know an issuer. An issuer may stand on the list more than once: while its keys change, each of them counts. */
export type Issuer =
  | { readonly issuer: string; readonly key: KeyObject }
  | { readonly issuer: string; readonly keysAt: string }

/** What finds out whether one of an issuer's keys has signed. */
type Check = (assertion: string) => Promise<Uint8Array>

export function issuers(list: readonly Issuer[], clock: () => number): Issuers {
  const checks = Map.groupBy(list, ({ issuer }) => issuer)
  const known = new Map([...checks].map(([issuer, entries]) => [issuer, entries.map((entry) => checkOf(entry, clock))]))
  return {
    async read(assertion) {
      const issuer = issuerOf(assertion)
      const own = known.get(issuer)
      if (!own) throw new Disbelieved('its issuer is not on the list')
      return { issuer, claims: claimsIn(await firstThatHolds(own, assertion)) }
    },
  }
}

function checkOf(entry: Issuer, clock: () => number): Check {
  if ('key' in entry) {
    const algorithms = algorithmsOf(entry.key)
    return async (assertion) => (await compactVerify(assertion, entry.key, { algorithms })).payload
  }
  const keys = keySet(entry.keysAt, clock)
  return async (assertion) => (await compactVerify(assertion, keys, { algorithms: [...SIGNATURES] })).payload
}

async function firstThatHolds(checks: readonly Check[], assertion: string): Promise<Uint8Array> {
  let reason = 'no key of its issuer fits'
  for (const check of checks) {
    try {
      return await check(assertion)
    } catch (error) {
      reason = reasonOf(error)
    }
  }
  throw new Disbelieved(reason)
}

/** What the library says may repeat what came; its codes do not. */
function reasonOf(error: unknown): string {
  if (error instanceof Disbelieved) return error.message
  return error instanceof errors.JOSEError ? error.code : 'its signature cannot be checked'
}

/** Only to know whose keys to ask: nothing is believed before the signature is. */
function issuerOf(assertion: string): string {
  return decoded(() => decodeJwt(assertion)).iss ?? ''
}

function claimsIn(payload: Uint8Array): Readonly<Record<string, unknown>> {
  const claims: unknown = decoded(() => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new Disbelieved('it is no object')
  return { ...claims }
}

function decoded<Result>(decode: () => Result): Result {
  try {
    return decode()
  } catch {
    throw new Disbelieved('it is no JWT') // What the decoder says about it may repeat it.
  }
}
