// What the client needs of the world around it: time, chance, sockets, and a browser's word on the network.

/** The part of a `WebSocket` that is used: those of browsers, Bun, Node and the package `ws` fit. */
export interface SocketLike {
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
  addEventListener(type: 'error', listener: () => void): void
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike

/** Why to look at the connection now, instead of when it is due. */
export type WakeUp = 'online' | 'offline' | 'visible'

export interface Wake {
  /** `false` only where the machine is sure that it has no network. */
  online(): boolean
  /** Tells of every wake-up from now on; gives back what stops that. */
  listen(woken: (by: WakeUp) => void): () => void
}

export interface World {
  readonly WebSocket: SocketClass
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** As `Math.random`. */
  readonly random: () => number
  /** Runs `work` later; gives back what calls it off. */
  readonly after: (milliseconds: number, work: () => void) => () => void
  readonly wake: Wake
  /** A name that nobody else gives, for what is sent; at most 64 characters. */
  readonly newId: () => string
}

/** The world as it is here: a browser, Bun, Node 22 or newer. Where there is no page, nothing wakes. */
export function thisWorld(): World {
  return {
    WebSocket,
    now: () => Date.now(),
    random: () => Math.random(),
    after: (milliseconds, work) => {
      const timer = setTimeout(work, milliseconds)
      return () => clearTimeout(timer)
    },
    wake: thisWake(),
    // `randomUUID` is missing on pages without TLS.
    newId: () => Array.from(crypto.getRandomValues(new Uint8Array(15)), twoDigits).join(''),
  }
}

// Declared here, so that the client compiles without a browser's types and works with them.
declare const WebSocket: SocketClass
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array }
declare function setTimeout(work: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

interface Listening {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

interface Page extends Listening {
  readonly document: Listening & { readonly visibilityState: string }
  readonly navigator: { readonly onLine: boolean }
}

function thisWake(): Wake {
  const page: unknown = globalThis
  if (!isPage(page)) return { online: () => true, listen: () => () => undefined }
  const { document, navigator } = page
  return {
    online: () => navigator.onLine,
    listen: (woken) => {
      const online = () => woken('online')
      const offline = () => woken('offline')
      const shown = () => document.visibilityState === 'visible' && woken('visible')
      page.addEventListener('online', online)
      page.addEventListener('offline', offline)
      // A page that comes back out of the browser's cache finds its socket closed.
      page.addEventListener('pageshow', shown)
      document.addEventListener('visibilitychange', shown)
      return () => {
        page.removeEventListener('online', online)
        page.removeEventListener('offline', offline)
        page.removeEventListener('pageshow', shown)
        document.removeEventListener('visibilitychange', shown)
      }
    },
  }
}

function isPage(world: unknown): world is Page {
  return typeof world === 'object' && world !== null && 'document' in world && 'addEventListener' in world
}

function twoDigits(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
