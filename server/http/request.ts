// What the door reads off a request: where it comes from, what it prefers, and what it carries.
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { Refusal } from '../../protocol/refusal.ts'
import type { TicketKeys } from '../chat/ticket.ts'
import { rawPath } from './path.ts'
import type { Proxies, Way } from './proxies.ts'
import type { SocketData } from './websocket.ts'

export interface Env {
  readonly Bindings: { readonly server: Bun.Server<SocketData> }
  /**
   * `email` is what a form held, so that nobody has to type it again after a refusal; `request` names the request in the log;
   * `upgraded` says that it has become a socket, of which its answer knows nothing; `cookieless` that it comes from a page that may
   * ask, but never with the cookie of whoever looks at it.
   */
  readonly Variables: Way & { email?: string; request: string; upgraded?: boolean; cookieless?: boolean }
}

/** What the door knows of where it stands. */
export interface Place {
  /** The one origin that it answers to, or `null` to go by the Host header. */
  readonly publicOrigin: string | null
  readonly allowedOrigins: readonly string[]
  readonly frameAncestors: readonly string[]
  readonly proxies: Proxies
  /** Of the tickets: whoever has them runs the chat. */
  readonly keys: TicketKeys
  /** Whether this process itself speaks TLS. */
  readonly tls: boolean
}

/** Where the request comes from. Asked first of all: a middleware that reads the body replaces the request, and the address is lost. */
export function noteWay(c: Context<Env>, { proxies }: Place): void {
  const peer = c.env.server.requestIP(c.req.raw)?.address ?? 'unknown'
  const said = (header: string) => c.req.header(header) ?? ''
  const { address, scheme } = proxies.wayOf(peer, said('X-Forwarded-For'), said('X-Forwarded-Proto'))
  c.set('address', address)
  c.set('scheme', scheme)
}

/** What is noted of a request. The route's first part alone: in the rest somebody may have put a ticket. */
export function askingOf(c: Context<Env>) {
  const route = rawPath(c).split('/', 2).join('/')
  return { from: c.get('address'), request: `${c.req.method} ${route}`, email: c.get('email') }
}

export function bearerOf(c: Context<Env>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
}

export function prefersHtml(c: Context<Env>): boolean {
  const supports = ['application/json', 'text/html']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
}

export function prefersGerman(c: Context<Env>): boolean {
  return accepts(c, { header: 'Accept-Language', supports: ['en', 'de'], default: 'en', match: firstLanguage }) === 'de'
}

/** The origin under which people reach this server. */
export function ownOrigin(c: Context<Env>, place: Place): string {
  if (place.publicOrigin) return place.publicOrigin
  const scheme = isSecure(c, place) ? 'https' : 'http'
  const named = `${scheme}://${c.req.header('Host') ?? ''}`
  return URL.canParse(named) ? named : `${scheme}://localhost`
}

/** Whether people come over TLS, as far as it is known. */
export function isSecure(c: Context<Env>, place: Place): boolean {
  return place.tls || place.publicOrigin?.startsWith('https:') === true || c.get('scheme') === 'https'
}

/** A browser asks whether a page may ask. Any other OPTIONS is a method like those that no address takes (rule E3). */
export function isPreflight(c: Context<Env>): boolean {
  return c.req.header('Origin') !== undefined && c.req.header('Access-Control-Request-Method') !== undefined
}

/** Rule C6. Clients that are no browser send no Origin; a page elsewhere must not act with somebody's cookie or ticket. */
export function refuseForeignOrigin(c: Context<Env>, place: Place): void {
  const sent = c.req.header('Origin')
  if (sent === undefined) {
    // A browser that does not say which page it was says at least that it was not ours.
    if (['same-origin', 'none', undefined].includes(c.req.header('Sec-Fetch-Site'))) return
    throw originRefused()
  }
  const origin = withoutDefaultPort(sent.toLowerCase().replace(/^ws(s?):/, 'http$1:'))
  if (isOwn(origin, c, place)) return
  if (!place.allowedOrigins.includes(origin)) throw originRefused()
  c.set('cookieless', true)
}

function originRefused(): Refusal {
  return new Refusal('origin_refused', 'Cannot accept the request: it comes from a page of another site')
}

function isOwn(origin: string, c: Context<Env>, place: Place): boolean {
  if (place.publicOrigin) return origin === place.publicOrigin
  const host = c.req.header('Host')?.toLowerCase()
  if (!host) return false
  // Unless a proxy that is known says so, it is not known whether one in front speaks TLS: then both schemes of the host count.
  const scheme = c.get('scheme')
  const is = (own: string) => origin === withoutDefaultPort(own)
  return (scheme !== 'https' && is(`http://${host}`)) || (scheme !== 'http' && is(`https://${host}`))
}

/** Some clients name the port in Host even where it goes without saying: the phone app's library does. */
function withoutDefaultPort(origin: string): string {
  return origin.replace(/^(http:\/\/[^/]+):80$|^(https:\/\/[^/]+):443$/, '$1$2')
}

function firstLanguage(
  wanted: { type: string; q: number }[],
  { supports, default: usual }: { supports: string[]; default: string },
) {
  const ranked = wanted.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q)
  const known = ranked.map(({ type }) => type.toLowerCase().split('-')[0] ?? '')
  return known.find((language) => supports.includes(language)) ?? usual
}
