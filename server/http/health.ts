// GET /health: whether the process is there to answer. What it depends on is not asked: that would restart it for nothing.
import type { Context, Handler } from 'hono'
import { isOperator } from '../chat/operator.ts'
import { bearerOf, type Env, type Place } from './request.ts'

/** Which way a request came, as it was seen here: for whoever runs the chat and wonders what the proxy does. */
export interface SeenWay {
  /** The other end of the connection, and whether it is a proxy that is known. */
  readonly peer: string
  readonly trusted: boolean
  /** What counts as the address of whoever asked, and the scheme they came by, where that is known. */
  readonly address: string
  readonly scheme: string | null
  readonly host: string
  readonly forwardedFor: string
}

export function health(place: Place, now: () => number): Handler<Env> {
  return async (c) => {
    const shown = await isOperator(place.keys, bearerOf(c), now)
    return c.json({ status: 'ok', ...(shown ? { way: seenWay(c, place) } : {}) })
  }
}

function seenWay(c: Context<Env>, { proxies }: Place): SeenWay {
  const peer = c.env.server.requestIP(c.req.raw)?.address ?? 'unknown'
  return {
    peer,
    trusted: proxies.trust(peer),
    address: c.get('address'),
    scheme: c.get('scheme'),
    host: c.req.header('Host') ?? '',
    forwardedFor: c.req.header('X-Forwarded-For') ?? '',
  }
}
