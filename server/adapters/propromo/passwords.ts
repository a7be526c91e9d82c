// Laravel's bcrypt, checked off the event loop.
import type { HashAnswer, HashQuestion } from './hash-worker.ts'

/** bcrypt sees no more than this, so a longer password is wrong, never cut (rule L5). */
const MOST_PASSWORD_BYTES = 72

export class Passwords {
  readonly #most: number
  readonly #thread: string | URL
  readonly #workers: { readonly worker: Worker; readonly asked: Set<number> }[] = []
  readonly #waiting = new Map<number, PromiseWithResolvers<boolean>>()
  #asked = 0

  /** At most `most` checks run at once, each on a thread that starts when first needed. `thread` is where hash-worker.ts lies. */
  constructor(most: number, thread: string | URL = new URL('./hash-worker.ts', import.meta.url)) {
    this.#most = most
    this.#thread = thread
  }

  /** Whether `password` is the one behind `hash`. Takes as long for a password that no hash can match. */
  async verify(password: string, hash: string): Promise<boolean> {
    const possible = isPossible(password)
    // Laravel writes $2y$, everyone else $2b$, for one and the same algorithm.
    const matches = await this.#ask(possible ? password : 'never', hash.replace(/^\$2y\$/, '$2b$'))
    return possible && matches
  }

  close(): void {
    for (const { worker } of this.#workers.splice(0)) worker.terminate()
    for (const answer of this.#waiting.values()) answer.reject(new Error('closed while checking a password'))
    this.#waiting.clear()
  }

  #ask(password: string, hash: string): Promise<boolean> {
    const number = this.#asked++
    const answer = Promise.withResolvers<boolean>()
    this.#waiting.set(number, answer)
    const idlest = this.#idlest()
    idlest.asked.add(number)
    idlest.worker.postMessage({ number, password, hash } satisfies HashQuestion)
    return answer.promise
  }

  #idlest() {
    const idle = this.#workers.find(({ asked }) => asked.size === 0)
    if (idle) return idle
    if (this.#workers.length < this.#most) return this.#start()
    return this.#workers.reduce((least, other) => (other.asked.size < least.asked.size ? other : least))
  }

  #start() {
    const worker = new Worker(this.#thread)
    const started = { worker, asked: new Set<number>() }
    worker.unref()
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      started.asked.delete(data.number)
      this.#waiting.get(data.number)?.resolve(data.matches)
      this.#waiting.delete(data.number)
    }
    worker.onerror = (event) => {
      // Its questions fail, and the next one starts a fresh thread.
      const place = this.#workers.indexOf(started)
      if (place >= 0) this.#workers.splice(place, 1)
      for (const number of started.asked) {
        this.#waiting.get(number)?.reject(new Error(`checking a password failed: ${event.message}`))
        this.#waiting.delete(number)
      }
      worker.terminate()
    }
    this.#workers.push(started)
    return started
  }
}

/** Whether any hash can match it. */
export function isPossible(password: string): boolean {
  return Buffer.byteLength(password) <= MOST_PASSWORD_BYTES && !password.includes('\0')
}

export function isBcrypt(hash: string): boolean {
  return /^\$2[aby]\$(?:0[4-9]|1\d)\$[./A-Za-z0-9]{53}$/.test(hash)
}
