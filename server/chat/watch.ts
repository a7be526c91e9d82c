// What the chat tells whoever watches it. It is handed in as the clock is: the chat knows neither figures nor lines of a log.
import type { RoomEvent } from '../../protocol/event.ts'
import type { FrameRefusalCode, RefusalCode } from '../../protocol/refusal.ts'

export interface Watch {
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
  /** Somebody did something: the clock, or 0 where nobody wants to know how long it takes. */
  arrived(): number
  /** It was told here: what `arrived` gave, and the clock when it was stored, or 0. */
  received(type: RoomEvent['type'], since: number, storedAt: number): void
  /** An event was given to so many sockets. */
  told(sockets: number): void
  /** Somebody on an open socket was told no. */
  refused(code: RefusalCode | FrameRefusalCode): void
}

/** For a chat that nobody watches. */
export const UNWATCHED: Watch = {
  clock: () => 0,
  arrived: () => 0,
  received: () => {},
  told: () => {},
  refused: () => {},
}
