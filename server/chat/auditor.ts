// What is noted for the audit, and how much of it: nobody fills the disk by being refused.
import { DAY_MILLISECONDS } from '../../protocol/instant.ts'
import { Refusal, type RefusalCode } from '../../protocol/refusal.ts'
import type { Audit, AuditEntry } from '../ports/audit.ts'

const MINUTE_MILLISECONDS = 60_000
/** Refusals that are noted one by one in a minute; of the others only how many there were. */
const MOST_REFUSALS = 300

/** Those that may be signs of guessing, of forged or stolen tickets, or of a page of somebody else's. */
const NOTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'wrong_credentials',
  'too_many_attempts',
  'assertion_invalid',
  'ticket_invalid',
  'ticket_spent',
  'no_access',
  'origin_refused',
])

/** Where a request came from, and what it asked for. */
export interface Asking {
  readonly from: string
  readonly request: string
  /** As it was typed. */
  readonly email?: string | undefined
}

type News = Omit<AuditEntry, 'at'>

export class Auditor {
  readonly #audit: Audit
  readonly #keepDays: number
  readonly #now: () => number
  #minute = 0
  #refusals = 0
  #seen = new Set<string>()

  /** `keepDays` may be Infinity. */
  constructor(audit: Audit, keepDays: number, now: () => number) {
    this.#audit = audit
    this.#keepDays = keepDays
    this.#now = now
  }

  /** For what must not happen without a trace: throws `store_unavailable` while nothing can be noted. */
  async note(news: News): Promise<void> {
    await this.#audit.note({ at: this.#now(), ...news })
  }

  /** For what has happened already. While the store does not answer, the trace is a line that the server prints. */
  soon(news: News): void {
    void this.#try(news)
  }

  /** A wrong password each time; anything else once a minute for each address and code. */
  refused(code: RefusalCode, { from, request, email }: Asking): void {
    if (!NOTED.has(code)) return
    this.turnMinute()
    const kind = `${code} ${from}`
    if (code !== 'wrong_credentials' && this.#seen.has(kind)) return
    this.#refusals += 1
    if (this.#refusals > MOST_REFUSALS) return
    this.#seen.add(kind)
    const who = email !== undefined && looksLikeEmail(email) ? { email } : {}
    this.soon({ what: 'refused', code, from, request, ...who })
  }

  /** Forgets what has had its time. */
  async sweep(): Promise<void> {
    if (!Number.isFinite(this.#keepDays)) return
    await this.#audit.forget(this.#now() - this.#keepDays * DAY_MILLISECONDS)
  }

  /** Tells of a minute that is over how much was refused in it, also when nothing is refused any more. */
  turnMinute(): void {
    const minute = Math.floor(this.#now() / MINUTE_MILLISECONDS)
    if (minute === this.#minute) return
    void this.#tellMore()
    this.#minute = minute
    this.#refusals = 0
    this.#seen = new Set()
  }

  /** Tells of the minute that is not over. Resolves when that is noted, or cannot be. */
  async stop(): Promise<void> {
    await this.#tellMore()
  }

  async #tellMore(): Promise<void> {
    const more = this.#refusals - MOST_REFUSALS
    if (more <= 0) return
    this.#refusals = MOST_REFUSALS
    await this.#try({ what: 'refused_more', by: 'chat', many: more })
  }

  async #try(news: News): Promise<void> {
    try {
      await this.note(news)
    } catch (error) {
      if (error instanceof Refusal) console.error(`could not be noted for the audit: ${news.what}`)
      else console.error(`noting for the audit failed: ${error}`)
    }
  }
}

/** A password that slipped into the wrong field seldom does. */
function looksLikeEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)*\.[a-z]{2,24}$/i.test(text)
}
