// How often somebody may fail to log in.
import { createHash } from 'node:crypto'
import { Refusal } from '../../protocol/refusal.ts'
import type { InTurn } from '../ports/accounts.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Turns } from './turns.ts'

const WINDOW_MILLISECONDS = 60_000
/** One address may serve a whole office, so it may fail more often than one person. */
const ADDRESS_FACTOR = 3
/** An account that fails this often from everywhere together is being guessed at. */
const ACCOUNT_FACTOR = 5

export class Throttle {
  readonly #ledger: Ledger
  readonly #turns: Turns
  /** Failures a minute for one account from one address; Infinity lifts every limit on failures. */
  readonly #failuresPerMinute: number
  readonly #now: () => number

  constructor(ledger: Ledger, turns: Turns, failuresPerMinute: number, now: () => number) {
    this.#ledger = ledger
    this.#turns = turns
    this.#failuresPerMinute = failuresPerMinute
    this.#now = now
  }

  /** Makes the attempt unless too many before it failed. Its check of the password runs in turn, and is counted if it was wrong. */
  async attempt<Found>(
    email: string,
    address: string,
    authenticate: (inTurn: InTurn) => Promise<Found>,
  ): Promise<Found> {
    const subjects = subjectsOf(email, address)
    await this.#refuseIfTooMany(subjects)
    return authenticate(async (check) => {
      const right = await this.#turns.run(subjects.address, async () => {
        // Asked again: others may have failed while this one waited, and guesses sent all at once must not all be checked.
        await this.#refuseIfTooMany(subjects)
        const right = await check()
        await this.#note(subjects, right)
        return right
      })
      if (right === 'busy') throw busy()
      return right
    })
  }

  async #note(subjects: Subjects, right: boolean): Promise<void> {
    if (right) return this.#ledger.forget(subjects.pair)
    await Promise.all(Object.values(subjects).map((subject) => this.#ledger.count(subject, WINDOW_MILLISECONDS)))
  }

  /**
   * An account under attack is not closed: that would let anyone lock its owner out. Instead every address
   * that has failed once has to wait, so the owner, who knows the password, gets in from elsewhere (rule L6).
   */
  async #refuseIfTooMany(subjects: Subjects): Promise<void> {
    const most = this.#failuresPerMinute
    if (most === Number.POSITIVE_INFINITY) return
    const [pair, byAddress, byAccount] = await this.#ledger.tallies([subjects.pair, subjects.address, subjects.account])
    if (!pair || !byAddress || !byAccount) return
    const mostForPair = byAccount.count >= most * ACCOUNT_FACTOR ? 1 : most
    if (pair.count >= mostForPair) throw this.#tooMany(pair.until)
    if (byAddress.count >= most * ADDRESS_FACTOR) throw this.#tooMany(byAddress.until)
  }

  #tooMany(until: number): Refusal {
    const retryAfterSeconds = Math.max(1, Math.ceil((until - this.#now()) / 1000))
    const message = `Cannot log in: too many failed attempts. Try again in ${retryAfterSeconds} seconds`
    return new Refusal('too_many_attempts', message, { retryAfterSeconds })
  }
}

function busy(): Refusal {
  const message = 'Cannot log in right now: too many people are logging in at once. Try again in a few seconds'
  return new Refusal('logins_busy', message, { retryAfterSeconds: 5 })
}

interface Subjects {
  readonly pair: string
  readonly address: string
  readonly account: string
}

function subjectsOf(email: string, address: string): Subjects {
  const from = networkOf(address)
  // Hashed: what came as an email may be long, and need not be an email.
  const who = createHash('sha256').update(email).digest('base64url')
  return { pair: `login ${from} ${who}`, address: `login from ${from}`, account: `login as ${who}` }
}

/** One subscriber of IPv6 has a whole /64, so that is what counts as an address. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const rest = tail?.split(':').filter(Boolean) ?? []
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0')
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`
}
