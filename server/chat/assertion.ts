// Assertions: a server that the chat trusts says who somebody is, once and for now (rule L11).
import { createHash } from 'node:crypto'
import { Refusal } from '../../protocol/refusal.ts'
import { Disbelieved, type Issuers } from '../ports/issuers.ts'
import type { Ledger } from '../ports/ledger.ts'

const AUDIENCE = 'propromo.chat'
const MOST_SECONDS = 60
/** A clock that is ahead of ours makes statements that seem to begin later. */
const AHEAD_SECONDS = 5
/** What the ledger notes as spent: no room has this place beside a `jti` that is a hash. */
const PLACE = 'assertion'

/** Somebody whom an issuer vouches for. */
export interface Vouched {
  readonly email: string
  /** Whether this is the first time that it is used: of any number of simultaneous tries exactly one (over all processes). */
  spend(): Promise<boolean>
}

export class Assertions {
  readonly #issuers: Issuers
  readonly #ledger: Ledger
  readonly #now: () => number
  readonly #disbelieved: (reason: string) => void

  /** `disbelieved` hears why something was refused, for the log: whoever asked is told nothing. */
  constructor(parts: {
    issuers: Issuers
    ledger: Ledger
    now: () => number
    disbelieved: (reason: string) => void
  }) {
    this.#issuers = parts.issuers
    this.#ledger = parts.ledger
    this.#now = parts.now
    this.#disbelieved = parts.disbelieved
  }

  async read(assertion: string | undefined): Promise<Vouched> {
    try {
      if (!assertion) throw new Disbelieved('there is none')
      const { issuer, claims } = await this.#issuers.read(assertion)
      return this.#vouched(issuer, claims)
    } catch (error) {
      if (error instanceof Disbelieved) throw this.refuse(error.message)
      throw error
    }
  }

  /** One answer for everything that can be wrong, so that nobody learns anything by trying. */
  refuse(reason: string): Refusal {
    this.#disbelieved(reason)
    return new Refusal('assertion_invalid', 'Cannot give a ticket: this assertion is not one that counts here')
  }

  #vouched(issuer: string, { aud, sub, jti, exp, nbf, iat }: Readonly<Record<string, unknown>>): Vouched {
    const seconds = this.#now() / 1000
    const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
    if (audience !== AUDIENCE) throw new Disbelieved('it is meant for another audience')
    if (typeof sub !== 'string' || sub === '') throw new Disbelieved('it names nobody (sub)')
    if (typeof jti !== 'string' || jti === '') throw new Disbelieved('it has no jti')
    if (!isTime(exp)) throw new Disbelieved('it has no exp')
    if (exp <= seconds) throw new Disbelieved('it has expired: are the clocks right?')
    if (exp > seconds + MOST_SECONDS) throw new Disbelieved(`its exp is over ${MOST_SECONDS} seconds away`)
    for (const begin of [nbf, iat]) {
      if (begin === undefined || (isTime(begin) && begin <= seconds + AHEAD_SECONDS)) continue
      throw new Disbelieved('it is for a time to come: are the clocks right?')
    }
    const once = createHash('sha256')
      .update(JSON.stringify([issuer, jti]))
      .digest('base64url')
    return { email: sub, spend: () => this.#ledger.spend(once, PLACE, exp * 1000) }
  }
}

function isTime(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim)
}
