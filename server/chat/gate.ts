// The way into a room: everything that may refuse it, the ticket, which opens it once, and a last look.

import type { Chat } from '../../protocol/chat.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { roomsOfSegment } from '../../protocol/room-id.ts'
import type { Account, Accounts } from '../ports/accounts.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Hub } from './hub.ts'
import type { Room } from './room.ts'
import { noAccess, signedOut } from './sign-in.ts'
import type { Ticket, Tickets } from './ticket.ts'

/** Somebody who may come in, as soon as the ticket has been redeemed and they are admitted. */
export interface Pass {
  readonly account: Account
  readonly room: Room
  readonly chat: Chat
  readonly ticket: Ticket
}

export class Gate {
  readonly #tickets: Tickets
  readonly #accounts: Accounts
  readonly #ledger: Ledger
  readonly #hub: Hub
  #draining = false

  constructor(parts: { tickets: Tickets; accounts: Accounts; ledger: Ledger; hub: Hub }) {
    this.#tickets = parts.tickets
    this.#accounts = parts.accounts
    this.#ledger = parts.ledger
    this.#hub = parts.hub
  }

  /** Refuses everything that can be refused without spending the ticket (rules T2 to T4). `segment` names the room as the path does. */
  async check(segment: string, token: string | undefined): Promise<Pass> {
    this.#refuseWhileDraining()
    const ticket = await this.#tickets.read(token)
    await this.#refuseIfSignedOut(ticket)
    const found = await this.#accounts.membership(ticket.account, roomsOfSegment(segment))
    if (!found) throw noAccess()
    const { account, membership } = found
    if (ticket.monitorId !== null && ticket.monitorId !== membership.monitorId) throw noAccess()

    const room = await this.#hub.open(membership, account)
    if (await this.#ledger.spent(ticket.jti, room.id)) throw ticketSpent()
    return { account, room, chat: membership.chat, ticket }
  }

  /** Spends the ticket for this room. Of any number of simultaneous tries exactly one comes through (rule T3). */
  async redeem({ ticket, room }: Pass): Promise<void> {
    this.#refuseWhileDraining()
    this.#refuseIfLetGo(room)
    if (!(await this.#ledger.spend(ticket.jti, room.id, ticket.expiresAt))) throw ticketSpent()
  }

  /** Asked again, last of all: whoever logged out in the meantime must not be let in behind their own back. */
  async admit({ ticket, room }: Pass): Promise<void> {
    await this.#refuseIfSignedOut(ticket)
    this.#refuseWhileDraining()
    this.#refuseIfLetGo(room)
  }

  /** From now on nobody comes in. */
  drain(): void {
    this.#draining = true
  }

  async #refuseIfSignedOut({ signIn }: Ticket): Promise<void> {
    if (signIn && !(await this.#ledger.signedIn(signIn))) throw signedOut()
  }

  /** Whoever took minutes to get here, as when the process stood still, may find that the room has been opened anew. */
  #refuseIfLetGo(room: Room): void {
    if (this.#hub.isAlive(room)) return
    throw new Refusal('store_unavailable', 'Cannot open the room: that has taken too long. Try again in a moment')
  }

  #refuseWhileDraining(): void {
    if (!this.#draining) return
    throw new Refusal('restarting', 'Cannot open the room: the server is restarting. Try again in a moment')
  }
}

function ticketSpent(): Refusal {
  return new Refusal('ticket_spent', 'Cannot open the room: this ticket has already opened it. Get a fresh one')
}
