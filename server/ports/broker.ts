// What the chat needs of the processes beside this one: to hear what happens there, and to know who is there.
import type { RoomId } from '../../protocol/chat.ts'
import type { Stored } from './log.ts'

/** What is told but not kept: whoever misses it misses nothing that lasts (rule V7). */
export type Whisper =
  | { readonly type: 'typing'; readonly email: string; readonly on: boolean }
  | { readonly type: 'read'; readonly email: string; readonly upto: number }

/** What a room wants to hear. */
export interface Ear {
  /** An event was stored, by whichever process. Usually in order, perhaps twice, perhaps never: offsets tell. */
  event(stored: Stored): void
  /** Another process said so. */
  whisper(whisper: Whisper): void
  /** Who has a session in the room at any other process; told whenever that changes. */
  elsewhere(emails: ReadonlySet<string>): void
  /** Something may have passed unheard: the log knows what. */
  missed(): void
}

export interface Listening {
  /** A member has their first session here, or has left with their last one. Known to all others, until this process is gone. */
  here(email: string, on: boolean): void
  whisper(whisper: Whisper): void
  /** Stops listening. Twice is harmless. */
  stop(): void
}

/**
 * Carries what happens between the processes that share a store, at most once: the log repairs what it lost. Hears of a room
 * only while it listens there. Never waits and never throws once it listens; a process that dies is forgotten within
 * `GONE_MILLISECONDS`.
 */
export interface Broker {
  /** What happens at another process is usually known here after this long; 0 where there is no other. */
  readonly lagMilliseconds: number
  /** Resolves when everything that is stored from now on will be heard, and `elsewhere` has been told once. */
  listen(room: RoomId, ear: Ear): Promise<Listening>
  /** Tells every process that these sign-ins have ended. */
  signedOut(signIns: readonly string[]): void
  /** Calls `hear` with the sign-ins that another process says have ended. */
  onSignedOut(hear: (signIns: readonly string[]) => void): void
}

export const GONE_MILLISECONDS = 20_000
