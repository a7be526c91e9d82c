// What the chat needs remembered so that it happens once, or not too often: tickets spent, sign-ins, failed attempts.
import type { RoomId } from '../../protocol/chat.ts'
import type { AccountId } from './accounts.ts'

/** What renews tickets without the password. `id` may be known to anyone; the secret is kept only as `secretHash`. */
export interface SignIn {
  readonly id: string
  readonly secretHash: string
  readonly account: AccountId
  /** `Account.passwordMark` when it was started: a changed password ends it. */
  readonly passwordMark: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What the owner of an account may recognise one of their sign-ins by. */
export interface SignInStart {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly address: string
  /** A label such as `Firefox on Windows`, `''` where there is none. */
  readonly device: string
}

/** A sign-in as it stands; `start` is `null` where nobody noted it. */
export interface StandingSignIn extends Pick<SignIn, 'id' | 'expiresAt'> {
  readonly start: SignInStart | null
}

/** How often something was counted, and when (milliseconds since 1970) the count starts anew. */
export interface Tally {
  readonly count: number
  readonly until: number
}

/**
 * Clocks of processes differ by less. A count that began later than this from now was begun by a clock that has been set back since: it
 * would keep people waiting until the clock is there again, so it counts no longer.
 */
export const MOST_AHEAD_MILLISECONDS = 60_000

/** What is spent is remembered for so long after it has expired: a clock that is ahead takes for expired what is good again when it is set back. */
export const SET_BACK_MILLISECONDS = 60 * 60_000

/**
 * Promises that whoever spends a ticket or counts does so in one atomic step, over all processes that share the store; verbs about sign-ins may take
 * several, in an order in which nobody is let in by half of them. Promises nothing about how soon what has expired is thrown away. Every verb throws `Refusal('store_unavailable')` while the store does not answer.
 */
export interface Ledger {
  /** `room` is also the place of what opens no room, and may be used or noted once all the same (rules L11 and AU1). `true` for exactly one caller per ticket and room: of any number of simultaneous tries, one wins (rule T3). */
  spend(jti: string, room: RoomId, expiresAt: number): Promise<boolean>
  spent(jti: string, room: RoomId): Promise<boolean>

  startSignIn(signIn: SignIn, start?: SignInStart): Promise<void>
  /** The sign-in with this secret, its life extended to `expiresAt`; `null` when there is none, or it has expired or ended. */
  renewSignIn(secretHash: string, expiresAt: number): Promise<SignIn | null>
  /** The sign-in that was ended by this call, or `null` when there was none. */
  endSignIn(secretHash: string): Promise<SignIn | null>
  /**
   * Ends this sign-in and every other of its account; resolves to the ids of all that have ended with it, none when there was no
   * sign-in with this secret. May take several steps: when it throws, some may have ended, but this one goes last, so that
   * calling again ends the rest and tells of all.
   */
  endSignInsWith(secretHash: string): Promise<readonly string[]>
  /** Every sign-in of the account that stands, in no particular order. */
  signInsOf(account: AccountId): Promise<readonly StandingSignIn[]>
  /** Ends the sign-in with this id if it is the account's; whether it stood until this call. */
  endSignInOf(account: AccountId, id: string): Promise<boolean>
  /** Whether the sign-in with this id still stands. */
  signedIn(id: string): Promise<boolean>

  /** Counts one more, and gives back how many that makes; the count starts anew `windowMilliseconds` after its first, or when that lies ahead of now. */
  count(subject: string, windowMilliseconds: number): Promise<Tally>
  /** The tallies of the subjects, in their order. */
  tallies(subjects: readonly string[]): Promise<readonly Tally[]>
  forget(subject: string): Promise<void>
}
