// Signing in: a password becomes a ticket and a sign-in, and the sign-in becomes fresh tickets.
import { createHash } from 'node:crypto'
import type { Chat } from '../../protocol/chat.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { roomsOfMonitorId } from '../../protocol/room-id.ts'
import type { Account, AccountId, Accounts, Membership } from '../ports/accounts.ts'
import type { Ledger, SignIn } from '../ports/ledger.ts'
import type { Assertions } from './assertion.ts'
import type { Throttle } from './throttle.ts'
import type { Tickets } from './ticket.ts'

/** Somebody who comes once a week stays signed in; somebody who stays away for a month does not. */
export const SIGN_IN_SECONDS = 30 * 24 * 60 * 60

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly monitorId?: string | undefined
}

/** What a login or a renewal is answered with (rule L2). */
export interface Admission {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly chats: readonly Chat[]
}

/** A sign-in as its owner is shown it. */
export interface ListedSignIn {
  readonly id: string
  /** Milliseconds since 1970; `null`, like the others, where nobody noted it. */
  readonly startedAt: number | null
  readonly usedAt: number
  readonly address: string | null
  readonly device: string | null
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** Where a login comes from. */
export interface Origin {
  readonly address: string
  /** A coarse label for it, `''` where there is none. */
  readonly device: string
}

export class SignIns {
  readonly #accounts: Accounts
  readonly #ledger: Ledger
  readonly #tickets: Tickets
  readonly #assertions: Assertions
  readonly #throttle: Throttle
  readonly #ticketsPerMinute: number
  readonly #now: () => number
  readonly #random: (bytes: number) => string
  readonly #ended: (signIns: readonly string[]) => void

  constructor(parts: {
    accounts: Accounts
    ledger: Ledger
    tickets: Tickets
    assertions: Assertions
    throttle: Throttle
    /** What one account may ask for by its sign-ins, together; Infinity lifts it. */
    ticketsPerMinute: number
    now: () => number
    random: (bytes: number) => string
    /** Called with the ids of all sign-ins that end, so that the sockets they opened can be closed (rule L9). */
    ended: (signIns: readonly string[]) => void
  }) {
    this.#accounts = parts.accounts
    this.#ledger = parts.ledger
    this.#tickets = parts.tickets
    this.#assertions = parts.assertions
    this.#throttle = parts.throttle
    this.#ticketsPerMinute = parts.ticketsPerMinute
    this.#now = parts.now
    this.#random = parts.random
    this.#ended = parts.ended
  }

  /** Rules L2 to L8. `secret` is the new sign-in's. */
  async login(credentials: Credentials, from: Origin): Promise<Admission & { secret: string }> {
    const { email, password } = credentials
    const account = await this.#throttle.attempt(email, from.address, (inTurn) =>
      this.#accounts.authenticate(email, password, inTurn),
    )
    if (!account) throw new Refusal('wrong_credentials', 'Cannot log in: email or password is wrong')

