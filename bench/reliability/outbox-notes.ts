// All that an outbox took, what it was answered, and what it gave back.
import type { Outbox, Sending } from '../../client/index.ts'
import type { Kind, Spoken, Taken } from './evidence.ts'
import type { Tally } from './tally.ts'

export class OutboxNotes {
  readonly #tally: Tally
  readonly #taken: Taken[] = []
  readonly #accepted = new Map<string, number>()

  constructor(tally: Tally) {
    this.#tally = tally
  }

  take(kind: Kind, { id, settled }: Sending, stored: (offset: number) => void = () => undefined): void {
    this.#taken.push({ id, kind })
    this.#tally.count(`${kind}, taken by outboxes`)
    settled.then((end) => {
      if (end.status === 'stored') {
        this.#accepted.set(id, end.offset)
        this.#tally.count('sent, to outboxes')
        stored(end.offset)
      } else if (end.status === 'failed') this.#tally.count(`${kind} given back: ${end.failure.code}`)
    })
  }

  /** What has failed stays in the outbox, also over a page that was closed. */
  asOf({ entries }: Outbox): Omit<Spoken, 'who' | 'by'> {
    const failed = entries.flatMap((entry): [string, string][] =>
      entry.status === 'failed' ? [[entry.id, entry.failure.code]] : [],
    )
    return { taken: this.#taken, accepted: this.#accepted, failed: new Map(failed) }
  }
}
