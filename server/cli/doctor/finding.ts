// What a look at one thing brought to light.

export interface Finding {
  /** `fine`; `note`: it works, but; `fault`: it will not work. */
  readonly mark: 'fine' | 'note' | 'fault'
  /** One sentence, which holds no secret. */
  readonly sentence: string
}

export const fine = (sentence: string): Finding => ({ mark: 'fine', sentence })
export const note = (sentence: string): Finding => ({ mark: 'note', sentence })
export const fault = (sentence: string): Finding => ({ mark: 'fault', sentence })

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** Where a sentence may quote what was sent or where it went, and with it a secret. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
