// The figures of all processes of a server as one: whoever is asked for them asks the process that started it, and that asks all.

import { merged, remains } from './watch/exposition.ts'
import { Counter, type Family } from './watch/figures.ts'

/** What a worker says to the process that started it. */
export type FromWorker =
  | { readonly type: 'sum wanted'; readonly question: number }
  | { readonly type: 'counted'; readonly round: number; readonly families: readonly Family[] }
/** What that one says to a worker. */
export type ToWorker =
  | { readonly type: 'count'; readonly round: number }
  | { readonly type: 'sum'; readonly question: number; readonly families: readonly Family[] }

export interface Colleague {
  send(message: ToWorker): void
}

/** Longer than a process takes to find out that a part of it does not answer. */
const ROUND_MILLISECONDS = 3_000
/** Shorter than Prometheus waits. */
const ANSWER_MILLISECONDS = 4_000

/** At the process that started the others. */
export class Gathering {
  readonly #latest = new Map<Colleague, readonly Family[]>()
  readonly #ends = new Counter('propromo_chat_process_ends_total', 'Processes of this server that ended by themselves')
  /** What those had counted that are no more. */
  #gone: readonly Family[] = []
  #round = 0
  /** Who has not answered in this round, and who waits for its end. */
  #silent = new Set<Colleague>()
  #waiting: { readonly colleague: Colleague; readonly question: number }[] = []
  #timer: Timer | undefined

  joined(colleague: Colleague): void {
    this.#latest.set(colleague, [])
  }

  left(colleague: Colleague, expected: boolean): void {
    this.#gone = merged([this.#gone, remains(this.#latest.get(colleague) ?? [])])
    this.#latest.delete(colleague)
    if (!expected) this.#ends.add()
    this.#waiting = this.#waiting.filter((waiting) => waiting.colleague !== colleague)
    this.#answered(colleague)
  }

  hear(colleague: Colleague, message: FromWorker): void {
    if (message.type === 'sum wanted') this.#ask(colleague, message.question)
    else if (message.round === this.#round) {
      this.#latest.set(colleague, message.families)
      this.#answered(colleague)
    }
  }

  #ask(colleague: Colleague, question: number): void {
    this.#waiting.push({ colleague, question })
    if (this.#waiting.length > 1) return
    this.#round += 1
    this.#silent = new Set(this.#latest.keys())
    for (const each of this.#silent) tell(each, { type: 'count', round: this.#round })
    clearTimeout(this.#timer) // Of a round that nobody waits for any more.
    this.#timer = setTimeout(() => this.#end(), ROUND_MILLISECONDS)
  }

  #answered(colleague: Colleague): void {
    if (this.#silent.delete(colleague) && this.#silent.size === 0) this.#end()
  }

  #end(): void {
    clearTimeout(this.#timer)
    const counted = [...this.#latest].map(([colleague, families]) =>
      this.#silent.has(colleague) ? remains(families) : families,
    )
    const families = merged([...counted, this.#gone, [this.#ends.read()]])
    this.#silent.clear()
    for (const { colleague, question } of this.#waiting.splice(0)) tell(colleague, { type: 'sum', question, families })
  }
}

/** One that is just ending hears nothing, and is missed by nobody. */
function tell(colleague: Colleague, message: ToWorker): void {
  try {
    colleague.send(message)
  } catch {}
}

/** At each of the others. */
export class Gathered {
  readonly #send: (message: FromWorker) => void
  readonly #waiting = new Map<number, (families: readonly Family[] | null) => void>()
  #questions = 0

  constructor(send: (message: FromWorker) => void) {
    this.#send = send
  }

  /** `null` when the process that started this one does not answer in time. */
  sum(): Promise<readonly Family[] | null> {
    const question = ++this.#questions
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#waiting.get(question)?.(null), ANSWER_MILLISECONDS)
      this.#waiting.set(question, (families) => {
        clearTimeout(timer)
        this.#waiting.delete(question)
        resolve(families)
      })
      this.#send({ type: 'sum wanted', question })
    })
  }

  async hear(message: ToWorker, count: () => Promise<readonly Family[]>): Promise<void> {
    if (message.type === 'sum') this.#waiting.get(message.question)?.(message.families)
    else this.#send({ type: 'counted', round: message.round, families: await count() })
  }
}
