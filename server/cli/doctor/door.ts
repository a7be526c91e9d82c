// The port, and the way that people take to it: through a proxy, whose settings nobody sees from inside.

import { V1 } from '../../../protocol/v1.ts'
import { type Config, isLoopback } from '../../config.ts'
import type { Environment } from '../asked.ts'
import { type Finding, fault, fine, note, reasonOf } from './finding.ts'
import { lookAtWay } from './way.ts'

const PATIENCE_MILLISECONDS = 5_000

export async function lookAtPort({ host, port, tls }: Config): Promise<Finding> {
  try {
    Bun.listen({ hostname: host, port, socket: { data: () => undefined } }).stop(true)
    return fine(`port ${port} of ${host} is free`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EADDRINUSE')
      return fault(`HOST, PORT: nothing can listen on port ${port} of ${host} (${reasonOf(error)})`)
    const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    const origin = `${tls ? 'https' : 'http'}://${here.includes(':') ? `[${here}]` : here}:${port}`
    if (await answers(origin)) return fine(`port ${port} of ${host} is held by a chat, which answers`)
    return fault(`PORT: ${port} is in use by something that is no chat: stop it, or take another`)
  }
}

export async function lookAtPublicUrl(
  config: Config,
  env: Environment,
  now: () => number,
): Promise<readonly Finding[]> {
  const { publicOrigin, tls, host } = config
  if (!publicOrigin) {
    return isLoopback(host)
      ? []
      : [note('no PUBLIC_URL: which pages may open sockets is told by the Host header alone')]
  }
  const overTls = publicOrigin.startsWith('https:')
  const findings = [
    overTls || isLoopback(new URL(publicOrigin).hostname)
      ? fine(`people come to ${publicOrigin}`)
      : note(`people come to ${publicOrigin} without TLS: passwords can be read on the way`),
  ]
  if (!(await answers(publicOrigin))) {
    if (overTls && !tls && !env['TRUSTED_PROXIES'])
      findings.push(note('no TRUSTED_PROXIES: behind a proxy everybody seems to come from its one address'))
    return [...findings, note(`no chat answers at ${publicOrigin}: is it running?`)]
  }
  const [way, through] = await Promise.all([lookAtWay(publicOrigin, config, now), letsSocketsThrough(publicOrigin)])
  const remedy = 'let the proxy pass the headers Upgrade, Connection and Sec-WebSocket-Protocol on'
  return [
    ...findings,
    ...way,
    through ? fine('sockets get through to it') : fault(`no socket gets through to ${publicOrigin}: ${remedy}`),
  ]
}

/** Whether a chat is there: the certificate is looked at elsewhere. */
async function answers(origin: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS)
    const answer = await fetch(`${origin}/health`, { signal, tls: { rejectUnauthorized: false } })
    return answer.ok && isHealth(await answer.json())
  } catch {
    return false
  }
}

function isHealth(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok'
}

/** Without a ticket the chat lets a v1 socket in, to close it with a code that tells why (rule C5). */
function letsSocketsThrough(origin: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/chat/doctor`, {
    protocols: [V1],
    tls: { rejectUnauthorized: false },
  })
  const timer = setTimeout(() => socket.close(), PATIENCE_MILLISECONDS)
  socket.onclose = ({ code }) => resolve(code >= 4000)
  return promise.finally(() => clearTimeout(timer))
}
