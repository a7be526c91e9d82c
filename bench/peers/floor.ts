// The floor: what the runtime alone takes to hand a frame to everyone in a room. Every other server does more than this.
// It does no tickets, no store, no numbers, no limits; it publishes what came in, as it came in.

interface Seat {
  readonly room: string
}

const server = Bun.serve<Seat>({
  hostname: '127.0.0.1',
  port: Number(process.env['PORT'] ?? 0),
  fetch(request, server) {
    const room = new URL(request.url).pathname
    return server.upgrade(request, { data: { room } }) ? undefined : new Response('WebSocket only', { status: 426 })
  },
  websocket: {
    data: {} as Seat,
    idleTimeout: 0,
    backpressureLimit: 0,
    open(ws) {
      ws.subscribe(ws.data.room)
      ws.send('in')
    },
    message(ws, frame) {
      server.publish(ws.data.room, frame)
    },
  },
})
console.log(`floor is open at http://127.0.0.1:${server.port}\n`)
process.on('SIGTERM', () => process.exit(0))
