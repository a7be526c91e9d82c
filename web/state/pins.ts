// The pinned messages of one room, newest first: what the server knows of them, what is loaded, and what one has just done oneself.
import { computed, effect, signal } from '@preact/signals'
import { foreseen, messagesIn, messageWith, RequestFailed } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import type { RoomStore } from './room.ts'

/** Of the ones that are not loaded. */
type Asking = 'asking' | 'answered' | 'failed'

const SETTLING_MILLISECONDS = 300
const RETRY_MILLISECONDS = 5_000

export class RoomPins {
  readonly asking = signal<Asking>('asking')
  /** Whether there are older ones to ask for. */
  readonly hasMore = signal(false)
  readonly pinned
  readonly #store: RoomStore
  readonly #told = signal<readonly Message[]>([])
  #asked = 0

  constructor(store: RoomStore) {
    this.#store = store
    this.pinned = computed(() => this.#merged())
  }

  /** Asks now, and again when something changes that was said earlier; gives back what ends that. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined
    let heard: { readonly offset: number; readonly last: string } | undefined
    const stop = effect(() => {
      const failed = this.asking.value === 'failed'
      const { connection, timeline } = this.#store.state.value ?? {}
      if (connection?.status !== 'live') {
        heard = undefined
        return
      }
      const now = { offset: timeline?.cursor?.offset ?? 0, last: this.#store.last.value?.id ?? '' }
      const before = heard
      heard = now
      // What is said now is not pinned yet; any other change may be a pin on something that is not loaded.
      if (!failed && before && (before.offset === now.offset || before.last !== now.last)) return
      clearTimeout(timer)
      timer = setTimeout(() => this.#ask(), failed ? RETRY_MILLISECONDS : before ? SETTLING_MILLISECONDS : 0)
    })
    return () => {
      stop()
      clearTimeout(timer)
      this.#asked += 1
    }
  }

  more(): Promise<void> {
    const oldest = this.#told.value.at(-1)
    return oldest ? this.#ask(Number(oldest.id)) : Promise.resolve()
  }

  async #ask(before?: number): Promise<void> {
    const asked = ++this.#asked
    if (this.asking.value === 'failed') this.asking.value = 'asking'
    try {
      const { messages, more } = await this.#store.room.pins(before === undefined ? {} : { before })
      if (asked !== this.#asked) return
      this.#told.value = before === undefined ? messages : [...this.#told.value, ...messages]
      this.hasMore.value = more
      this.asking.value = 'answered'
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      if (asked === this.#asked) this.asking.value = 'failed'
    }
  }

  /** Whatever is loaded is kept up to date by events; the rest is as the server told it last. */
  #merged(): readonly Message[] {
    const state = this.#store.state.value
    if (!state) return []
    const { timeline, outbox } = state
    const apart = this.#told.value.filter(({ id }) => !messageWith(timeline, id))
    return [...messagesIn(timeline), ...apart]
      .map((message) => foreseen(message, outbox, this.#store.email))
      .filter(({ pinned, deleted }) => pinned && !deleted)
      .sort((one, other) => Number(other.id) - Number(one.id))
  }
}
