// GET /ready: whether the process can do its work now. It names parts, and neither addresses nor reasons: anybody may ask.
import type { Handler } from 'hono'
import { Refusal } from '../../protocol/refusal.ts'
import type { Env } from './request.ts'

export interface Readiness {
  report(): Promise<{
    readonly draining: boolean
    readonly parts: Readonly<Record<string, { readonly status: 'ok' | 'failed'; readonly milliseconds: number }>>
  }>
}

export function ready(readiness: Readiness): Handler<Env> {
  return async (c) => {
    const { draining, parts } = await readiness.report()
    const failed = Object.entries(parts).flatMap(([name, { status }]) => (status === 'failed' ? [name] : []))
    if (!draining && failed.length === 0) return c.json({ status: 'ok', parts })
    const refusal = refusalOf(draining, failed)
    c.header('Retry-After', String(refusal.retryAfterSeconds))
    return c.json({ ...refusal.body, parts }, 503)
  }
}

function refusalOf(draining: boolean, failed: readonly string[]): Refusal {
  if (draining) return new Refusal('restarting', 'Not ready: the server is restarting')
  const code = failed.every((part) => part === 'accounts') ? 'accounts_unavailable' : 'store_unavailable'
  return new Refusal(code, `Not ready: ${failed.join(' and ')} failed`)
}
