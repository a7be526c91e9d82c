// Looking for words in one room: asked of the server while there is a connection, else looked for in what is loaded.
import { signal } from '@preact/signals'
import { messagesIn, RequestFailed } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { MOST_QUERY_LENGTH } from '../../protocol/v1-frames.ts'
import { wordsOf } from '../../protocol/words.ts'
import { hasWords } from '../text/hits.ts'
import type { RoomStore } from './room.ts'

export type Finding =
  /** Nothing to look for yet. */
  | { readonly status: 'idle' }
  | { readonly status: 'searching' }
  | { readonly status: 'failed' }
  | {
      readonly status: 'found'
      /** Newest first. */
      readonly messages: readonly Message[]
      readonly words: readonly string[]
      /** Only among the messages that are loaded. */
      readonly loadedOnly: boolean
      /** `none`, or what becomes of asking for those before. */
      readonly more: 'none' | 'there' | 'loading' | 'failed'
      readonly before?: number
    }

const TYPING_MILLISECONDS = 250
const PAGE = 20
const USUAL_WAIT_SECONDS = 1

export class RoomSearch {
  readonly finding = signal<Finding>({ status: 'idle' })
  readonly #store: RoomStore
  #query = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Another one for every question, so that a late answer to an earlier one is recognised. */
  #asked = 0

  constructor(store: RoomStore) {
    this.#store = store
  }

  /** Called with every key stroke: looks once they pause. */
  type(query: string): void {
    this.#query = askable(query)
    this.#asked += 1
    clearTimeout(this.#timer)
    if (wordsOf(this.#query).length === 0) {
      this.finding.value = { status: 'idle' }
      return
    }
    if (this.finding.value.status !== 'found') this.finding.value = { status: 'searching' }
    this.#timer = setTimeout(() => this.look(), TYPING_MILLISECONDS)
  }

  /** Looks now. */
  async look(): Promise<void> {
    clearTimeout(this.#timer)
    const words = [...new Set(wordsOf(this.#query))]
    if (words.length === 0) return
    const asked = ++this.#asked
    if (this.#store.state.value?.connection.status !== 'live') return this.#lookHere(words)
    const page = await this.#ask(asked, {})
    if (asked !== this.#asked) return
    if (page === 'not_connected') return this.#lookHere(words)
    if (page === 'failed') this.finding.value = { status: 'failed' }
    else this.finding.value = { status: 'found', words, loadedOnly: false, ...page }
  }

  /** Goes on with the ones before. */
  async more(): Promise<void> {
    const finding = this.finding.value
    if (finding.status !== 'found' || finding.before === undefined) return
    if (finding.more === 'none' || finding.more === 'loading') return
    const asked = ++this.#asked
    this.finding.value = { ...finding, more: 'loading' }
    const page = await this.#ask(asked, { before: finding.before })
    if (asked !== this.#asked) return
    if (typeof page === 'string') this.finding.value = { ...finding, more: 'failed' }
    else this.finding.value = { ...finding, ...page, messages: [...finding.messages, ...page.messages] }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#asked += 1
  }

  /** A server that asks for a little time gets it, for as long as somebody still wants to know. */
  async #ask(asked: number, range: { readonly before?: number }) {
    for (;;) {
      try {
        const page = await this.#store.room.search(this.#query, { ...range, limit: PAGE })
        const { messages, more } = page
        const before = 'before' in page ? page.before : undefined
        const rest = more && before !== undefined ? { more: 'there' as const, before } : { more: 'none' as const }
        return { messages, ...rest }
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error
        if (error.code === 'not_connected') return 'not_connected'
        if (error.code !== 'rate_limited') return 'failed'
        await waited(error.retryAfterSeconds ?? USUAL_WAIT_SECONDS)
        if (asked !== this.#asked) return 'failed'
      }
    }
  }

  #lookHere(words: readonly string[]): void {
    const { timeline } = this.#store
    const loaded = timeline ? messagesIn(timeline) : []
    const messages = loaded.filter(({ text, deleted }) => !deleted && hasWords(text, words)).reverse()
    this.finding.value = { status: 'found', messages, words, loadedOnly: true, more: 'none' }
  }
}

/** As much as one frame may ask for; a character at the edge goes as a whole. */
function askable(query: string): string {
  return query.slice(0, MOST_QUERY_LENGTH).replace(/[\uD800-\uDBFF]$/, '')
}

function waited(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
