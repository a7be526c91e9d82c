// How one account gets into one room: the address, and fresh tickets as a page gets them.
import { ticketsOf } from '../../test/support/redis-place.ts'

export interface Place {
  readonly origin: string
  readonly room: string
  readonly email: string
  /** Of the room's socket. */
  readonly address: string
  ticket(): Promise<string>
}

const PATIENCE_MILLISECONDS = 15_000

export function placeOf(origin: string, room: string, email: string): Place {
  const address = `${origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(room)}`
  return { origin, room, email, address, ticket: ticketsOf({ origin }, email) }
}

/** A network that says nothing any more answers nothing either. */
export async function within<Result>(work: Promise<Result>, milliseconds = PATIENCE_MILLISECONDS): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
