// Watches every request: gives it a name, and tells what became of it. What it carried is not told.
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { Refusal, type RefusalCode } from '../../protocol/refusal.ts'
import { isThisMachine, type Proxies } from './proxies.ts'
import type { Env } from './request.ts'

/** What became of a request. */
export interface Answered {
  readonly request: string
  readonly method: string
  /** As the routes are written: in the rest of a path somebody may have put a ticket. */
  readonly route: string
  readonly status: number
  readonly code: RefusalCode | null
  readonly milliseconds: number
  readonly address: string
}

/** A request that has just come. */
export interface Asked {
  readonly request: string
  readonly method: string
  /** The trace that it belongs to, as a caller who may name requests says. */
  readonly traceparent: string | undefined
}

export interface DoorWatch {
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
  /** A name for a request that came without one. */
  readonly makeRequestId: () => string
  answered(answered: Answered): void
  /** Does the work of a request, `answered` included, as one trace; not there where nobody traces. */
  readonly within?: (asked: Asked, work: () => Promise<void>) => Promise<void>
  /** Somebody was told no on a socket that was opened only for that (rule C5). */
  refused(code: RefusalCode): void
}

const REQUEST_ID = /^[\w.:-]{8,64}$/
const NO_ROUTE = '/*'
/** Every few seconds, and nobody wants to see how. */
export const ASKED_BY_MACHINES: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics'])

/** Comes first of all, so that whatever the others do is seen. Names for requests are taken over from this machine and from `proxies`. */
export function watching(watch: DoorWatch, proxies: Proxies): MiddlewareHandler<Env> {
  return async (c, next) => {
    const began = watch.clock()
    const request = requestIdOf(c, proxies) ?? watch.makeRequestId()
    c.set('request', request)
    c.header('X-Request-Id', request)
    const method = METHODS.has(c.req.method) ? c.req.method : 'other'
    const work = async () => {
      await next()
      watch.answered({
        request,
        method,
        route: routeOf(c),
        status: c.get('upgraded') ? 101 : c.res.status,
        code: codeOf(c.error),
        milliseconds: watch.clock() - began,
        address: c.get('address'),
      })
    }
    if (!watch.within || ASKED_BY_MACHINES.has(c.req.path)) return work()
    return watch.within({ request, method, traceparent: traceparentOf(c, proxies) }, work)
  }
}

/** Others may be made up, without end. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function traceparentOf(c: Context<Env>, proxies: Proxies): string | undefined {
  return isTrusted(c, proxies) ? c.req.header('traceparent') : undefined
}

function requestIdOf(c: Context<Env>, proxies: Proxies): string | undefined {
  const offered = c.req.header('X-Request-Id')
  if (offered === undefined || !REQUEST_ID.test(offered)) return undefined
  return isTrusted(c, proxies) ? offered : undefined
}

function isTrusted(c: Context<Env>, proxies: Proxies): boolean {
  const peer = c.env.server.requestIP(c.req.raw)?.address ?? ''
  return isThisMachine(peer) || proxies.trust(peer)
}

/** One of a few texts, whatever was asked for. */
function routeOf(c: Context<Env>): string {
  const route = routePath(c, -1)
  return route === '*' || route === NO_ROUTE ? 'none' : route.replace(/\{[^}]*\}/, '')
}

function codeOf(error: Error | undefined): RefusalCode | null {
  if (!error) return null
  return error instanceof Refusal ? error.code : 'internal_error'
}
