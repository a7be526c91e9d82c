// Sockets that keep a record: where each was to go on from, what was said over it, and every frame that came.
import type { Cursor } from '../../protocol/event.ts'
import type { ClientFrame, EventFrame, ServerFrame, WelcomeFrame } from './v1.ts'
import { isEvent } from './v1.ts'

/** One connection of one client, from its handshake to its close. */
export interface Visit {
  readonly who: string
  /** What it asked to go on from; `null` where it began afresh. */
  readonly asked: Cursor | null
  readonly said: ClientFrame[]
  readonly frames: ServerFrame[]
  closed: { readonly code: number; readonly reason: string } | null
}

/** A `WebSocket` for the SDK, or for anyone: every one that is opened adds a visit. */
export function recordedSocket(who: string, visits: Visit[]): typeof WebSocket {
  return class extends WebSocket {
    readonly #visit: Visit

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.#visit = { who, asked: askedIn(new URL(url)), said: [], frames: [], closed: null }
      visits.push(this.#visit)
      this.addEventListener('message', ({ data }) => {
        this.#visit.frames.push(JSON.parse(String(data)) as ServerFrame)
      })
      this.addEventListener('close', ({ code, reason }) => {
        this.#visit.closed = { code, reason }
      })
    }

    override send(text: string): void {
      this.#visit.said.push(JSON.parse(text) as ClientFrame)
      super.send(text)
    }
  } as typeof WebSocket
}

export function welcomeIn({ frames }: Visit): WelcomeFrame | null {
  const [first] = frames
  return first?.type === 'welcome' ? first : null
}

/** Every event that it was told, with those that the welcome brought. */
export function eventsIn(visit: Visit): readonly EventFrame[] {
  return [...(welcomeIn(visit)?.events ?? []), ...visit.frames.filter(isEvent)]
}

/** Up to where it was told everything; `null` before it was welcomed. */
export function endOf(visit: Visit): Cursor | null {
  const welcome = welcomeIn(visit)
  if (!welcome) return null
  return { epoch: welcome.epoch, offset: visit.frames.findLast(isEvent)?.offset ?? welcome.offset }
}

function askedIn({ searchParams }: URL): Cursor | null {
  const [since, epoch] = [searchParams.get('since'), searchParams.get('epoch')]
  return since !== null && epoch !== null ? { epoch, offset: Number(since) } : null
}
