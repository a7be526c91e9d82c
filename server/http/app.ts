// Every route on one screen.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { Gate } from '../chat/gate.ts'
import type { SignIns } from '../chat/sign-in.ts'
import { asyncApi } from './api/asyncapi.ts'
import { openApi } from './api/openapi.ts'
import { limitBody } from './body.ts'
import { health } from './health.ts'
import { login, logout, tickets } from './login.ts'
import { docsPage } from './pages/docs.ts'
import { homePage } from './pages/home.ts'
import { stylesheet } from './pages/stylesheet.ts'
import { notFound, onlyAllows, refused } from './problem.ts'
import { type Env, noteAddress, ownOrigin, type Place, refuseForeignOrigin } from './request.ts'
import { chat } from './socket.ts'

/** What of the chat the door opens onto. */
export interface Behind {
  readonly signIns: SignIns
  readonly gate: Gate
}

export function app({ signIns, gate }: Behind, place: Place, now: () => number): Hono<Env> {
  const app = new Hono<Env>()
  app.use(secureHeaders(HEADERS))
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store') // Answers hold tickets. What may be kept says so itself.
    noteAddress(c)
    if (c.req.method === 'POST') refuseForeignOrigin(c, place)
    await next()
  })
  // Pages of these origins may ask, but never with the cookie: they keep the sign-in themselves ("remember": "token").
  if (place.allowedOrigins.length > 0) app.use(cors({ ...CROSS_ORIGIN, origin: [...place.allowedOrigins] }))
  app.onError(refused(now))
  app.notFound(notFound)

  app.get('/', (c) => c.html(homePage(c)))
  app.post('/login', limitBody, login(signIns, place))
  app.post('/tickets', limitBody, tickets(signIns, place))
  app.post('/logout', limitBody, logout(signIns, place))
  app.get('/chat/:monitor_id{.+}', chat(gate, place, now))

  app.get('/openapi.json', (c) => c.json(openApi(ownOrigin(c, place))))
  app.get('/asyncapi.json', (c) => c.json(asyncApi(ownOrigin(c, place))))
  app.get('/docs', (c) => c.html(docsPage(c, place)))
  app.get('/health', health)
  app.get('/assets/pages.css', stylesheet)

  for (const path of ['/login', '/tickets', '/logout']) app.all(path, onlyAllows('POST'))
  const readable = [
    '/',
    '/chat/:monitor_id{.+}',
    '/openapi.json',
    '/asyncapi.json',
    '/docs',
    '/health',
    '/assets/pages.css',
  ]
  for (const path of readable) app.all(path, onlyAllows('GET', 'HEAD'))
  return app
}

const CROSS_ORIGIN = {
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['Authorization', 'Content-Type'],
  exposeHeaders: ['Retry-After'],
  maxAge: 3600,
}

/** Our pages need one stylesheet and a form, and nothing from elsewhere. */
const HEADERS = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // Not 'no-referrer': with that, browsers send our own form with "Origin: null".
  referrerPolicy: 'same-origin',
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0]
