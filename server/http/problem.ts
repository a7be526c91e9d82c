// How the door says no: one shape for programs, a page for people, and a line in the log when it is our fault.
import type { Context } from 'hono'
import { Refusal, type RefusalCode } from '../../protocol/refusal.ts'
import type { Auditor } from '../chat/auditor.ts'
import { refusalPage } from './pages/endings.ts'
import { rawPath } from './path.ts'
import { askingOf, type Env, prefersHtml } from './request.ts'

export function refused(clock: () => number, auditor: Auditor) {
  const report = reporter(clock)
  return (error: Error, c: Context<Env>): Response | Promise<Response> => {
    const refusal = error instanceof Refusal ? error : failure(error)
    auditor.refused(refusal.code, askingOf(c))
    if (refusal.status >= 500 && refusal.cause !== undefined) report(c, refusal)
    if (refusal.retryAfterSeconds !== undefined) c.header('Retry-After', String(refusal.retryAfterSeconds))
    if (refusal.code === 'upgrade_required') {
      c.header('Upgrade', 'websocket')
      c.header('Sec-WebSocket-Version', '13')
    }
    c.status(refusal.status as 400)
    return prefersHtml(c) ? c.html(refusalPage(c, refusal)) : c.json(refusal.body)
  }
}

export function notFound(): never {
  throw new Refusal('not_found', 'Cannot find this page: there is none at this address')
}

/** The path is known, the method is not (rule E3). */
export function onlyAllows(...methods: readonly string[]) {
  return (c: Context<Env>): never => {
    c.header('Allow', methods.join(', '))
    throw new Refusal('method_not_allowed', `Cannot ${c.req.method} here: this address takes ${methods.join(' and ')}`)
  }
}

function failure(cause: Error): Refusal {
  return new Refusal('internal_error', 'Cannot answer: something went wrong on our side. Try again in a moment', {
    cause,
  })
}

/** While a database is down every request says the same: one line of it a second is enough. */
const QUIET_MILLISECONDS = 1_000

function reporter(clock: () => number) {
  const reportedAt = new Map<RefusalCode, number>()
  return (c: Context<Env>, { code, cause }: Refusal): void => {
    if (clock() - (reportedAt.get(code) ?? Number.NEGATIVE_INFINITY) < QUIET_MILLISECONDS) return
    reportedAt.set(code, clock())
    // The route alone: in the rest somebody may have put a ticket. The cause is what a driver said, and drivers are never
    // given a secret.
    const reason = cause instanceof Error ? cause.message : String(cause)
    const route = rawPath(c).split('/', 2).join('/')
    console.error(`${c.req.method} ${route} ${code}: ${JSON.stringify(reason)}`)
  }
}
