// What the proxy tells the chat of a request: the running chat says how it saw one of ours, because we have its key.
import { proofOf } from '../../chat/operator.ts'
import type { Config } from '../../config.ts'
import type { SeenWay } from '../../http/health.ts'
import { type Finding, fault, fine, note } from './finding.ts'

const PATIENCE_MILLISECONDS = 5_000
/** Of a network that is for examples alone: whatever the proxy does, nobody comes from there. */
const CLAIMED = '192.0.2.66'
const REMEDY =
  'let it set that header to the address it was asked from (nginx: proxy_set_header X-Forwarded-For $remote_addr)'

export async function lookAtWay(
  publicOrigin: string,
  { keys, madeUpSecret, tls }: Config,
  now: () => number,
): Promise<readonly Finding[]> {
  const unseen = `what the proxy tells the chat at ${publicOrigin} cannot be looked at`
  if (madeUpSecret) return [note(`${unseen}: the chat answers only who has its JWT_PRIVATE_KEY`)]
  const way = await askedWay(publicOrigin, await proofOf(keys, now))
  if (!way)
    return [note(`${unseen}: it does not believe this JWT_PRIVATE_KEY. Use the settings that it was started with`)]
  // Without TLS of its own, a chat that people reach over TLS has somebody in front of it.
  const overTls = publicOrigin.startsWith('https:')
  const isProxied = way.trusted || way.forwardedFor !== CLAIMED || (overTls && !tls)
  if (!isProxied) return [fine('nothing in front of the chat speaks for people')]
  return [aboutAddress(way), ...(overTls && way.trusted ? aboutScheme(way) : []), ...aboutHost(way, publicOrigin)]
}

function aboutAddress({ peer, trusted, address, forwardedFor }: SeenWay): Finding {
  if (!trusted) {
    return note(
      `requests come from the proxy at ${peer}, and everybody counts as that one address: name it in TRUSTED_PROXIES`,
    )
  }
  const last = forwardedFor.split(',').at(-1)?.trim()
  if (!last) {
    return fault(`the proxy at ${peer} sends no X-Forwarded-For, so everybody counts as its one address: ${REMEDY}`)
  }
  if (last === CLAIMED) {
    return fault(`the proxy at ${peer} passes on the X-Forwarded-For that anybody makes up: ${REMEDY}`)
  }
  return fine(`the proxy at ${peer} tells where people come from: this came from ${address}`)
}

function aboutScheme({ peer, scheme }: SeenWay): readonly Finding[] {
  if (scheme === 'https') return []
  const remedy = 'let it set that header to https (nginx: proxy_set_header X-Forwarded-Proto $scheme)'
  return [note(`the proxy at ${peer} does not say with X-Forwarded-Proto that people come over TLS: ${remedy}`)]
}

function aboutHost({ peer, host }: SeenWay, publicOrigin: string): readonly Finding[] {
  const asked = new URL(publicOrigin).host
  if (host.toLowerCase() === asked) return []
  const remedy = 'let it pass on the one that it was asked for (nginx: proxy_set_header Host $http_host)'
  return [note(`the proxy at ${peer} changes the Host ${asked} to ${host}: ${remedy}`)]
}

/** `null` where the chat does not say. */
async function askedWay(origin: string, proof: string): Promise<SeenWay | null> {
  try {
    const answer = await fetch(`${origin}/health`, {
      headers: { Authorization: `Bearer ${proof}`, 'X-Forwarded-For': CLAIMED },
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      tls: { rejectUnauthorized: false }, // The certificate is looked at elsewhere, and the proof is soon worth nothing.
    })
    return wayIn(await answer.json())
  } catch {
    return null
  }
}

function wayIn(body: unknown): SeenWay | null {
  if (typeof body !== 'object' || body === null || !('way' in body)) return null
  const { way } = body
  if (typeof way !== 'object' || way === null) return null
  const { peer, trusted, address, scheme, host, forwardedFor } = { ...NO_WAY, ...way }
  const texts = [peer, address, host, forwardedFor]
  const isWay = texts.every((text) => typeof text === 'string') && typeof trusted === 'boolean'
  return isWay ? { peer, trusted, address, scheme, host, forwardedFor } : null
}

const NO_WAY: SeenWay = { peer: '', trusted: false, address: '', scheme: null, host: '', forwardedFor: '' }
