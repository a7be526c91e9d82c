// Why a socket is closed. 4000 to 4499: come back; 4500 to 4999: do not.
import type { RefusalCode } from './refusal.ts'

export interface Close {
  readonly code: number
  readonly reason: string
}

export const CLOSE = {
  binary: { code: 1003, reason: '' },
  frameTooLarge: { code: 1009, reason: '' },
  failed: { code: 1011, reason: '' },
  restarting: { code: 1012, reason: 'restarting' },
  tooSlow: { code: 4000, reason: 'too_slow' },
  outOfStep: { code: 4001, reason: 'out_of_step' },
  ticketExpired: { code: 4010, reason: 'ticket_expired' },
  ticketSpent: { code: 4011, reason: 'ticket_spent' },
  unavailable: { code: 4053, reason: 'unavailable' },
  ticketInvalid: { code: 4501, reason: 'ticket_invalid' },
  signedOut: { code: 4502, reason: 'signed_out' },
  noAccess: { code: 4503, reason: 'no_access' },
  originRefused: { code: 4504, reason: 'origin_refused' },
} as const satisfies Record<string, Close>

/** The close that tells a browser what the status of a refused upgrade would have said (rule C5). */
export function closeOf(code: RefusalCode): Close {
  switch (code) {
    case 'ticket_missing':
    case 'ticket_invalid':
      return CLOSE.ticketInvalid
    case 'ticket_expired':
      return CLOSE.ticketExpired
    case 'ticket_spent':
      return CLOSE.ticketSpent
    case 'signed_out':
      return CLOSE.signedOut
    case 'no_access':
      return CLOSE.noAccess
    case 'origin_refused':
      return CLOSE.originRefused
    case 'accounts_unavailable':
    case 'store_unavailable':
      return CLOSE.unavailable
    case 'restarting':
      return CLOSE.restarting
    default:
      return CLOSE.failed
  }
}
