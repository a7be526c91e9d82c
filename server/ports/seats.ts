// What the chat needs of the processes beside this one before it lets somebody in: how many sockets they hold for the same subject.

/** What this process holds itself. Only what is limited is named here. */
export interface Held {
  readonly size: number
  subjects(): Iterable<string>
  /** 0 where there is none. */
  of(subject: string): number
}

/**
 * Adds up what all processes that share a store hold for a subject. A process that dies is forgotten within `GONE_MILLISECONDS`, and
 * what was not heard of a change is made up for. While the store does not answer, what this process holds is all that counts.
 */
export interface Seats {
  /** Names what is held here. Called once, before anything else. */
  open(held: Held): void
  /**
   * Whether what is held here, the new one included, and what others hold is `most` at most; if so that is noted in the same step, so
   * that of simultaneous tries none slips in above it. One round trip at most. Never throws.
   */
  take(subject: string, most: number): Promise<boolean>
  /** Fewer are held here than before. Never waits and never throws; known to the others a moment later. */
  changed(subject: string): void
}
