// Questions to the chat over HTTP, and what a no to one looks like.

/** A no over HTTP. `code` is the server's (rules L3 to L14), or `unreachable` when there was no answer at all. */
export class AdmissionRefused extends Error {
  override readonly name = 'AdmissionRefused'
  readonly code: string
  /** Whether the same request may succeed later: a connection goes on trying as long as it may. */
  readonly retry: boolean
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, message: string, retry: boolean, retryAfterSeconds?: number) {
    super(message)
    this.code = code
    this.retry = retry
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function post(url: string, path: string, body: object, signIn?: string): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', ...bearer(signIn) }
  return ask(url, path, { method: 'POST', headers, body: JSON.stringify(body) })
}

export function get(url: string, path: string, signIn?: string): Promise<Answer> {
  return ask(url, path, { method: 'GET', headers: bearer(signIn) })
}

/** Somebody in between (a proxy, a captive portal) may answer too, and not in our words. */
export async function refusalIn(answer: Answer): Promise<AdmissionRefused> {
  const { code, message } = await fieldsIn(answer)
  const seconds = Number(answer.headers.get('Retry-After'))
  const ours = typeof code === 'string' && typeof message === 'string'
  if (!ours) return new AdmissionRefused('unreachable', `Cannot get on: the answer was ${answer.status}`, true)
  const retry = answer.status === 429 || answer.status >= 500
  return new AdmissionRefused(code, message, retry, seconds > 0 ? seconds : undefined)
}

export function misunderstood(): AdmissionRefused {
  return new AdmissionRefused('unreachable', 'Cannot understand the answer: it is not the chat that answers', true)
}

export async function fieldsIn(answer: Answer): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await answer.json()
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {} // Not JSON: nothing that we know is in it.
  }
}

export interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

interface Question {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
}

async function ask(url: string, path: string, question: Question): Promise<Answer> {
  try {
    return await fetch(url.replace(/\/+$/, '') + path, question)
  } catch {
    throw new AdmissionRefused('unreachable', 'Cannot reach the chat: there is no answer', true)
  }
}

function bearer(signIn: string | undefined): Record<string, string> {
  return signIn === undefined ? {} : { Authorization: `Bearer ${signIn}` }
}

declare function fetch(url: string, request: Question): Promise<Answer>
