// The way to Redis, be it one process, a master that Sentinel names, or a Cluster: it comes back by itself, and never waits long.
import { type Address, describeAddress } from './address.ts'
import type { Reply } from './client.ts'
import { Opened } from './opened.ts'
import type { Script } from './script.ts'
import type { Listener, Subscription } from './subscriptions.ts'

export type { Listener, Reply, Subscription }

/**
 * Every verb is answered or refused within `PATIENCE_MILLISECONDS`: trouble of any kind is `Refusal('store_unavailable')`, logged once
 * per outage. What has certainly not run is tried again until then; what may have run is tried again only if `repeatable`.
 */
export interface Connection {
  /**
   * Runs the script at the Redis that keeps its keys, which all bear the same hash tag (`{…}`) as every key that it makes up itself.
   * A `timely` script gets its deadline as one more argument before these and takes it away again: `ARGV[1]` is the first of `args`.
   */
  run(script: Script, keys: readonly [string, ...string[]], args?: readonly (string | number)[]): Promise<Reply>
  /** A command at the Redis that keeps the key (which is not added to it). `repeatable` as for scripts. */
  send(key: string, command: readonly string[], options?: { readonly repeatable?: boolean }): Promise<Reply>
  /**
   * Asks the Redis that keeps the key about itself, also what no script may ask. Nothing tells whether the answer is meant for
   * it: for commands, not for conversations.
   */
  askServer(key: string, command: readonly string[]): Promise<Reply>
  /**
   * Every key that matches, at every Redis that keeps some; each once. Walks through all that there is, a little at a time: for
   * commands, not for conversations.
   */
  scan(pattern: string): Promise<readonly string[]>
  /** Tells everyone who is subscribed to this sharded channel, and nobody else (SPUBLISH). */
  publish(channel: string, text: string): Promise<void>
  /** Resolves when everything that is published from now on is heard, until it is stopped. A channel has one listener at most. */
  subscribe(channel: string, listener: Listener): Promise<Subscription>
  /** Whether every part of it answered when last asked, for `/ready`. Asks by itself every second. */
  readonly answering: boolean
  /** Calls back each time that Redis answers again after an outage. Returns what stops that. */
  onRecovered(hear: () => void): () => void
  /** Resolves when everything that was asked for before has been answered or refused. */
  settled(): Promise<void>
  /** Refuses what waits and everything after. Twice is harmless. */
  close(): void
}

export const PATIENCE_MILLISECONDS = 2_000

/** Throws an error with a sentence that says why Redis cannot be used, and holds no credentials. */
export async function connect(address: Address): Promise<Connection> {
  const opened = new Opened(address)
  try {
    await opened.reach()
    return opened
  } catch (error) {
    opened.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`cannot reach ${describeAddress(address)}: ${reason}`)
  }
}
