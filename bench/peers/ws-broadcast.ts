// A plain broadcast server on Node with the `ws` library, as one writes it in an afternoon: it parses each frame, gives it
// a number of its room, and sends it to everyone in a loop. No tickets, no store, no limits, nobody can come back.
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'

interface Room {
  readonly sockets: Set<WebSocket>
  number: number
}

const rooms = new Map<string, Room>()
const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: false })

sockets.on('connection', (socket, request) => {
  const room = roomOf(request.url ?? '/')
  room.sockets.add(socket)
  socket.on('close', () => room.sockets.delete(socket))
  socket.on('message', (data) => {
    const { id, text } = JSON.parse(String(data)) as { id: string; text: string }
    room.number += 1
    const frame = JSON.stringify({ type: 'message', number: room.number, text, client_id: id })
    for (const other of room.sockets) if (other.readyState === WebSocket.OPEN) other.send(frame)
  })
  socket.send('in')
})
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  console.log(`ws is open at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.on('SIGTERM', () => process.exit(0))

function roomOf(path: string): Room {
  const room = rooms.get(path) ?? { sockets: new Set(), number: 0 }
  rooms.set(path, room)
  return room
}
