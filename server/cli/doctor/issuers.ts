// Those who vouch for people with keys at an address: whether the keys can be had from here, and used.
import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { algorithmsOf } from '../../adapters/issuers/algorithms.ts'
import type { Issuer } from '../../adapters/issuers/issuers.ts'
import { ANSWER_MILLISECONDS, fetchKeySet } from '../../adapters/issuers/key-set.ts'
import type { Config } from '../../config.ts'
import { codeOf, type Finding, fault, fine } from './finding.ts'

const KeySet = z.object({ keys: z.array(z.looseObject({})) })

export function lookAtIssuers({ issuers }: Config): Promise<readonly Finding[]> {
  return Promise.all(issuers.flatMap((entry) => ('keysAt' in entry ? [asked(entry)] : [])))
}

async function asked({ issuer, keysAt }: Issuer & { readonly keysAt: string }): Promise<Finding> {
  const { origin, pathname } = new URL(keysAt) // What may follow could be a secret.
  const trouble = (what: string) =>
    fault(
      `TICKET_ISSUERS: ${what}, so whoever ${issuer} vouches for cannot come in; its address is ${origin}${pathname}`,
    )
  const answer = await fetchKeySet(keysAt, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) }).catch(codeOf)
  if (typeof answer === 'string') return trouble(`the key set of ${issuer} cannot be had (${answer})`)
  const set = KeySet.safeParse(await answer.json().catch(() => null))
  if (!set.success) return trouble(`what ${issuer} answers with is no key set`)
  const usable = set.data.keys.filter(isUsable).length
  if (usable === 0) return trouble(`no key in the key set of ${issuer} can be used`)
  return fine(`the key set of ${issuer} can be had, with ${usable} ${usable === 1 ? 'key' : 'keys'} that can be used`)
}

function isUsable(key: Record<string, unknown>): boolean {
  try {
    return algorithmsOf(createPublicKey({ key, format: 'jwk' })).length > 0
  } catch {
    return false
  }
}
