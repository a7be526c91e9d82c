// The path of a request: as routes are found by it, and as it was sent.
import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'

/** The path that a route is found by. */
export function routedPath(request: Request): string {
  return getPath(lacksHost(request) ? new Request(`http://localhost${request.url}`) : request)
}

/** The path as it was sent, since a room's id may hold percent signs of its own (rule C2). */
export function rawPath(c: Context): string {
  const { url } = c.req
  const path = lacksHost(c.req) ? url : url.slice(url.indexOf('/', url.indexOf('://') + 3))
  return path.split(/[?#]/, 1)[0] ?? '/'
}

/** Of a client that names no host, or nothing that could be one, the runtime tells the target alone. */
function lacksHost({ url }: { readonly url: string }): boolean {
  return url.startsWith('/')
}
