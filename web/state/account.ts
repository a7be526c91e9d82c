// Who is signed in: the sign-in itself is a cookie that no script sees; what is kept here is who it was, and which rooms they had.
import { signal } from '@preact/signals'
import { type Admission, AdmissionRefused, logIn, logOut, renew } from '../../client/index.ts'
import type { Chat } from '../../protocol/chat.ts'
import { emailIn } from './claims.ts'
import { fieldsOf, keep, kept } from './kept.ts'
import { forgetTimelines } from './timelines.ts'
import { forgetUnsent } from './unsent.ts'

export interface Account {
  readonly email: string
  readonly chats: readonly Chat[]
}

/** `null` while nobody is signed in. */
export const account = signal<Account | null>(kept('account', parse))
/** Why somebody was signed out without wanting it: a code of the protocol. */
export const signedOutBecause = signal<string | null>(null)
/** The newest ticket that came, for whoever wants to try the API with it. */
export const admission = signal<Admission | null>(null)

const url = location.origin
/** While one signs out here, one's own sockets may say that it has ended, and why: there is more to do first. */
let leaving: { endedBecause: string | null } | null = null

/** Rejects with `AdmissionRefused`. `monitor` may be a whole join link. */
export async function signIn(email: string, password: string, monitor: string): Promise<Admission> {
  const came = await logIn({ url, email, password, ...(monitor && { room: monitor }) })
  signedOutBecause.value = null
  admit(emailIn(came.ticket) ?? email, came) // As the accounts spell it, and so every later ticket.
  return came
}

/**
 * Asks for the rooms as they are now, and gives back whether that was answered. A sign-in that has ended shows the form again; a
 * server that is away changes nothing.
 */
export async function refresh(): Promise<boolean> {
  const asker = account.peek()?.email
  const isIn = () => account.peek()?.email === asker // Whoever has left meanwhile is not let in again.
  try {
    const came = await renew({ url })
    if (!isIn()) return true
    const email = emailIn(came.ticket) ?? account.value?.email
    if (email) admit(email, came)
    return true
  } catch (error) {
    if (!(error instanceof AdmissionRefused)) throw error
    if (!isIn()) return true
    if (error.code === 'signed_out') signedOut('signed_out')
    // There is no ticket without a room: who has just lost the last one has an empty list.
    if (error.code === 'no_chats' && account.value) keepAccount({ ...account.value, chats: [] })
    return !error.retry
  }
}

/** Ends the sign-in, or all of the account, and forgets what this browser kept of it. Rejects with `AdmissionRefused`. */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  const email = account.peek()?.email
  const present: typeof leaving = { endedBecause: null }
  leaving = present
  try {
    await logOut({ url, everywhere })
    if (email !== undefined) forgetUnsent(email) // Before the rooms let go of it, and other tabs take it over.
    await forgetTimelines() // Whoever sees the form may close the page at once.
  } catch (error) {
    leaving = null
    if (present.endedBecause !== null) signedOut(present.endedBecause)
    throw error
  }
  leaving = null
  signedOut('signed_out')
  signedOutBecause.value = null
  if (email !== undefined) forgetUnsent(email) // And what the rooms kept when they closed.
}

/** The sign-in has ended: nothing that was read stays in this browser, and what was not sent yet waits for the account. */
export function signedOut(because: string): void {
  if (leaving) leaving.endedBecause = because
  const was = account.peek()
  if (!was || leaving) return
  account.value = null
  admission.value = null
  // Another tab may have let another account in meanwhile, and that one stays.
  if (kept('account', parse)?.email === was.email) keep('account', undefined)
  signedOutBecause.value = because
  forgetTimelines() // Now that the rooms are closed, nothing more is kept.
}

/** What `openRoom` takes: a fresh ticket for this room alone, and for this account alone. */
export function ticketFor(room: string, email: string): () => Promise<string> {
  return async () => (await renewFor(email, { url, room })).ticket
}

/** A fresh ticket for every room of the account. Rejects with `AdmissionRefused`. */
export async function freshTicket(): Promise<void> {
  admission.value = await renewFor(account.peek()?.email, { url })
}

/** The cookie is every tab's: another one may have signed out and let another account in, who must not send what this one wrote. */
async function renewFor(email: string | undefined, which: Parameters<typeof renew>[0]): Promise<Admission> {
  const came = await renew(which)
  if (emailIn(came.ticket) === email) return came
  throw new AdmissionRefused('signed_out', 'Cannot go on: another account is signed in by now', false)
}

function admit(email: string, came: Admission): void {
  admission.value = came
  keepAccount({ email, chats: came.chats })
}

function keepAccount(present: Account): void {
  account.value = present
  keep('account', present)
}

function parse(value: unknown): Account | null {
  const { email, chats } = fieldsOf(value)
  if (typeof email !== 'string' || !Array.isArray(chats)) return null
  return { email, chats: chats.filter(isChat) }
}

function isChat(value: unknown): value is Chat {
  return typeof fieldsOf(value)['monitor_hash'] === 'string'
}
