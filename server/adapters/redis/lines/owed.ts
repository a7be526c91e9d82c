// What a Redis owes over one line, how much of it, and until when somebody waits for it.
import { ErrorReply } from '@redis/client'
import { reasonOf } from './client.ts'
import { faultOfReply, StoreFault } from './fault.ts'

interface Waiting {
  readonly giveUpAt: number
  readonly refuse: (fault: StoreFault) => void
}

/** How long a Redis may stay silent while it owes answers. */
export const SILENT_MILLISECONDS = 3_000
/** Answers owed, and text sent for them, beyond which a line takes no more: it would only move the trouble into memory. */
const MOST_OWED = 20_000
const MOST_OWED_CHARACTERS = 64 * 1024 * 1024

export class Owed {
  readonly #waiting = new Set<Waiting>()
  #answers = 0
  #characters = 0
  #heardAt = performance.now()
  #since = 0
  #end: StoreFault | undefined

  /** Whether so much more may be sent. */
  hasRoom(characters: number): boolean {
    return this.#answers < MOST_OWED && this.#characters + characters <= MOST_OWED_CHARACTERS
  }

  /** The answer to something that was sent, with so many characters; throws `StoreFault` for what Redis refused, or when the line broke. */
  async answered<Answer>(characters: number, answer: Promise<Answer>): Promise<Answer> {
    if (this.#answers === 0) this.#since = performance.now()
    this.#answers++
    this.#characters += characters
    try {
      return await answer
    } catch (error) {
      if (error instanceof ErrorReply) throw faultOfReply(error.message)
      throw this.#end ?? new StoreFault('lost', reasonOf(error), error)
    } finally {
      this.#answers--
      this.#characters -= characters
      this.#heardAt = performance.now()
    }
  }

  /** The same answer, or `StoreFault` when the time (of `performance.now()`) is over, or the line has ended. */
  within<Answer>(giveUpAt: number, answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, refuse) => {
      const waiting = { giveUpAt, refuse }
      this.#waiting.add(waiting)
      answer.then(resolve, refuse).finally(() => this.#waiting.delete(waiting))
    })
  }

  /** Whoever should not have waited beyond this moment waits no longer. */
  refuseOverdue(now: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.giveUpAt > now) continue
      this.#waiting.delete(waiting)
      waiting.refuse(new StoreFault('slow', 'it does not answer'))
    }
  }

  /** Whether nothing has come for longer than may be while something is owed. */
  isSilent(now: number): boolean {
    return this.#answers > 0 && now - Math.max(this.#heardAt, this.#since) > SILENT_MILLISECONDS
  }

  /** Nothing comes any more: nobody waits for it. */
  end(fault: StoreFault): void {
    this.#end = fault
    for (const waiting of [...this.#waiting]) waiting.refuse(fault)
  }
}
