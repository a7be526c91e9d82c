// An issuer's public keys at an address (a JWKS): fetched when needed, kept for a while, fetched anew for a key that is not known yet.
import { createRemoteJWKSet, customFetch } from 'jose'
import { Disbelieved } from '../../ports/issuers.ts'

export const ANSWER_MILLISECONDS = 3_000
/** So long a key that its issuer has taken back is still believed. */
const FRESH_MILLISECONDS = 10 * 60_000
/** Anybody can make up statements with keys that are not known, so they must not become as many requests. */
const PAUSE_MILLISECONDS = 10_000
const MOST_BYTES = 64 * 1024

export function keySet(address: string, clock: () => number): ReturnType<typeof createRemoteJWKSet> {
  let pauseUntil = Number.NEGATIVE_INFINITY
  return createRemoteJWKSet(new URL(address), {
    timeoutDuration: ANSWER_MILLISECONDS,
    cooldownDuration: PAUSE_MILLISECONDS,
    cacheMaxAge: FRESH_MILLISECONDS,
    async [customFetch](url, { headers, signal }) {
      if (clock() < pauseUntil) throw new Disbelieved('the keys of its issuer were asked for a moment ago')
      pauseUntil = clock() + PAUSE_MILLISECONDS
      try {
        return await fetchKeySet(url, { headers, signal })
      } catch {
        throw new Disbelieved('the keys of its issuer cannot be had')
      }
    },
  })
}

/** Something else was answered. */
class NoKeySet extends Error {
  readonly code: string

  constructor(status: number) {
    super(`it answers with ${status}`)
    this.code = String(status)
  }
}

/** What stands at the address. Throws where it cannot be had, and says why. */
export async function fetchKeySet(
  address: string,
  asking: Pick<BunFetchRequestInit, 'headers' | 'signal'>,
): Promise<Response> {
  const answer = await fetch(address, { ...asking, redirect: 'manual' })
  if (answer.status !== 200) throw new NoKeySet(answer.status)
  return new Response(await bounded(answer))
}

async function bounded(answer: Response): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.length
    if (size > MOST_BYTES) throw new Error('too large') // Leaving the loop lets go of the rest.
    parts.push(part)
  }
  return new Blob(parts)
}
