// What Bun calls for every open socket: the way between a socket and its session.
import { CLOSE, type Close } from '../../protocol/close.ts'
import type { Seat } from '../chat/arrivals.ts'
import type { Pass } from '../chat/gate.ts'
import { type PlainLimits, receivePlain } from '../chat/plain.ts'
import type { Room } from '../chat/room.ts'
import { type Protocol, Session, type Socket } from '../chat/session.ts'
import type { Missed } from '../chat/tail.ts'
import { type V1Limits, V1Session } from '../chat/v1.ts'
import type { Heartbeat } from './heartbeat.ts'

/** Somebody who comes in: with what, speaking what, and what they have missed. */
export interface Entrance extends Pass {
  readonly protocol: Protocol
  readonly missed: Missed | null
  readonly seat: Seat
}

export interface SocketData {
  /** Who comes in, or the close for somebody who can only be told no on an open socket. Let go of as soon as it has been used. */
  entry: Entrance | Close | null
  /** Names the request that opened it, in the log. */
  readonly request: string
  readonly openedAt: number
  inside: Inside | null
  heardAt: number
  closedAt: number | null
  group: number
}

/** Takes one frame. */
export type Receive = (frame: string) => Promise<void>

interface Inside {
  readonly room: Room
  readonly session: Session
  readonly seat: Seat
  readonly receive: Receive
}

/** What the heartbeat needs of a socket. */
export type Beating = Pick<Bun.ServerWebSocket<SocketData>, 'data' | 'ping' | 'terminate' | 'getBufferedAmount'>

/** What is told of a socket: neither whose email it is nor what was said. */
export interface SocketFacts {
  readonly request: string
  readonly room: string
  readonly account: string
  readonly protocol: Protocol
}

export interface SocketWatch {
  opened(facts: SocketFacts): void
  /** `facts` are of a socket that had come in; `null` of one that was only told no. */
  closed(code: number, milliseconds: number, facts: SocketFacts | null): void
  /** Asked once for each socket, so that frames cost nothing where it is not there: what takes its frames instead. */
  readonly receiving?: (facts: SocketFacts, receive: Receive) => Receive
}

export interface SocketLimits {
  readonly frameBytes: number
  readonly backlogBytes: number
  readonly v1: V1Limits
  readonly plain: PlainLimits
}

export function websocket(
  limits: SocketLimits,
  heartbeat: Heartbeat,
  watch: SocketWatch,
  clock: () => number,
): Bun.WebSocketHandler<SocketData> {
  return {
    data: {} as SocketData,
    maxPayloadLength: limits.frameBytes,
    backpressureLimit: 0, // The session decides: Bun would leave frames out and go on.
    idleTimeout: 0, // The heartbeat decides.
    sendPings: false,
    open(ws) {
      heartbeat.add(ws)
      const { entry } = ws.data
      ws.data.entry = null
      if (!entry) return
      if ('code' in entry) return close(ws, entry, clock())
      ws.cork(() => enter(ws, entry))
    },
    message(ws, frame) {
      const { data } = ws
      data.heardAt = clock()
      const { inside } = data
      if (!inside) return
      if (typeof frame !== 'string') return inside.session.close(CLOSE.binary)
      inside.receive(frame).catch((error) => {
        console.error(`a frame in room ${JSON.stringify(inside.room.id)} failed: ${error}`)
        inside.session.close(CLOSE.failed)
      })
    },
    ping(ws) {
      ws.data.heardAt = clock()
      // Each has been answered already, and whoever asks without end and reads nothing would have us keep all the answers.
      ws.data.inside?.session.closeIfTooSlow()
    },
    pong(ws) {
      ws.data.heardAt = clock()
    },
    close(ws, code) {
      heartbeat.remove(ws)
      const { inside } = ws.data
      inside?.seat.leave()
      inside?.room.leave(inside.session)
      watch.closed(code, clock() - ws.data.openedAt, factsOf(ws.data))
      ws.data.inside = null
    },
  }

  function enter(ws: Bun.ServerWebSocket<SocketData>, entry: Entrance): void {
    const { account, room, protocol, seat } = entry
    const session = new Session({
      account: account.id,
      member: { email: account.email, name: account.name },
      protocol,
      signIn: entry.ticket.signIn,
      socket: new LiveSocket(ws, clock),
      mostBacklogBytes: limits.backlogBytes,
    })
    const facts = { request: ws.data.request, room: room.id, account: account.id, protocol }
    const receive = receiverOf(room, session)
    ws.data.inside = { room, session, seat, receive: watch.receiving ? watch.receiving(facts, receive) : receive }
    watch.opened(facts) // Before it joins: whoever is closed on the way in has been counted.
    room.join(session, entry.chat, entry.missed)
  }

  function receiverOf(room: Room, session: Session): Receive {
    if (session.protocol === 'plain') return (frame) => receivePlain(room, session, frame, limits.plain)
    const v1 = new V1Session(room, session, limits.v1, clock)
    return (frame) => v1.receive(frame)
  }
}

/** One object without a closure of its own for each verb: there are as many of these as there are people. */
class LiveSocket implements Socket {
  readonly #ws: Bun.ServerWebSocket<SocketData>
  readonly #clock: () => number

  constructor(ws: Bun.ServerWebSocket<SocketData>, clock: () => number) {
    this.#ws = ws
    this.#clock = clock
  }

  /** Corked, so that what was broadcast to it before goes out in the same write. */
  send(text: string): void {
    this.#ws.cork((ws) => ws.sendText(text))
  }

  subscribe(topic: string): void {
    this.#ws.subscribe(topic)
  }

  close(reason: Close): void {
    close(this.#ws, reason, this.#clock())
  }

  backlog(): number {
    return this.#ws.getBufferedAmount()
  }
}

function factsOf({ inside, request }: SocketData): SocketFacts | null {
  if (!inside) return null
  const { room, session } = inside
  return { request, room: room.id, account: session.account, protocol: session.protocol }
}

function close(ws: Bun.ServerWebSocket<SocketData>, { code, reason }: Close, now: number): void {
  ws.data.closedAt ??= now
  ws.close(code, reason)
}
