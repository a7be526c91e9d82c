// What is stored is to survive the loss of the master too: whoever waits for it waits until one replica has it.
import type { Reply } from './client.ts'

export interface Replicas {
  /** Takes in the answer to ROLE. */
  learn(role: Reply): void
  /** The answer, once a replica has what the command wrote. */
  kept(answer: Promise<Reply>): Promise<Reply>
}

export interface ReplicasParts {
  readonly send: (command: readonly string[]) => Promise<Reply>
  /** Resolves when it is sure that this is the master still; breaks the line if it is not. */
  readonly alone: () => Promise<void>
}

const WAIT_MILLISECONDS = 500
/** A replica that does not keep up must not slow the chat down for long. */
const PAUSE_MILLISECONDS = 10_000

export function replicas({ send, alone }: ReplicasParts): Replicas {
  let following = 0
  let pausedUntil = 0
  let waiting: Promise<void> | undefined
  let watching: Promise<void> | undefined

  return {
    learn(role) {
      const before = following
      const [name, , list] = Array.isArray(role) ? role : []
      following = name === 'master' && Array.isArray(list) ? list.length : 0
      if (before > 0 && following === 0) watch().catch(() => {}) // Whoever waits is told.
    },

    async kept(answer) {
      const others = watching ?? (following > 0 && performance.now() >= pausedUntil ? wait() : undefined)
      if (!others) return answer
      const [reply] = await Promise.all([answer, others])
      return reply
    },
  }

  /** One WAIT holds for everything that was sent before it, so the commands of a tick share one: still one round trip. */
  function wait(): Promise<void> {
    waiting ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        waiting = undefined
        send(['WAIT', '1', String(WAIT_MILLISECONDS)])
          .then(reached)
          .then(resolve, reject)
      })
    })
    return waiting
  }

  async function reached(count: Reply): Promise<void> {
    if (Number(count) >= 1) return
    await watch()
    if (performance.now() < pausedUntil) return
    pausedUntil = performance.now() + PAUSE_MILLISECONDS
    console.error(
      `no replica of the message store took what was stored within ${WAIT_MILLISECONDS} ms: for ${PAUSE_MILLISECONDS / 1_000} s only the master vouches for it`,
    )
  }

  /** A replica that leaves may have been made the master, which this one learns later than the replica: what it stores until then is lost. */
  function watch(): Promise<void> {
    watching ??= alone().finally(() => {
      watching = undefined
    })
    return watching
  }
}
