// What every answer tells a browser that it may not do.
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { PageFiles } from './page/files.ts'

type Options = NonNullable<Parameters<typeof secureHeaders>[0]>
type Kind = 'usual' | 'page' | 'worker' | 'forAll'

/** `frameAncestors` are the origins whose pages may show ours in a frame. */
export function headersOf(page: PageFiles, frameAncestors: readonly string[]): Record<Kind, MiddlewareHandler> {
  const kinds = {
    usual: usual(frameAncestors),
    page: pageHeaders(usual(frameAncestors), page),
    worker: workerHeaders(usual(frameAncestors)),
    forAll: { ...usual(frameAncestors), crossOriginResourcePolicy: 'cross-origin' },
  } satisfies Record<Kind, Options>
  return {
    usual: secureHeaders(kinds.usual),
    page: secureHeaders(kinds.page),
    worker: secureHeaders(kinds.worker),
    forAll: secureHeaders(kinds.forAll),
  }
}

/** How long the answer to a GET would be. Without a word about it the runtime says 0, because there is no body to send. */
export const lengthOfHead: MiddlewareHandler = async (c, next) => {
  await next()
  if (c.req.method !== 'HEAD' || !c.res.body) return
  c.header('Content-Length', String((await c.res.clone().arrayBuffer()).byteLength))
}

/** Our pages need one stylesheet and a form, and nothing from elsewhere. */
function usual(frameAncestors: readonly string[]) {
  const framed = frameAncestors.length > 0
  return {
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: framed ? [...frameAncestors] : ["'none'"],
    },
    // The older word for the same; it knows no list.
    xFrameOptions: framed ? false : 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: false, // Said where it is known that people come over TLS.
  } satisfies Options
}

/** A worker goes by the policy that it came with itself: it fetches the page, and nothing from elsewhere. */
function workerHeaders(headers: ReturnType<typeof usual>): Options {
  return { ...headers, contentSecurityPolicy: { ...headers.contentSecurityPolicy, connectSrc: ["'self'"] } }
}

/** The web page runs our script and nobody else's, and speaks to this server alone. */
function pageHeaders(headers: ReturnType<typeof usual>, { bootHash }: PageFiles): Options {
  const contentSecurityPolicy = {
    ...headers.contentSecurityPolicy,
    scriptSrc: ["'self'", bootHash],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    manifestSrc: ["'self'"],
    workerSrc: ["'self'"],
  }
  return { ...headers, contentSecurityPolicy }
}
