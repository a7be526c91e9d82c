// Every reason to say no: its code for machines, its status, and the sentence a person reads.

/** HTTP status of each refusal code (rule E1). The codes are stable; the sentences may be reworded. */
export const STATUS = {
  malformed_body: 400,
  missing_credentials: 400,
  ticket_missing: 400,
  unknown_format: 400,
  assertion_invalid: 401,
  signed_out: 401,
  ticket_expired: 401,
  ticket_invalid: 401,
  wrong_credentials: 401,
  no_access: 403,
  no_chats: 403,
  origin_refused: 403,
  ticket_spent: 403,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  upgrade_required: 426,
  too_many: 429,
  too_many_attempts: 429,
  too_many_requests: 429,
  internal_error: 500,
  accounts_unavailable: 503,
  logins_busy: 503,
  restarting: 503,
  server_full: 503,
  store_unavailable: 503,
  upgrades_busy: 503,
} as const

export type RefusalCode = keyof typeof STATUS

/** Reasons to refuse one frame on an open socket; they never become an HTTP answer. */
export type FrameRefusalCode =
  | 'bad_frame'
  | 'no_message'
  | 'not_yours'
  | 'rate_limited'
  | 'store_unavailable'
  | 'text_empty'
  | 'text_too_long'
  | 'too_many_reactions'

export interface RefusalBody {
  readonly success: false
  readonly code: RefusalCode | FrameRefusalCode
  readonly message: string
}

/** Saying no on purpose. `retryAfterSeconds` is always there for 429 and 503, and nowhere else. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: RefusalCode, message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.status = STATUS[code]
    const mayComeBack = this.status === 429 || this.status === 503
    this.retryAfterSeconds = mayComeBack ? Math.max(1, Math.ceil(options.retryAfterSeconds ?? 5)) : undefined
  }

  get body(): RefusalBody {
    return refusalBody(this.code, this.message)
  }
}

/** Saying no to one frame: the socket stays open. */
export class FrameRefusal extends Error {
  override readonly name = 'FrameRefusal'
  readonly code: FrameRefusalCode
  readonly retryAfterSeconds: number | undefined

  constructor(code: FrameRefusalCode, message: string, retryAfterSeconds?: number) {
    super(message)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function refusalBody(code: RefusalBody['code'], message: string): RefusalBody {
  return { success: false, code, message }
}
