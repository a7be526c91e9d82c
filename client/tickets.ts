// Where tickets come from: a password once, and after that the sign-in; or a server that vouches for somebody.
import type { Chat, RoomId } from '../protocol/chat.ts'
import { fieldsIn, misunderstood, post, refusalIn } from './asking.ts'

/** What `POST /login` and `POST /tickets` answer (rules L2, L8, L9). */
export interface Admission {
  readonly ticket: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** The rooms that the ticket opens, as they are now. */
  readonly chats: readonly Chat[]
  /** What gets further tickets, where it was asked for; in a browser it is a cookie that no script sees. */
  readonly signIn?: string
}

export interface Credentials {
  /** Where the chat is: `https://chat.example.com`. */
  readonly url: string
  readonly email: string
  readonly password: string
  /** For a ticket that opens this room alone. */
  readonly room?: RoomId
  /** Asks for the sign-in in the answer, for programs; a browser leaves this out and gets a cookie. */
  readonly remember?: boolean
}

export interface SignedIn {
  readonly url: string
  /** For tickets that open this room alone. */
  readonly room?: RoomId
  /** The sign-in that `logIn` gave with `remember`; a browser leaves this out and its cookie goes along. */
  readonly signIn?: string
}

/** `POST /login`. Rejects with `AdmissionRefused`. */
export function logIn({ url, email, password, room, remember }: Credentials): Promise<Admission> {
  const body = { email, password, monitor_id: room, ...(remember && { remember: 'token' }) }
  return admission(url, '/login', body)
}

export interface Vouched {
  readonly url: string
  /** A JWT that an issuer on the chat's list has signed for this one use (rule L11). */
  readonly assertion: string
  /** For a ticket that opens this room alone. */
  readonly room?: RoomId
}

/** `POST /tickets`: a fresh ticket and the rooms as they are now, without the password. Rejects with `AdmissionRefused`. */
export function renew({ url, room, signIn }: SignedIn): Promise<Admission> {
  return admission(url, '/tickets', { monitor_id: room }, signIn)
}

/** `POST /tickets` with an assertion, for a server that asks for one of its people. Rejects with `AdmissionRefused`. */
export function vouch({ url, assertion, room }: Vouched): Promise<Admission> {
  return admission(url, '/tickets', { grant_type: JWT_BEARER, assertion, monitor_id: room })
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** What `openRoom` takes as `ticket`: every call is a `POST /tickets`. Its rejections say whether to go on trying. */
export function ticketsFrom(signedIn: SignedIn): () => Promise<string> {
  return async () => (await renew(signedIn)).ticket
}

/**
 * `POST /logout`: ends the sign-in, and with it every connection that came from it (rule L9); with `everywhere`, every sign-in of
 * the account, on all devices (rule L12). Ended already is fine. Rejects with `AdmissionRefused`: then call again.
 */
export async function logOut({ url, signIn, everywhere }: SignedIn & { readonly everywhere?: boolean }): Promise<void> {
  const answer = await post(url, '/logout', everywhere ? { everywhere } : {}, signIn)
  if (!answer.ok && answer.status !== 401) throw await refusalIn(answer)
}

async function admission(url: string, path: string, body: object, signIn?: string): Promise<Admission> {
  const answer = await post(url, path, body, signIn)
  if (!answer.ok) throw await refusalIn(answer)
  const fields = await fieldsIn(answer)
  const { token, expires_at, chats, sign_in } = fields
  if (typeof token !== 'string' || typeof expires_at !== 'string' || !Array.isArray(chats)) {
    throw misunderstood()
  }
  return {
    ticket: token,
    expiresAt: Date.parse(expires_at),
    chats: chats as readonly Chat[],
    ...(typeof sign_in === 'string' && { signIn: sign_in }),
  }
}
