// GET /metrics: figures for Prometheus, for whoever runs the server. To everybody else there is no such page.
import { timingSafeEqual } from 'node:crypto'
import type { Context, Handler } from 'hono'
import { Refusal } from '../../protocol/refusal.ts'
import { notFound } from './problem.ts'
import { isThisMachine } from './proxies.ts'
import { bearerOf, type Env } from './request.ts'

export interface Metrics {
  /** Who may read: whoever has the token; where there is none, this machine, as long as nothing speaks of a proxy. */
  readonly for: 'nobody' | 'this machine' | { readonly token: string }
  readonly contentType: string
  /** The figures of all processes of this server, or `null` when they cannot be had. */
  text(): Promise<string | null>
}

export function metrics(metrics: Metrics): Handler<Env> {
  return async (c) => {
    if (!mayRead(c, metrics.for)) return notFound()
    const text = await metrics.text()
    if (text === null) throw new Refusal('restarting', 'Cannot count: the processes of this server do not answer')
    return c.body(text, 200, { 'Content-Type': metrics.contentType })
  }
}

function mayRead(c: Context<Env>, who: Metrics['for']): boolean {
  if (who === 'nobody') return false
  if (who !== 'this machine') return isSame(bearerOf(c) ?? '', who.token)
  // A proxy on this machine comes from it too, with requests of whoever is in front of it.
  return (
    isThisMachine(c.env.server.requestIP(c.req.raw)?.address) &&
    !PROXIED.some((name) => c.req.header(name) !== undefined)
  )
}

const PROXIED = ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Via']

/** Takes the same time wherever they differ. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}
