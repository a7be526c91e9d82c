// Messages that are about to be deleted: for a few seconds it can be undone, and only then is it said.
import { signal } from '@preact/signals'
import type { Room } from '../../client/index.ts'

const UNDO_MILLISECONDS = 5_000

export class Deletions {
  /** Ids of messages that wait. */
  readonly waiting = signal<ReadonlySet<string>>(new Set())
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #room: () => Room

  constructor(room: () => Room) {
    this.#room = room
  }

  delete(id: string): void {
    if (this.#timers.has(id)) return
    this.#timers.set(
      id,
      setTimeout(() => this.#carryOut(id), UNDO_MILLISECONDS),
    )
    this.#tell()
  }

  undo(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.#tell()
  }

  /** Nobody is there to undo it any more. */
  carryOutAll(): void {
    for (const id of [...this.#timers.keys()]) this.#carryOut(id)
  }

  #carryOut(id: string): void {
    this.undo(id)
    this.#room().delete(id)
  }

  #tell(): void {
    this.waiting.value = new Set(this.#timers.keys())
  }
}
