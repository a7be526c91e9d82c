// What answers answer to: fetched when it is to be seen and not there, one after the other.
import { messageWith } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { patiently } from './patiently.ts'
import type { RoomStore } from './room.ts'

export class Originals {
  readonly #store: RoomStore
  readonly #asked = new Set<string>()
  #line: Promise<unknown> = Promise.resolve()

  constructor(store: RoomStore) {
    this.#store = store
  }

  /** The message, if it is loaded; `ask` brings it otherwise. */
  get(id: string): Message | undefined {
    const timeline = this.#store.timeline
    return timeline ? messageWith(timeline, id) : undefined
  }

  ask(id: string): void {
    if (this.#asked.has(id) || this.get(id) || !/^[1-9]\d{0,14}$/.test(id)) return
    this.#asked.add(id)
    this.#line = this.#line.then(async () => {
      if (this.get(id)) return
      try {
        await patiently(() => this.#store.room.history({ before: Number(id) + 1, limit: 1 }))
      } catch {
        this.#asked.delete(id) // Asked again when it is next seen.
      }
    })
  }
}
