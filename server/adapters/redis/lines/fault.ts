// Trouble with Redis: whether what was asked for may have been done, and whether it may pass.
import { Refusal } from '../../../../protocol/refusal.ts'

/**
 * `away`: there is no line; `lost`: the line broke; `slow`: no answer in time; `full`: too much waits already.
 * Everything else is the first word of what Redis answered.
 */
export class StoreFault extends Error {
  override readonly name = 'StoreFault'
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }

  /** Whether the command may have run all the same. */
  get mayHaveRun(): boolean {
    return !NOT_RUN.has(this.code)
  }

  /** Whether it makes sense to try again in a moment. */
  get mayPass(): boolean {
    return PASSING.has(this.code)
  }
}

/** Redis is there, but not ready to do this now. */
const NOT_NOW = ['LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'READONLY', 'BUSY', 'NOREPLICAS', 'LATE']
const ELSEWHERE = ['MOVED', 'ASK']
const NOT_EVER = ['OOM', 'MISCONF', 'NOAUTH', 'NOPERM', 'WRONGPASS', 'NOSCRIPT']
const NOT_RUN = new Set([...NOT_NOW, ...ELSEWHERE, ...NOT_EVER, 'away', 'full'])
const PASSING = new Set([...NOT_NOW, ...ELSEWHERE, 'away', 'lost'])

/** What Redis said no with. It may quote what it was asked, which is nobody's business in a log. */
export function faultOfReply(message: string): StoreFault {
  const [sentence = ''] = message.split(/, with args|\r|\n/)
  return new StoreFault(/^-?([A-Z]+)\b/.exec(sentence)?.[1] ?? 'ERR', sentence.slice(0, 200))
}

export function unavailable(cause: unknown): Refusal {
  const message = 'Cannot reach the message store: it does not answer. Try again in a moment'
  return new Refusal('store_unavailable', message, { retryAfterSeconds: 5, cause })
}
