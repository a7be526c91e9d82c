// Where an account is signed in, and the end of one of them (rule L13).
import { fieldsIn, get, misunderstood, post, refusalIn } from './asking.ts'
import type { SignedIn } from './tickets.ts'

/** One sign-in of an account. What nobody noted is `null`. */
export interface ListedSignIn {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly startedAt: number | null
  readonly lastUsedAt: number
  /** Where it was started from. */
  readonly address: string | null
  /** A coarse label: `Firefox on Windows`. */
  readonly device: string | null
  /** Whether it is the one that asked. */
  readonly current: boolean
}

type Which = Omit<SignedIn, 'room'>

/** `GET /sign-ins`: the one that asks first, then those used last. Rejects with `AdmissionRefused`. */
export async function listSignIns({ url, signIn }: Which): Promise<readonly ListedSignIn[]> {
  const answer = await get(url, '/sign-ins', signIn)
  if (!answer.ok) throw await refusalIn(answer)
  const { sign_ins } = await fieldsIn(answer)
  if (!Array.isArray(sign_ins)) throw misunderstood()
  return sign_ins.map(listedIn)
}

/** Ends the sign-in with this id, and with it every connection that came from it. Ended already is fine. Rejects with `AdmissionRefused`. */
export async function endSignIn({ url, signIn, id }: Which & { readonly id: string }): Promise<void> {
  const answer = await post(url, `/sign-ins/${encodeURIComponent(id)}/end`, {}, signIn)
  if (!answer.ok && answer.status !== 404) throw await refusalIn(answer)
}

function listedIn(value: unknown): ListedSignIn {
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { id, started_at, last_used_at, address, device, current } = fields
  if (typeof id !== 'string' || typeof last_used_at !== 'string') throw misunderstood()
  return {
    id,
    startedAt: typeof started_at === 'string' ? Date.parse(started_at) : null,
    lastUsedAt: Date.parse(last_used_at),
    address: typeof address === 'string' ? address : null,
    device: typeof device === 'string' ? device : null,
    current: current === true,
  }
}
