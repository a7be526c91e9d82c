// Reads what scripts answer.
import type { Reply } from './lines/client.ts'

/** The items of a list. Anything else means that Redis does not run our scripts. */
export function listIn(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply
  throw new Error('Redis answered a script with something that is no list')
}

export function textsIn(reply: Reply | undefined): readonly string[] {
  return listIn(reply).map(textIn)
}

export function textIn(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply
  throw new Error('Redis answered a script with something that is no text')
}

export function numberIn(reply: Reply | undefined): number {
  const number = typeof reply === 'string' ? Number(reply) : reply
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw new Error('Redis answered a script with something that is no number')
}
