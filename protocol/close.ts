// Why a socket is closed. 4000 to 4499: come back; 4500 to 4999: do not.
import type { RefusalCode } from './refusal.ts'

export interface Close {
  readonly code: number
  readonly reason: string
  /** When it happens, for whoever writes a client. */
  readonly when: string
}

export const CLOSE = {
  binary: { code: 1003, reason: '', when: 'a binary frame came' },
  frameTooLarge: { code: 1009, reason: '', when: 'a frame was over the size limit' },
  failed: { code: 1011, reason: '', when: 'something went wrong on our side' },
  restarting: { code: 1012, reason: 'restarting', when: 'the server is restarting: come back after a random wait' },
  tooSlow: { code: 4000, reason: 'too_slow', when: 'more than the client takes was waiting for it' },
  outOfStep: {
    code: 4001,
    reason: 'out_of_step',
    when: 'this session could not be kept in order, or the account has another email now',
  },
  ticketExpired: { code: 4010, reason: 'ticket_expired', when: 'get a fresh ticket' },
  ticketSpent: { code: 4011, reason: 'ticket_spent', when: 'get a fresh ticket' },
  tooMany: {
    code: 4029,
    reason: 'too_many',
    when: 'this account, this address or the server has too many connections',
  },
  unavailable: { code: 4053, reason: 'unavailable', when: 'accounts or messages cannot be reached now' },
  badFrame: { code: 4500, reason: 'bad_frame', when: 'ten frames in a minute made no sense' },
  ticketInvalid: { code: 4501, reason: 'ticket_invalid', when: 'the ticket is missing, or not ours' },
  signedOut: { code: 4502, reason: 'signed_out', when: 'the sign-in that opened it was ended' },
  noAccess: { code: 4503, reason: 'no_access', when: 'not, or no longer, a member' },
  originRefused: { code: 4504, reason: 'origin_refused', when: 'the page that opened it is of another site' },
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
    case 'too_many':
    case 'server_full':
      return CLOSE.tooMany
    case 'upgrades_busy':
    case 'accounts_unavailable':
    case 'store_unavailable':
      return CLOSE.unavailable
    case 'restarting':
      return CLOSE.restarting
    default:
      return CLOSE.failed
  }
}
