// Who may come in now: so many a second, of them so many from one address, and so many sockets of one account, of one address, and in all.
import { Refusal } from '../../protocol/refusal.ts'
import type { AccountId } from '../ports/accounts.ts'
import type { Held, Seats } from '../ports/seats.ts'
import { networkOf } from './network.ts'
import { Shares } from './shares.ts'

/** Infinity lifts a limit. Those of a member and of an address hold over all processes together, the others for this one. */
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
  readonly #pace: Shares
  readonly #addresses: Places
  readonly #accounts: Places
  #open = 0

  constructor(limits: ArrivalLimits, seats: Seats, clock: () => number) {
    this.#limits = limits
    this.#pace = new Shares(limits.upgradesPerSecond, 1_000, clock)
    this.#addresses = new Places('address', limits.socketsPerAddress, seats)
    this.#accounts = new Places('account', limits.socketsPerMember, seats)
    seats.open(heldIn([this.#addresses, this.#accounts]))
  }

  /** A seat for whoever comes from there, held at once: of many who come together none slips in above a limit. */
  arrive(address: string): Seat {
    const network = networkOf(address)
    const seconds = this.#pace.take(network)
    if (seconds > 0) throw new Refusal('upgrades_busy', BUSY, { retryAfterSeconds: seconds })
    if (this.#open >= this.#limits.sockets) throw new Refusal('server_full', FULL, { retryAfterSeconds: FULL_SECONDS })
    this.#addresses.take(network)
    this.#open += 1
    return new Seat(this, network)
  }

  /** For a seat: now it is known whose it is. */
  take(account: AccountId): void {
    this.#accounts.take(account)
  }

  /** For a seat: the other processes are asked too. Not before it is known whose it is: a stranger costs the store nothing. */
  async agree(network: string, account: AccountId): Promise<void> {
    await Promise.all([this.#addresses.agree(network), this.#accounts.agree(account)])
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

  /** Now it is known whose it is; throws when they have too many, over all processes. */
  async sit(account: AccountId): Promise<void> {
    this.#arrivals.take(account)
    this.#account = account
    await this.#arrivals.agree(this.#network, account)
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
  readonly #kind: 'address' | 'account'
  readonly #most: number
  readonly #seats: Seats
  /** By the names that the seats know them under. */
  readonly #taken = new Map<string, number>()

  constructor(kind: 'address' | 'account', most: number, seats: Seats) {
    this.#kind = kind
    this.#most = most
    this.#seats = seats
  }

  get taken(): ReadonlyMap<string, number> {
    return this.#taken
  }

  take(whose: string): void {
    if (this.#most === Number.POSITIVE_INFINITY) return
    const subject = this.#subjectOf(whose)
    const taken = this.#taken.get(subject) ?? 0
    if (taken >= this.#most) throw this.#tooMany()
    this.#taken.set(subject, taken + 1)
  }

  async agree(whose: string): Promise<void> {
    if (this.#most === Number.POSITIVE_INFINITY) return
    if (!(await this.#seats.take(this.#subjectOf(whose), this.#most))) throw this.#tooMany()
  }

  giveBack(whose: string): void {
    if (this.#most === Number.POSITIVE_INFINITY) return
    const subject = this.#subjectOf(whose)
    const taken = (this.#taken.get(subject) ?? 0) - 1
    if (taken > 0) this.#taken.set(subject, taken)
    else this.#taken.delete(subject)
    this.#seats.changed(subject)
  }

  #subjectOf(whose: string): string {
    return `${this.#kind} ${whose}`
  }

  #tooMany(): Refusal {
    const message = `Cannot open the room: this ${this.#kind} has ${this.#most} connections open already. Close some of them`
    return new Refusal('too_many', message, { retryAfterSeconds: FULL_SECONDS })
  }
}

function heldIn(places: readonly Places[]): Held {
  return {
    get size() {
      return places.reduce((size, { taken }) => size + taken.size, 0)
    },
    *subjects() {
      for (const { taken } of places) yield* taken.keys()
    },
    of: (subject) => places.reduce((held, { taken }) => held + (taken.get(subject) ?? 0), 0),
  }
}

const BUSY = 'Cannot open the room right now: too many people are coming in at once. Try again in a moment'
const FULL = 'Cannot open the room right now: the server has all the connections that it can have. Try again later'
