// GET /chat/:monitor_id: an HTTP request becomes a session, or is told why not.
import type { Context, Handler } from 'hono'
import { type Close, closeOf } from '../../protocol/close.ts'
import type { Cursor } from '../../protocol/event.ts'
import { PLAIN } from '../../protocol/plain.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { V1 } from '../../protocol/v1.ts'
import type { Arrivals, Seat } from '../chat/arrivals.ts'
import type { Auditor } from '../chat/auditor.ts'
import type { Gate } from '../chat/gate.ts'
import { rawPath } from './path.ts'
import { askingOf, bearerOf, type Env, type Place, refuseForeignOrigin } from './request.ts'
import type { DoorWatch } from './watching.ts'
import type { Entrance, SocketData } from './websocket.ts'

const BEARER = 'bearer.'

export function chat(gate: Gate, arrivals: Arrivals, auditor: Auditor, place: Place, watch: DoorWatch): Handler<Env> {
  return async (c) => {
    const offered = (c.req.header('Sec-WebSocket-Protocol') ?? '').split(',').map((name) => name.trim())
    const protocol = offered.includes(V1) ? 'v1' : 'plain'
    const upgrading = isUpgrade(c)
    let seat: Seat | undefined
    try {
      refuseForeignOrigin(c, place)
      seat = arrivals.arrive(c.get('address')) // What only asks is told the same, so it has to be counted the same.
      const pass = await gate.check(rawPath(c).slice('/chat/'.length), tokenOf(c, offered))
      await seat.sit(pass.account.id)
      if (!upgrading) throw upgradeRequired()
      await gate.redeem(pass)
      // Read for whoever has spent a ticket for it, since it may be much.
      const cursor = protocol === 'v1' ? cursorOf(c) : null
      const missed = cursor && (await pass.room.missed(cursor))
      await gate.admit(pass)
      return upgrade(
        c,
        { ...pass, protocol, missed, seat },
        protocol === 'v1' ? V1 : plainAnswer(offered),
        watch.clock(),
      )
    } catch (error) {
      seat?.leave()
      // A browser cannot read the status of a refused upgrade, so v1 is let in and closed with a code (rule C5).
      if (!upgrading || protocol !== 'v1' || !(error instanceof Refusal)) throw error
      watch.refused(error.code)
      auditor.refused(error.code, askingOf(c))
      return upgrade(c, closeOf(error.code), V1, watch.clock())
    }
  }
}

function upgrade(c: Context<Env>, entry: Entrance | Close, answer: string, now: number): Response {
  const request = c.get('request')
  const data: SocketData = { entry, request, inside: null, openedAt: now, heardAt: now, closedAt: null, group: 0 }
  // Always named, because Bun would otherwise answer with whatever was offered first: that may be the ticket.
  const headers = { 'Sec-WebSocket-Protocol': answer, 'X-Request-Id': request }
  if (c.env.server.upgrade(c.req.raw, { data, headers })) {
    c.set('upgraded', true)
    return c.body(null)
  }
  throw new Refusal('upgrade_required', 'Cannot open the room: the WebSocket handshake is incomplete')
}

/** A handshake that will succeed: once the ticket is spent it is too late to find a fault in it. */
function isUpgrade(c: Context<Env>): boolean {
  return (
    c.req.method === 'GET' &&
    c.req.header('Upgrade')?.toLowerCase() === 'websocket' &&
    c.req.header('Sec-WebSocket-Version') === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(c.req.header('Sec-WebSocket-Key') ?? '')
  )
}

/** Query, header or subprotocol (rules C1 and C3). */
function tokenOf(c: Context<Env>, offered: readonly string[]): string | undefined {
  const named = offered.find((name) => name.startsWith(BEARER))
  return c.req.query('auth') || bearerOf(c) || named?.slice(BEARER.length)
}

/** Where a client that comes back has left off (rule V3); what is no cursor is a fresh start. */
function cursorOf(c: Context<Env>): Cursor | null {
  const { since = '', epoch } = c.req.query()
  return epoch && /^\d{1,15}$/.test(since) ? { epoch, offset: Number(since) } : null
}

/** Most clients give up unless one of their offers is answered, so an offer of nothing but the ticket is answered with it. */
function plainAnswer(offered: readonly string[]): string {
  if (offered.includes(PLAIN)) return PLAIN
  return offered.find((name) => name.startsWith(BEARER)) ?? ''
}

function upgradeRequired(): Refusal {
  return new Refusal('upgrade_required', 'Cannot open the room: this address takes WebSocket connections only')
}
