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

/** Full places empty slowly: whoever is told so need not ask again right away. */
const FULL_SECONDS = 30

export class Arrivals {
  readonly #limits: ArrivalLimits
  readonly #pace: Pace
  readonly #addresses: Places
  readonly #accounts: Places
  #open = 0

  constructor(limits: ArrivalLimits, clock: () => number) {
    this.#limits = limits
    this.#pace = new Pace(limits.upgradesPerSecond, 1_000, clock)
    this.#addresses = new Places(limits.socketsPerAddress, 'this address')
    this.#accounts = new Places(limits.socketsPerMember, 'this account')
  }

  /** A seat for whoever comes from there, held at once: of many who come together none slips in above a limit. */
  arrive(address: string): Seat {
    const seconds = this.#pace.take('everyone')
    if (seconds > 0) throw new Refusal('upgrades_busy', BUSY, { retryAfterSeconds: seconds })
    if (this.#open >= this.#limits.sockets) throw new Refusal('server_full', FULL, { retryAfterSeconds: FULL_SECONDS })
    const network = networkOf(address)
    this.#addresses.take(network)
    this.#open += 1
    return new Seat(this, network)
  }

  /** For a seat: now it is known whose it is. */
  sit(account: AccountId): void {
    this.#accounts.take(account)
  }

  /** For a seat: it is free again. */
  leave(network: string, account: AccountId | null): void {
    this.#open -= 1
    this.#addresses.giveBack(network)
    if (account !== null) this.#accounts.giveBack(account)
  }
}

/** Room for one socket, from the moment somebody knocks. As small as it can be: there are as many as there are people. */
export class Seat {
  readonly #arrivals: Arrivals
  readonly #network: string
  #account: AccountId | null = null
  #left = false

  constructor(arrivals: Arrivals, network: string) {
    this.#arrivals = arrivals
    this.#network = network
  }

  /** Now it is known whose it is; throws when they have too many. */
  sit(account: AccountId): void {
    this.#arrivals.sit(account)
    this.#account = account
  }

  /** Gives it back. Twice is harmless. */
  leave(): void {
    if (this.#left) return
    this.#left = true
    this.#arrivals.leave(this.#network, this.#account)
  }
}

/** So many for each of whatever they are counted by. */
class Places {
  readonly #most: number
  readonly #whose: string
  readonly #taken = new Map<string, number>()

  constructor(most: number, whose: string) {
    this.#most = most
    this.#whose = whose
  }

  take(subject: string): void {
    const taken = this.#taken.get(subject) ?? 0
    if (taken >= this.#most) {
      const message = `Cannot open the room: ${this.#whose} has ${taken} connections open already. Close some of them`
      throw new Refusal('too_many', message, { retryAfterSeconds: FULL_SECONDS })
    }
    this.#taken.set(subject, taken + 1)
  }

  giveBack(subject: string): void {
    const taken = (this.#taken.get(subject) ?? 0) - 1
    if (taken > 0) this.#taken.set(subject, taken)
    else this.#taken.delete(subject)
  }
}

const BUSY = 'Cannot open the room right now: too many people are coming in at once. Try again in a moment'
const FULL = 'Cannot open the room right now: the server has all the connections that it can have. Try again later'
