// Reads what Redis answers. What has another shape than was asked for is as good as no answer: it is refused, and never guessed at.
import type { Reply } from './lines/client.ts'
import { StoreFault, unavailable } from './lines/fault.ts'

export function listIn(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply
  throw garbled('no list')
}

export function textsIn(reply: Reply | undefined): readonly string[] {
  return listIn(reply).map(textIn)
}

export function textIn(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply
  throw garbled('no text')
}

export function numberIn(reply: Reply | undefined): number {
  const number = typeof reply === 'string' && reply !== '' ? Number(reply) : reply
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw garbled('no number')
}

/** Yes and no, as scripts and Redis itself say them. */
export function yesIn(reply: Reply | undefined): boolean {
  if (reply === 1 || reply === 0) return reply === 1
  throw garbled('neither yes nor no')
}

/** `null` where there is nothing; whatever there is has to be what is read. */
export function maybe<Read>(reply: Reply | undefined, read: (reply: Reply) => Read): Read | null {
  return reply === null || reply === undefined ? null : read(reply)
}

/** Whoever waits is refused; the log is told too, though not of each: what is garbled in Redis stays so. */
export function garbled(what: string): Error {
  const fault = new StoreFault('garbled', `Redis answered with something that is ${what}`)
  if (performance.now() - toldAt >= QUIET_MILLISECONDS) {
    toldAt = performance.now()
    console.error(`the message store is not understood: ${fault.message}`)
  }
  return unavailable(fault)
}

const QUIET_MILLISECONDS = 1_000
let toldAt = Number.NEGATIVE_INFINITY
