// Whether to come back after a connection has ended, and when.
import { CLOSE, type Close } from '../protocol/close.ts'

/** What the person or their application can do about an end for good. */
export type Remedy = 'sign_in' | 'choose_room' | 'report' | 'none'

/** Why there is no connection: a stable code, and a sentence. */
export interface Why {
  /** The close's reason (`restarting`, `signed_out`), the ticket's code, or one of ours: `lost`, `silent`, `timed_out`. */
  readonly code: string
  readonly message: string
  /** The close code, where a close came. */
  readonly close?: number
}

export type Verdict =
  | { readonly comeBack: 'soon' | 'spread'; readonly why: Why }
  | { readonly comeBack: 'never'; readonly why: Why; readonly remedy: Remedy }

const BASE_MILLISECONDS = 500
const CAP_MILLISECONDS = 30_000
/** Everyone of a restarted server comes back within this. */
const SPREAD_MILLISECONDS = 5_000
const CLOSES: readonly Close[] = Object.values(CLOSE)

/** The close code decides: 4000 to 4499 come back, 4500 to 4999 do not (table X). */
export function verdictOn(code: number, reason: string): Verdict {
  const known = CLOSES.find((close) => close.code === code)
  const why = {
    code: known?.reason || reason || 'lost',
    message: known ? `The connection was closed: ${known.when}` : 'The connection was lost',
    close: code,
  }
  // Sending binary again would not help; everything else below 4000 may be a proxy's or a passing fault.
  const never = (code >= 4500 && code < 5000) || code === CLOSE.binary.code
  if (never) return { comeBack: 'never', why, remedy: remedyFor(why.code) }
  return { comeBack: code === CLOSE.restarting.code || code === CLOSE.tooMany.code ? 'spread' : 'soon', why }
}

/**
 * Full jitter: anything from nothing to twice as much each time, so that those who were cut off together do not come back
 * together. After a restart the first wait is spread further.
 */
export function waitMilliseconds(failures: number, spread: boolean, random: () => number): number {
  const most = Math.min(CAP_MILLISECONDS, BASE_MILLISECONDS * 2 ** failures)
  return Math.round(random() * (spread ? Math.max(most, SPREAD_MILLISECONDS) : most))
}

/** By the stable code of a close or of a refused ticket. */
export function remedyFor(code: string): Remedy {
  switch (code) {
    case 'signed_out':
    case 'ticket_invalid':
    case 'wrong_credentials':
      return 'sign_in'
    case 'no_access':
    case 'no_chats':
      return 'choose_room'
    default:
      return 'report'
  }
}
