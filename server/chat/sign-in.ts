// Signing in: a password becomes a ticket and a sign-in, and the sign-in becomes fresh tickets.
import { createHash } from 'node:crypto'
import type { Chat } from '../../protocol/chat.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { roomsOfMonitorId } from '../../protocol/room-id.ts'
import type { Account, AccountId, Accounts, Membership } from '../ports/accounts.ts'
import type { Ledger } from '../ports/ledger.ts'
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

export class SignIns {
  readonly #accounts: Accounts
  readonly #ledger: Ledger
  readonly #tickets: Tickets
  readonly #throttle: Throttle
  readonly #now: () => number
  readonly #random: (bytes: number) => string
  readonly #ended: (signIns: readonly string[]) => void

  constructor(parts: {
    accounts: Accounts
    ledger: Ledger
    tickets: Tickets
    throttle: Throttle
    now: () => number
    random: (bytes: number) => string
    /** Called with the ids of all sign-ins that end, so that the sockets they opened can be closed (rule L9). */
    ended: (signIns: readonly string[]) => void
  }) {
    this.#accounts = parts.accounts
    this.#ledger = parts.ledger
    this.#tickets = parts.tickets
    this.#throttle = parts.throttle
    this.#now = parts.now
    this.#random = parts.random
    this.#ended = parts.ended
  }

  /** Rules L2 to L8. `address` is where the attempt comes from; `secret` is the new sign-in's. */
  async login(credentials: Credentials, address: string): Promise<Admission & { secret: string }> {
    const { email, password } = credentials
    const account = await this.#throttle.attempt(email, address, (inTurn) =>
      this.#accounts.authenticate(email, password, inTurn),
    )
    if (!account) throw new Refusal('wrong_credentials', 'Cannot log in: email or password is wrong')

    const rooms = await this.#rooms(account, credentials.monitorId)
    const secret = this.#random(32)
    const id = this.#random(12)
    await this.#ledger.startSignIn({
      id,
      secretHash: hashOf(secret),
      account: account.id,
      passwordMark: account.passwordMark,
      expiresAt: this.#expiry(),
    })
    return { ...(await this.#admit(account, id, rooms)), secret }
  }

  /** Rule L9: a fresh ticket, with the memberships as they are now. */
  async renew(secret: string | undefined, monitorId?: string): Promise<Admission> {
    const { account, signIn } = await this.whose(secret)
    return this.#admit(account, signIn, await this.#rooms(account, monitorId))
  }

  /** The account whose sign-in this is, as it is now, and the sign-in's id; its life is extended. */
  async whose(secret: string | undefined): Promise<{ account: Account; signIn: string }> {
    const signIn = secret && (await this.#ledger.renewSignIn(hashOf(secret), this.#expiry()))
    if (!signIn) throw signedOut()
    const account = await this.#accounts.find(signIn.account)
    if (!account || account.passwordMark !== signIn.passwordMark) {
      await this.#ledger.endSignIn(signIn.secretHash)
      this.#ended([signIn.id])
      throw signedOut()
    }
    return { account, signIn: signIn.id }
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

  async #admit(account: Account, signIn: string, { memberships, only }: Rooms): Promise<Admission> {
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
