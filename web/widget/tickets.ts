// Where a widget's tickets come from: the page around it, by a function or by an address of its own server.
import { fieldsOf } from '../state/kept.ts'

export type Ticket = () => Promise<string>

/** What `openRoom` understands: whether to ask again, and after how long. */
export class NoTicket extends Error {
  override readonly name = 'NoTicket'
  readonly code: string
  readonly retry: boolean
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, retry: boolean, retryAfterSeconds?: number) {
    super('Cannot open the chat: there is no ticket')
    this.code = code
    this.retry = retry
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A POST with the page's own cookies, answered like `POST /tickets`: `{ "token": … }`, or `{ "code": … }`. */
export function ticketsAt(url: string): Ticket {
  return async () => {
    const answer = await post(url)
    const { token, code } = fieldsOf(await answer.json().catch(() => undefined))
    if (answer.ok && typeof token === 'string') return token
    const seconds = Number(answer.headers.get('Retry-After'))
    const passes = answer.ok || answer.status === 429 || answer.status >= 500
    throw new NoTicket(typeof code === 'string' ? code : 'no_ticket', passes, seconds > 0 ? seconds : undefined)
  }
}

async function post(url: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', credentials: 'same-origin', headers: { Accept: 'application/json' } })
  } catch {
    throw new NoTicket('unreachable', true)
  }
}
