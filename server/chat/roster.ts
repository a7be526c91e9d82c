// Who belongs to an open room, as the accounts have it: read when somebody comes in, and again and again for whoever has to go.
import { CLOSE } from '../../protocol/close.ts'
import type { Account, Accounts } from '../ports/accounts.ts'
import type { Room } from './room.ts'
import type { Session } from './session.ts'

/** Membership that ends, ends: open rooms look this often (close code 4503 promises 60 s). */
export const SWEEP_MILLISECONDS = 30_000

type Listed = Pick<Account, 'id' | 'email'>

export class Roster {
  readonly #room: Room
  readonly #accounts: Accounts
  readonly #clock: () => number
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(room: Room, accounts: Accounts, clock: () => number) {
    this.#room = room
    this.#accounts = accounts
    this.#clock = clock
  }

  /** Resolves when the account, which belongs to the room, is among the members that everybody is told of, by the email of now. */
  async list(account: Listed): Promise<void> {
    const isStale = this.#clock() - this.#readAt > SWEEP_MILLISECONDS
    if (isStale || !this.#names(account)) await this.#readOnce()
    if (!this.#names(account)) await this.#readOnce() // That may have begun before they belonged to it.
  }

  /** Closes whoever is no member any more; and whoever has another email by now, to come back with it, for all that they do bears it. */
  async showOut(): Promise<void> {
    const { audience, people } = this.#room
    // Whoever comes in while the members are read has been looked up later than that.
    const here = new Set(audience.sessions)
    await this.#read()
    const emails = new Map(people.members.map(({ id, email }) => [id, email]))
    const isRenamed = ({ account, member }: Session) => emails.get(account) !== member.email
    audience.close(CLOSE.noAccess, (session) => here.has(session) && !emails.has(session.account))
    audience.close(CLOSE.outOfStep, (session) => here.has(session) && isRenamed(session))
  }

  #names(account: Listed): boolean {
    return this.#room.people.members.some(({ id, email }) => id === account.id && email === account.email)
  }

  /** For everybody who comes in meanwhile. */
  #readOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** An answer that was asked for earlier than one that is here already is left aside. */
  async #read(): Promise<void> {
    const askedAt = this.#clock()
    const members = await this.#accounts.members(this.#room.id)
    if (askedAt < this.#readAt) return
    this.#room.people.members = members
    this.#readAt = askedAt
  }
}
