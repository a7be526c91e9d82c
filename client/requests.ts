// The frames that a client sends, and the questions among them that wait for their answers.
import type { Change, Message } from '../protocol/event.ts'
import type { AnswerFrame } from '../protocol/v1-server-frames.ts'
import type { World } from './world.ts'

/**
 * A question was not answered. `code` is the server's (rule V13), or `not_connected` (ask again once `live`), `timed_out`, or
 * that of the end of the connection.
 */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  readonly code: string
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, message: string, retryAfterSeconds?: number) {
    super(message)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export interface Page {
  readonly type: 'history' | 'search' | 'pins'
  readonly id: string
  readonly messages: readonly Message[]
  /** Whether there are more, in the direction that was asked for. */
  readonly more: boolean
  /** Of a search: where to go on (rule V9). */
  readonly before?: number
  /** Of history from a moment on: the offset of the last message before it, 0 when there is none (rule V18). */
  readonly after?: number
}

const ANSWER_MILLISECONDS = 20_000

/** The frame that asks for this change. Repeated under the same id, it changes nothing (rule R4). */
export function frameFor(id: string, change: Change): string {
  switch (change.type) {
    case 'message':
      return JSON.stringify({ type: 'send', id, text: change.text, reply_to: change.replyTo })
    case 'edited':
      return JSON.stringify({ type: 'edit', id, message: change.message, text: change.text })
    case 'deleted':
      return JSON.stringify({ type: 'delete', id, message: change.message })
    case 'reacted':
      return JSON.stringify({ type: 'react', id, message: change.message, emoji: change.emoji, on: change.on })
    case 'pinned':
      return JSON.stringify({ type: 'pin', id, message: change.message, on: change.on })
  }
}

/** Questions by their ids. Each is settled once: by its answer, by a refusal, by time, or by the end of the connection. */
export class Requests {
  readonly #world: World
  readonly #open = new Map<string, { resolve(page: Page): void; reject(error: RequestFailed): void }>()

  constructor(world: World) {
    this.#world = world
  }

  ask(id: string, send: () => boolean): Promise<Page> {
    const answer = new Promise<Page>((resolve, reject) => {
      const callOff = this.#world.after(ANSWER_MILLISECONDS, () => this.#fail(id, TIMED_OUT))
      this.#open.set(id, {
        resolve: (page) => {
          callOff()
          resolve(page)
        },
        reject: (error) => {
          callOff()
          reject(error)
        },
      })
    })
    if (!send()) this.#fail(id, NOT_CONNECTED)
    return answer
  }

  answered(answer: AnswerFrame): void {
    if (answer.type === 'refused' && answer.id !== undefined) this.#fail(answer.id, answer)
    if (answer.type !== 'history' && answer.type !== 'search' && answer.type !== 'pins') return
    this.#open.get(answer.id)?.resolve(answer)
    this.#open.delete(answer.id)
  }

  /** Whoever still waits is told why there will be no answer. */
  end(why: { readonly code: string; readonly message: string }): void {
    for (const id of [...this.#open.keys()]) this.#fail(id, why)
  }

  #fail(id: string, { code, message, retryAfterSeconds }: Failing): void {
    this.#open.get(id)?.reject(new RequestFailed(code, message, retryAfterSeconds))
    this.#open.delete(id)
  }
}

interface Failing {
  readonly code: string
  readonly message: string
  readonly retryAfterSeconds?: number
}

const NOT_CONNECTED: Failing = { code: 'not_connected', message: 'Cannot ask now: there is no connection' }
const TIMED_OUT: Failing = { code: 'timed_out', message: 'Cannot wait any longer: no answer came' }
