// GET /chat/:monitor_id: an HTTP request becomes a session, or is told why not.
import type { Context, Handler } from 'hono'
import { CLOSE, type Close, closeOf } from '../../protocol/close.ts'
import { PLAIN } from '../../protocol/plain.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Gate, Pass } from '../chat/gate.ts'
import { receivePlain } from '../chat/plain.ts'
import { Session } from '../chat/session.ts'
import type { Heartbeat } from './heartbeat.ts'
import { bearerOf, type Env, type Place, rawPath, refuseForeignOrigin } from './request.ts'

const V1 = 'propromo.chat.v1'
const BEARER = 'bearer.'

export interface SocketData {
  /** Who comes in, or the close for somebody who can only be told no on an open socket. */
  readonly entry: Pass | Close
  session: Session | null
  heardAt: number
  closedAt: number | null
  group: number
}

/** What the heartbeat needs of a socket. */
export type Beating = Pick<Bun.ServerWebSocket<SocketData>, 'data' | 'ping' | 'terminate'>

export interface SocketLimits {
  readonly textBytes: number
  readonly backlogBytes: number
}

export function chat(gate: Gate, place: Place, now: () => number): Handler<Env> {
  return async (c) => {
    const offered = (c.req.header('Sec-WebSocket-Protocol') ?? '').split(',').map((name) => name.trim())
    const upgrading = isUpgrade(c)
    try {
      refuseForeignOrigin(c, place)
      const pass = await gate.check(rawPath(c).slice('/chat/'.length), ticketOf(c, offered))
      if (!upgrading) throw upgradeRequired()
      if (offered.includes(V1)) throw unsupported()
      await gate.redeem(pass)
      return upgrade(c, pass, plainAnswer(offered), now())
    } catch (error) {
      // A browser cannot read the status of a refused upgrade, so v1 is let in and closed with a code (rule C5).
      const readsCloses = upgrading && offered.includes(V1) && error instanceof Refusal
      if (!readsCloses || error.code === 'protocol_unsupported') throw error
      return upgrade(c, closeOf(error.code), V1, now())
    }
  }
}

/** What Bun calls for every open socket. */
export function websocket(
  limits: SocketLimits,
  heartbeat: Heartbeat,
  now: () => number,
): Bun.WebSocketHandler<SocketData> {
  return {
    data: {} as SocketData,
    // A message of the longest text fits even if the client escapes every byte of it.
    maxPayloadLength: Math.min(limits.textBytes * 6 + 4096, 16 * 1024 * 1024),
    backpressureLimit: 0, // The session decides: Bun would leave frames out and go on.
    idleTimeout: 0, // The heartbeat decides.
    sendPings: false,
    open(ws) {
      heartbeat.add(ws)
      const { entry } = ws.data
      if ('code' in entry) return close(ws, entry, now())
      const socket = {
        send: (text: string) => void ws.sendText(text),
        close: (reason: Close) => close(ws, reason, now()),
        backlog: () => ws.getBufferedAmount(),
      }
      const session = new Session(entry.member, entry.ticket.signIn, socket, limits.backlogBytes)
      ws.data.session = session
      ws.cork(() => entry.room.join(session))
    },
    message(ws, frame) {
      const { entry, session } = ws.data
      ws.data.heardAt = now()
      if (!session || 'code' in entry) return
      if (typeof frame !== 'string') return session.close(CLOSE.binary)
      receivePlain(entry.room, session, frame, limits.textBytes).catch((error) => {
        console.error(`a frame in room ${JSON.stringify(entry.room.id)} failed: ${error}`)
        session.close(CLOSE.failed)
      })
    },
    ping(ws) {
      ws.data.heardAt = now()
    },
    pong(ws) {
      ws.data.heardAt = now()
    },
    close(ws) {
      heartbeat.remove(ws)
      const { entry, session } = ws.data
      if (session && !('code' in entry)) entry.room.leave(session)
    },
  }
}

function upgrade(c: Context<Env>, entry: Pass | Close, answer: string, now: number): Response {
  const data: SocketData = { entry, session: null, heardAt: now, closedAt: null, group: 0 }
  // Always named, because Bun would otherwise answer with whatever was offered first: that may be the ticket.
  const headers = { 'Sec-WebSocket-Protocol': answer }
  if (c.env.server.upgrade(c.req.raw, { data, headers })) return c.body(null)
  throw new Refusal('upgrade_required', 'Cannot open the room: the WebSocket handshake is incomplete')
}

function close(ws: Bun.ServerWebSocket<SocketData>, { code, reason }: Close, now: number): void {
  ws.data.closedAt ??= now
  ws.close(code, reason)
}

/** A handshake that will succeed: once the ticket is spent it is too late to find a fault in it. */
function isUpgrade(c: Context<Env>): boolean {
  return (
    c.req.header('Upgrade')?.toLowerCase() === 'websocket' &&
    c.req.header('Sec-WebSocket-Version') === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(c.req.header('Sec-WebSocket-Key') ?? '')
  )
}

/** Query, header or subprotocol (rules C1 and C3). */
function ticketOf(c: Context<Env>, offered: readonly string[]): string | undefined {
  const named = offered.find((name) => name.startsWith(BEARER))
  return c.req.query('auth') || bearerOf(c) || named?.slice(BEARER.length)
}

/** Most clients give up unless one of their offers is answered, so an offer of nothing but the ticket is answered with it. */
function plainAnswer(offered: readonly string[]): string {
  if (offered.includes(PLAIN)) return PLAIN
  return offered.find((name) => name.startsWith(BEARER)) ?? ''
}

function upgradeRequired(): Refusal {
  return new Refusal('upgrade_required', 'Cannot open the room: this address takes WebSocket connections only')
}

function unsupported(): Refusal {
  const message = 'Cannot open the room: this server does not speak propromo.chat.v1 yet; leave the subprotocol out'
  return new Refusal('protocol_unsupported', message)
}
