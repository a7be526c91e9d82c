// What the chat needs of Propromo: who somebody is, and which rooms they belong to.
import type { Chat, RoomId } from '../../protocol/chat.ts'

/** The account's `users.id` in decimal digits. */
export type AccountId = string

export interface Account {
  readonly id: AccountId
  readonly email: string
  readonly name: string
  /** Changes whenever the account's password does; an opaque text from which the password cannot be had. */
  readonly passwordMark: string
}

/** One room of one account. `monitorId` is `monitors.id` in decimal digits, short where a `monitor_hash` is long. */
export interface Membership {
  readonly monitorId: string
  readonly chat: Chat
}

/** Runs a check of a password when there is room for it, and gives back whether it was right. */
export type InTurn = (check: () => Promise<boolean>) => Promise<boolean>

/**
 * Reads accounts, never writes them. Promises that a membership is read afresh on every call; promises nothing about how
 * soon a change in Propromo is seen by a replica. Every verb throws `Refusal('accounts_unavailable')` while the accounts
 * cannot be read, and works again by itself when they can.
 */
export interface Accounts {
  /**
   * The account with exactly this email and this password, or `null`: a wrong password and an unknown email take the same
   * time. The costly part, and nothing else, runs in `inTurn`.
   */
  authenticate(email: string, password: string, inTurn?: InTurn): Promise<Account | null>
  /** The account with exactly this email, or `null`: for whoever is vouched for, and shows no password. */
  findByEmail(email: string): Promise<Account | null>
  /** The account as it is now, or `null` when it is gone. */
  find(id: AccountId): Promise<Account | null>
  /** Every room that the account belongs to, each once, first joined first. */
  memberships(id: AccountId): Promise<readonly Membership[]>
  /** The room is the first of `candidates` that is a monitor; `null` if none is, or if the account does not belong to it. */
  membership(id: AccountId, candidates: readonly RoomId[]): Promise<{ account: Account; membership: Membership } | null>
  /** Who belongs to the room, by whichever monitor with this hash, each once, first joined first. */
  members(room: RoomId): Promise<readonly Pick<Account, 'id' | 'email' | 'name'>[]>
  /** Ends what was opened. Closing twice is harmless. */
  close(): Promise<void>
}
