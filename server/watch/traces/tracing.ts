// What can be traced, in our words: who traces is loaded only where somebody wants it (opentelemetry.ts).
import type { Answered, Asked } from '../../http/watching.ts'
import type { Receive, SocketFacts } from '../../http/websocket.ts'
import type { Figure } from '../figures.ts'

/** A part of what somebody asked for. Neither name nor facts may hold what a person sent. */
export interface Part {
  readonly name: string
  /** Whether another program does it. */
  readonly isElsewhere?: boolean
  readonly facts?: Readonly<Record<string, string>>
  /**
   * What a frame is called that came to this. Frames are followed from their arrival, but only those that come to a part with
   * such a name: typing and pings would hide the others.
   */
  readonly frame?: string
}

export interface Tracing {
  readonly figures: readonly Figure[]
  /** Does the work as one trace; `answered` tells within it what became of it. */
  request(asked: Asked, work: () => Promise<void>): Promise<void>
  answered(answered: Answered): void
  /** Takes frames of a socket as it did, each as one trace. */
  receiving(facts: SocketFacts, receive: Receive): Receive
  /** Asks, and gives back the answer itself. Outside of what is traced it only asks. */
  part<Answer>(part: Part, ask: () => Answer): Answer
  /** A query of the accounts database, which ended just now. */
  queried(milliseconds: number, answered: boolean): void
  /** Hands over what waits, as far as that can be done in time. Never throws. */
  stop(): Promise<void>
}
