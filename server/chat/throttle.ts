// How often somebody may fail to log in: a few times freely, and from then on after waits that double.
import { createHash } from 'node:crypto'
import { Refusal } from '../../protocol/refusal.ts'
import type { InTurn } from '../ports/accounts.ts'
import type { Ledger } from '../ports/ledger.ts'
import { networkOf } from './network.ts'
import type { Turns } from './turns.ts'

const MINUTE = 60_000
/** So long it is remembered that somebody had to wait: the next failure doubles the wait. */
const HOUR = 60 * MINUTE
const FIRST_WAIT = MINUTE
/** Longer would help nobody: a password that falls within an hour of four tries falls to the first. */
const LONGEST_WAIT = 15 * MINUTE
/** Where somebody has logged in, they are known from then on for as long as a sign-in lasts. */
const KNOWN = 30 * 24 * HOUR
/** One address may serve a whole office, so it may fail more often than one person. */
const ADDRESS_FACTOR = 3
/** An account that fails this often within an hour, from everywhere together, is being guessed at. */
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
    const before = await this.#standing(subjects)
    // Those who guess at one account from many addresses share one place in the line: they do not make everybody else wait.
    const line = before.guarded && !before.known ? subjects.account : subjects.address
    const about = before.known ? subjects.pair : subjects.account
    return authenticate(async (check) => {
      const right = await this.#turns.run(line, about, async () => {
        // Asked again: others may have failed while this one waited, and guesses sent all at once must not all be checked.
        const now = await this.#standing(subjects)
        const right = await check()
        await (right ? this.#welcome(subjects) : this.#note(subjects, now))
        return right
      })
      if (right === 'busy') throw busy()
      return right
    })
  }

  /**
   * An account under attack is not closed: that would let anyone lock its owner out. Instead each address that is not known for it
   * has one failure before it waits, so that the owner, who knows the password, gets in from anywhere (rule L6).
   */
  async #note(subjects: Subjects, { known, struck }: Standing): Promise<void> {
    const most = this.#failuresPerMinute
    const [pair, address, account] = await Promise.all([
      this.#ledger.count(subjects.pair, MINUTE),
      this.#ledger.count(subjects.address, MINUTE),
      this.#ledger.count(subjects.account, HOUR),
    ])
    const guarded = !known && account.count >= most * ACCOUNT_FACTOR
    if (pair.count >= (guarded || struck ? 1 : most)) await this.#strike(subjects.pair)
    if (address.count >= most * ADDRESS_FACTOR) await this.#strike(subjects.address)
  }

  async #strike(subject: string): Promise<void> {
    const { count } = await this.#ledger.count(strikesOf(subject), HOUR)
    await this.#ledger.count(waitOf(subject), Math.min(FIRST_WAIT * 2 ** (count - 1), LONGEST_WAIT))
  }

  async #welcome({ pair }: Subjects): Promise<void> {
    // A count keeps the time of its first: forgotten before, it lasts from this login on.
    await Promise.all([pair, strikesOf(pair), knownOf(pair)].map((subject) => this.#ledger.forget(subject)))
    await this.#ledger.count(knownOf(pair), KNOWN)
  }

  /** How matters stand for them; throws while they have to wait. */
  async #standing({ pair, address, account }: Subjects): Promise<Standing> {
    if (this.#failuresPerMinute === Number.POSITIVE_INFINITY) return { guarded: false, known: true, struck: false }
    const asked = [waitOf(pair), waitOf(address), strikesOf(pair), knownOf(pair), account]
    const [own, everyones, strikes, known, failures] = await this.#ledger.tallies(asked)
    const until = Math.max(...[own, everyones].map((wait) => (wait && wait.count > 0 ? wait.until : 0)))
    if (until > 0) throw this.#tooMany(until)
    return {
      guarded: (failures?.count ?? 0) >= this.#failuresPerMinute * ACCOUNT_FACTOR,
      known: (known?.count ?? 0) > 0,
      struck: (strikes?.count ?? 0) > 0,
    }
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

interface Standing {
  /** Whether the account is being guessed at. */
  readonly guarded: boolean
  /** Whether somebody has logged in to the account from this address. */
  readonly known: boolean
  /** Whether they had to wait within the last hour. */
  readonly struck: boolean
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

const strikesOf = (subject: string) => `strikes of ${subject}`
const waitOf = (subject: string) => `wait of ${subject}`
const knownOf = (pair: string) => `known ${pair}`
