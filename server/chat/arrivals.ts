// Who may come in now: so many a second, and so many sockets of one account, of one address, and in all. For this process.
import { Refusal } from '../../protocol/refusal.ts'
import type { AccountId } from '../ports/accounts.ts'
import { networkOf } from './network.ts'
import { Pace } from './pace.ts'

/** Infinity lifts a limit. */
export interface ArrivalLimits {
  readonly upgradesPerSecond: number
  readonly socketsPerMember: number
  readonly socketsPerAddress: number
  readonly sockets: number
}

/** Room for one socket, from the moment somebody knocks. */
export interface Seat {
  /** Now it is known whose it is; throws when they have too many. */
  sit(account: AccountId): void
  /** Gives it back. Twice is harmless. */
  leave(): void
}

/** Full places empty slowly: whoever is told so need not ask again right away. */
const FULL_SECONDS = 30

export class Arrivals {
  readonly #limits: ArrivalLimits
  readonly #pace: Pace
  readonly #taken = new Map<string, number>()
  #open = 0

  constructor(limits: ArrivalLimits, now: () => number) {
    this.#limits = limits
    this.#pace = new Pace(limits.upgradesPerSecond, 1_000, now)
  }

  /** Seats that are taken. */
  get open(): number {
    return this.#open
  }

  /** A seat for whoever comes from there, held at once: of many who come together none slips in above a limit. */
  arrive(address: string): Seat {
    const seconds = this.#pace.take('everyone')
    if (seconds > 0) throw new Refusal('upgrades_busy', BUSY, { retryAfterSeconds: seconds })
    if (this.#open >= this.#limits.sockets) throw new Refusal('server_full', FULL, { retryAfterSeconds: FULL_SECONDS })
    const held: string[] = []
    this.#hold(held, `address ${networkOf(address)}`, this.#limits.socketsPerAddress, 'this address')
    this.#open += 1
    let left = false
    return {
      sit: (account) => this.#hold(held, `account ${account}`, this.#limits.socketsPerMember, 'this account'),
      leave: () => {
        if (left) return
        left = true
        this.#open -= 1
        for (const subject of held) this.#release(subject)
      },
    }
  }

  #hold(held: string[], subject: string, most: number, whose: string): void {
    const taken = this.#taken.get(subject) ?? 0
    if (taken >= most) {
      const message = `Cannot open the room: ${whose} has ${taken} connections open already. Close some of them`
      throw new Refusal('too_many', message, { retryAfterSeconds: FULL_SECONDS })
    }
    this.#taken.set(subject, taken + 1)
    held.push(subject)
  }

  #release(subject: string): void {
    const taken = (this.#taken.get(subject) ?? 0) - 1
    if (taken > 0) this.#taken.set(subject, taken)
    else this.#taken.delete(subject)
  }
}

const BUSY = 'Cannot open the room right now: too many people are coming in at once. Try again in a moment'
const FULL = 'Cannot open the room right now: the server has all the connections that it can have. Try again later'
