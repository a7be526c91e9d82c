// Socket.IO 4 on Node: its rooms, its reconnecting protocol, WebSocket only, compression off. It takes anybody, stores
// nothing and numbers nothing; with REDIS_URL its Redis streams adapter carries every message over Redis, and keeps the
// latest there for clients that come back. Nothing waits for Redis to have written it.
import { createServer } from 'node:http'
import { createClient } from '@redis/client'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Server } from 'socket.io'

const redisUrl = process.env['REDIS_URL']
const redis = redisUrl ? await createClient({ url: redisUrl }).connect() : undefined
const server = createServer()
const io = new Server(server, {
  transports: ['websocket'],
  perMessageDeflate: false,
  ...(redis ? { adapter: createAdapter(redis) } : {}),
})

io.on('connection', (socket) => {
  const room = String(socket.handshake.auth['room'])
  socket.join(room)
  socket.on('say', (said: { id: string; text: string }) => io.to(room).emit('said', said))
})
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  console.log(`socket.io is open at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.on('SIGTERM', () => process.exit(0))
