// A server that does what a test says, over real sockets: for what a sound server never does, or not when one wants it.
import { deadline } from './patience.ts'

export interface ScriptedServer {
  readonly origin: string
  /** Paths with their queries, one for each connection. */
  readonly paths: readonly string[]
  readonly protocols: readonly string[]
  /** Frames that came, of all connections. */
  readonly frames: readonly Readonly<Record<string, unknown>>[]
  /** What a connection is greeted with from now on; nothing where it is empty. */
  greet(...frames: readonly object[]): void
  /** What pings are answered with, if they are. */
  answerPings(answer: boolean): void
  send(frame: object | string): void
  close(code: number, reason?: string): void
  /** Resolves when there have been so many connections, or frames. */
  reached(what: 'paths' | 'frames' | 'closed', count: number): Promise<void>
  stop(): Promise<void>
}

export const WELCOME = {
  type: 'welcome',
  room: { monitor_hash: 'room', type: 'USER' },
  you: { email: 'you@example.com', name: 'You' },
  epoch: 'e',
  offset: 0,
  resumed: false,
  messages: [],
  events: [],
  members: [],
  limits: {},
}

export function startScriptedServer(): ScriptedServer {
  const paths: string[] = []
  const protocols: string[] = []
  const frames: Readonly<Record<string, unknown>>[] = []
  const sockets = new Set<Bun.ServerWebSocket<undefined>>()
  let greeting: readonly object[] = [WELCOME]
  let pongs = true
  let closed = 0
  let news = Promise.withResolvers<void>()
  const tell = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const counts = { paths: () => paths.length, frames: () => frames.length, closed: () => closed }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, self) {
      const { pathname, search } = new URL(request.url)
      paths.push(pathname + search)
      protocols.push(request.headers.get('Sec-WebSocket-Protocol') ?? '')
      const headers = { 'Sec-WebSocket-Protocol': 'propromo.chat.v1' }
      if (self.upgrade(request, { headers, data: undefined })) return undefined
      return new Response(null, { status: 426 })
    },
    websocket: {
      open(socket) {
        sockets.add(socket)
        for (const frame of greeting) socket.send(JSON.stringify(frame))
        tell()
      },
      message(socket, raw) {
        const frame = JSON.parse(String(raw)) as Readonly<Record<string, unknown>>
        frames.push(frame)
        if (frame['type'] === 'ping' && pongs) socket.send('{"type":"pong"}')
        tell()
      },
      close(socket) {
        sockets.delete(socket)
        closed += 1
        tell()
      },
    },
  })
  return {
    origin: `http://127.0.0.1:${server.port}`,
    paths,
    protocols,
    frames,
    greet: (...all) => {
      greeting = all
    },
    answerPings: (answer) => {
      pongs = answer
    },
    send: (frame) => {
      for (const socket of sockets) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
    },
    close: (code, reason) => {
      for (const socket of sockets) socket.close(code, reason)
    },
    reached: async (what, count) => {
      const late = deadline(() => `not ${count} ${what}, but ${counts[what]()},`)
      try {
        while (counts[what]() < count) await Promise.race([news.promise, late.promise])
      } finally {
        late.keep()
      }
    },
    stop: () => server.stop(true),
  }
}
