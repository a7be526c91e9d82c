// A frame of the plain protocol, read by a client (rule P1).
export interface PlainMessage {
  readonly id: number
  readonly email: string
  readonly text: string
}

/** `null` for a refusal, or anything else. */
export function plainMessageIn(raw: string): PlainMessage | null {
  const { id, email, text } = JSON.parse(raw) as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' || typeof email !== 'string' || typeof text !== 'string') return null
  return { id: Number(id), email, text }
}
