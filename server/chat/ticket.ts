// Tickets: the short-lived JWT that opens each of its rooms once.
import type { KeyObject } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { Refusal } from '../../protocol/refusal.ts'
import type { Account, AccountId } from '../ports/accounts.ts'

export const TICKET_SECONDS = 300
const ISSUER = 'propromo.chat'
/** A ticket of a process whose clock is a little ahead is good at once; none is good for longer. */
const CLOCKS_APART_SECONDS = 5

/** `kid` names the signing key; `verifying` holds it and, while a rotation lasts, the one before it. */
export interface TicketKeys {
  readonly algorithm: 'HS256' | 'RS512'
  readonly kid: string
  readonly signing: KeyObject | Uint8Array
  readonly verifying: ReadonlyMap<string, KeyObject | Uint8Array>
}

/** What a ticket says, once it has been believed. */
export interface Ticket {
  readonly jti: string
  readonly account: AccountId
  /** The sign-in that it came from; ending that one ends what this ticket opened. `null` where an issuer vouched (rule L11). */
  readonly signIn: string | null
  /** The one monitor it opens (`monitors.id`), or `null` for every room of the account. */
  readonly monitorId: string | null
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface IssuedTicket {
  readonly token: string
  readonly expiresAt: number
}

export class Tickets {
  readonly #keys: TicketKeys
  readonly #now: () => number
  readonly #random: (bytes: number) => string

  constructor(keys: TicketKeys, now: () => number, random: (bytes: number) => string) {
    this.#keys = keys
    this.#now = now
    this.#random = random
  }

  /** The rooms are not listed in it, so it stays under 1 KiB however many there are (rule T1). */
  async issue(account: Account, signIn: string | null, monitorId: string | null): Promise<IssuedTicket> {
    const issuedAt = Math.floor(this.#now() / 1000)
    const expiry = issuedAt + TICKET_SECONDS
    const claims = {
      email: account.email,
      ...(signIn === null ? {} : { sid: signIn }),
      ...(monitorId === null ? {} : { mon: monitorId }),
    }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: this.#keys.algorithm, kid: this.#keys.kid })
      .setIssuer(ISSUER)
      .setSubject(account.id)
      .setJti(this.#random(12))
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(expiry)
      .sign(this.#keys.signing)
    return { token, expiresAt: expiry * 1000 }
  }

  /** Believes a ticket, or refuses it as missing, expired or not ours (rule T2). Whether it is spent, the ledger knows. */
  async read(token: string | undefined): Promise<Ticket> {
    if (!token)
      throw new Refusal('ticket_missing', 'Cannot open the room: no ticket came with the request. Log in to get one')
    return ticketOf(await this.#verified(token))
  }

  async #verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#keyFor(token), {
        algorithms: [this.#keys.algorithm],
        issuer: ISSUER,
        requiredClaims: ['sub', 'email', 'jti', 'iat', 'nbf', 'exp'],
        currentDate: new Date(this.#now()),
        clockTolerance: CLOCKS_APART_SECONDS,
      })
      if (Number(payload.exp) * 1000 <= this.#now()) throw expired()
      return payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired()
      throw error instanceof Refusal ? error : invalid(error)
    }
  }

  #keyFor(token: string): KeyObject | Uint8Array {
    const { kid = this.#keys.kid } = decodeProtectedHeader(token)
    const key = this.#keys.verifying.get(kid)
    if (!key) throw invalid(new Error('unknown kid'))
    return key
  }
}

function ticketOf(claims: JWTPayload): Ticket {
  const { sub, email, jti, exp, sid: signIn = null, mon: monitorId = null } = claims
  const isOurs =
    typeof sub === 'string' &&
    typeof email === 'string' &&
    typeof jti === 'string' &&
    typeof exp === 'number' &&
    (signIn === null || typeof signIn === 'string') &&
    (monitorId === null || typeof monitorId === 'string')
  if (!isOurs) throw invalid(new Error('claims of the wrong type'))
  return { jti, account: sub, signIn, monitorId, expiresAt: exp * 1000 }
}

function expired(): Refusal {
  return new Refusal('ticket_expired', 'Cannot open the room: this ticket has expired. Log in to get a fresh one')
}

function invalid(cause: unknown): Refusal {
  return new Refusal('ticket_invalid', 'Cannot open the room: this ticket was not issued here, or was altered', {
    cause,
  })
}