    const rooms = await this.#rooms(account, credentials.monitorId)
    const secret = this.#random(32)
    const id = this.#random(12)
    const { id: owner, passwordMark } = account
    await this.#ledger.startSignIn(
      { id, secretHash: hashOf(secret), account: owner, passwordMark, expiresAt: this.#expiry() },
      { ...from, startedAt: this.#now() },
    )
    return { ...(await this.#admit(account, id, rooms)), secret }
  }

  /** Rule L9: a fresh ticket, with the memberships as they are now. */
  async renew(secret: string | undefined, monitorId?: string): Promise<Admission> {
    const { account, signIn } = await this.#stands(secret)
    return this.#admit(account, signIn.id, await this.#rooms(account, monitorId))
  }

  /** The account whose sign-in this is, as it is now; the sign-in's life is extended. */
  async whose(secret: string | undefined): Promise<Account> {
    return (await this.#stands(secret)).account
  }

  /** Every sign-in of the account, the one that asks first, then those used last (rule L13). */
  async list(secret: string | undefined): Promise<readonly ListedSignIn[]> {
    const { account, signIn } = await this.#stands(secret)
    const standing = await this.#ledger.signInsOf(account.id)
    const listed = standing.map(({ id, expiresAt, start }) => ({
      id,
      startedAt: start?.startedAt ?? null,
      usedAt: expiresAt - SIGN_IN_SECONDS * 1000, // Its life is counted from its last use.
      address: start?.address ?? null,
      device: start?.device || null,
      current: id === signIn.id,
    }))
    return listed.sort((a, b) => Number(b.current) - Number(a.current) || b.usedAt - a.usedAt)
  }

  /** Ends the account's sign-in with this id, and closes what it opened; `null` when there is none (rule L13). */
  async endOne(secret: string | undefined, id: string): Promise<'own' | 'other' | null> {
    const { account, signIn } = await this.#stands(secret)
    if (!(await this.#ledger.endSignInOf(account.id, id))) return null
    this.#ended([id])
    return id === signIn.id ? 'own' : 'other'
  }

  /** Rule L11: a ticket for somebody whom an issuer vouches for. Starts no sign-in: the issuer vouches again for the next one. */
  async vouched(assertion: string | undefined, monitorId?: string): Promise<{ admission: Admission; email: string }> {
    const vouched = await this.#assertions.read(assertion)
    const account = await this.#accounts.findByEmail(vouched.email)
    if (!account) throw this.#assertions.refuse('it names somebody who has no account')
    // While accounts are gone nothing is used; a refusal uses it, so that nobody can try one room after the other (rule L11).
    const rooms = await this.#rooms(account, monitorId).catch((error: unknown) => {
      if (error instanceof Refusal && error.code !== 'accounts_unavailable') return error
      throw error
    })
    if (!(await vouched.spend())) throw this.#assertions.refuse('it was used before')
    if (rooms instanceof Refusal) throw rooms
    const admission = await this.#admit(account, null, rooms)
    return { admission, email: account.email }
  }

  /** Ends the sign-in; whether there was one (rule L9). */
  async end(secret: string | undefined): Promise<boolean> {
    const signIn = secret && (await this.#ledger.endSignIn(hashOf(secret)))
    if (signIn) this.#ended([signIn.id])
    return Boolean(signIn)
  }

  /** Ends the sign-in and all others of its account (rule L12); whose they were, or `null` when there was none. */
  async endEverywhere(secret: string | undefined): Promise<AccountId | null> {
    const signIn = secret && (await this.#ledger.renewSignIn(hashOf(secret), this.#expiry()))
    if (!signIn) return null
    this.#ended(await this.#ledger.endSignInsWith(signIn.secretHash))
    return signIn.account
  }

  /** The sign-in with this secret, used just now, and its account as it is now; throws when either is no more. */
  async #stands(secret: string | undefined): Promise<{ account: Account; signIn: SignIn }> {
    const signIn = secret && (await this.#ledger.renewSignIn(hashOf(secret), this.#expiry()))
    if (!signIn) throw signedOut()
    await this.#count(signIn.account)
    const account = await this.#accounts.find(signIn.account)
    if (account && account.passwordMark === signIn.passwordMark) return { account, signIn }
    await this.#ledger.endSignIn(signIn.secretHash)
    this.#ended([signIn.id])
    throw signedOut()
  }

  /** Rule L14. */
  async #count(account: AccountId): Promise<void> {
    if (this.#ticketsPerMinute === Number.POSITIVE_INFINITY) return
    const { count, until } = await this.#ledger.count(`tickets of ${account}`, 60_000)
    if (count <= this.#ticketsPerMinute) return
    const retryAfterSeconds = Math.max(1, Math.ceil((until - this.#now()) / 1000))
    const message = `Cannot go on: this account has asked too often. Try again in ${retryAfterSeconds} seconds`
    throw new Refusal('too_many_requests', message, { retryAfterSeconds })
  }

  async #rooms(account: Account, monitorId: string | undefined): Promise<Rooms> {
    if (monitorId) {
      const found = await this.#accounts.membership(account.id, roomsOfMonitorId(monitorId))
      if (!found) throw noAccess()
      return { memberships: [found.membership], only: found.membership.monitorId }
    }
    const memberships = await this.#accounts.memberships(account.id)
    if (memberships.length > 0) return { memberships, only: null }
    throw new Refusal('no_chats', 'Cannot log in to a chat: this account follows no monitor yet')
  }

  async #admit(account: Account, signIn: string | null, { memberships, only }: Rooms): Promise<Admission> {
    const ticket = await this.#tickets.issue(account, signIn, only)
    return { ...ticket, chats: memberships.map(({ chat }) => chat) }
  }

  #expiry(): number {
    return this.#now() + SIGN_IN_SECONDS * 1000
  }
}

/** The rooms to tell of, and the one monitor that the ticket is limited to, if it is. */
interface Rooms {
  readonly memberships: readonly Membership[]
  readonly only: string | null
}

/** The same answer for "no such room" and "not a member", so that nobody can probe for rooms (rule T4). */
export function noAccess(): Refusal {
  return new Refusal('no_access', 'Cannot open the room: there is none with this id that this account belongs to')
}

export function signedOut(): Refusal {
  return new Refusal('signed_out', 'Cannot go on: this sign-in has ended. Log in again')
}

/** The secret is random and long, so a plain hash keeps it: nobody can guess their way back. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
