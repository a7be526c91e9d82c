// Every route on one screen.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Arrivals } from '../chat/arrivals.ts'
import type { Auditor } from '../chat/auditor.ts'
import type { Exports } from '../chat/exports.ts'
import type { Gate } from '../chat/gate.ts'
import type { SignIns } from '../chat/sign-in.ts'
import { asyncApi } from './api/asyncapi.ts'
import { openApi } from './api/openapi.ts'
import { limitBody } from './body.ts'
import { exportRoom } from './export.ts'
import { headersOf, lengthOfHead } from './headers.ts'
import { health } from './health.ts'
import { login, logout, tickets } from './login.ts'
import { type Metrics, metrics } from './metrics.ts'
import { type PageFiles, serveFile } from './page/files.ts'
import { docsPage } from './pages/docs.ts'
import { homePage } from './pages/home.ts'
import { stylesheet } from './pages/stylesheet.ts'
import { routedPath } from './path.ts'
import { notFound, onlyAllows, refused } from './problem.ts'
import { type Readiness, ready } from './ready.ts'
import { type Env, isPreflight, isSecure, noteWay, ownOrigin, type Place, refuseForeignOrigin } from './request.ts'
import { endSignIn, listSignIns } from './sign-ins.ts'
import { chat } from './socket.ts'
import { type DoorWatch, watching } from './watching.ts'

/** What of the chat the door opens onto. */
export interface Behind {
  readonly signIns: SignIns
  readonly gate: Gate
  readonly arrivals: Arrivals
  readonly auditor: Auditor
  readonly exports: Exports
  /** The web page, as it was bundled. */
  readonly page: PageFiles
  readonly watch: DoorWatch
  readonly readiness: Readiness
  readonly figures: Metrics
}

export function app(
  { signIns, gate, arrivals, auditor, exports, page, watch, readiness, figures }: Behind,
  place: Place,
  now: () => number,
): Hono<Env> {
  const app = new Hono<Env>({ getPath: routedPath })
  app.use(watching(watch, place.proxies), lengthOfHead)
  const kinds = headersOf(page, place.frameAncestors)
  app.use((c, next) => kinds[kindOf(c.req.path)](c, next))
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store') // Answers hold tickets. What may be kept says so itself.
    noteWay(c, place)
    if (isSecure(c, place)) c.header('Strict-Transport-Security', 'max-age=31536000')
    if (c.req.method === 'POST') refuseForeignOrigin(c, place)
    await next()
  })
  // Pages of these origins may ask, but never with the cookie: they keep the sign-in themselves ("remember": "token").
  const listed = place.allowedOrigins.length > 0 && cors({ ...CROSS_ORIGIN, origin: [...place.allowedOrigins] })
  const anyone = cors({ origin: '*', allowMethods: ['GET'] })
  app.use((c, next) => {
    const may = kindOf(c.req.path) === 'forAll' ? anyone : listed
    return may && (c.req.method !== 'OPTIONS' || isPreflight(c)) ? may(c, next) : next()
  })
  app.onError(refused(watch.clock, auditor))
  app.notFound(notFound)

  app.get('/', (c) => c.html(homePage(c, page)))
  app.post('/login', limitBody, login(signIns, auditor, place))
  app.post('/tickets', limitBody, tickets(signIns, auditor, place))
  app.post('/logout', limitBody, logout(signIns, auditor, place))
  app.get('/sign-ins', listSignIns(signIns))
  app.post('/sign-ins/:id/end', endSignIn(signIns, place))
  app.get('/chat/:monitor_id{.+}', chat(gate, arrivals, auditor, place, watch))
  app.get('/rooms/:monitor_id{.+}/export', exportRoom(exports, place))

  app.get('/openapi.json', (c) => c.json(openApi(ownOrigin(c, place))))
  app.get('/asyncapi.json', (c) => c.json(asyncApi(ownOrigin(c, place))))
  app.get('/docs', (c) => c.html(docsPage(c, place)))
  app.get('/health', health(place, now))
  app.get('/ready', ready(readiness))
  app.get('/metrics', metrics(figures))
  app.get('/assets/pages.css', stylesheet)
  app.get('/assets/:name', (c) => serveFile(c, page, c.req.param('name')) ?? c.notFound())
  for (const name of ROOT_FILES) app.get(`/${name}`, (c) => serveFile(c, page, name) ?? c.notFound())

  for (const path of ['/login', '/tickets', '/logout', '/sign-ins/:id/end']) app.all(path, onlyAllows('POST'))
  const readable = [
    '/',
    '/sign-ins',
    '/chat/:monitor_id{.+}',
    '/rooms/:monitor_id{.+}/export',
    '/openapi.json',
    '/asyncapi.json',
    '/docs',
    '/health',
    '/ready',
    '/metrics',
    '/assets/pages.css',
    '/assets/:name',
    ...ROOT_FILES.map((name) => `/${name}`),
  ]
  for (const path of readable) app.all(path, onlyAllows('GET', 'HEAD'))
  return app
}

/** Files whose place says what they may do: a service worker serves what lies beside it. */
const ROOT_FILES = ['service-worker.js', 'manifest.webmanifest', 'widget.js']

/** The widget's files are for every page that wants to show it; whether it may talk is another question. */
function kindOf(path: string): 'usual' | 'page' | 'worker' | 'forAll' {
  if (path === '/') return 'page'
  if (path === '/service-worker.js') return 'worker'
  return path === '/widget.js' || path.startsWith('/assets/') ? 'forAll' : 'usual'
}

const CROSS_ORIGIN = {
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['Authorization', 'Content-Type'],
  exposeHeaders: ['Retry-After'],
  maxAge: 3600,
}
