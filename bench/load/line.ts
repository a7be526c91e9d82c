// One line to a server: a TCP connection that has become a WebSocket, without the runtime's own client in between.
import { clientFrame, FrameReader, type Hear, OPCODE } from './frames.ts'

export interface Address {
  readonly port: number
  readonly path: string
  readonly protocol?: string
}

export interface Line {
  send(text: string): void
  /** A frame that is made already; it may be used again as soon as the call returns. */
  sendFrame(frame: Uint8Array): void
  /** As when the network goes away: nobody says goodbye. */
  cut(): void
}

interface State {
  readonly address: Address
  readonly reader: FrameReader
  readonly opened: PromiseWithResolvers<void>
  readonly ended: (why: string) => void
  answer: string | null
  unsent: Uint8Array | null
}

type TcpSocket = Bun.Socket<State>

const utf8 = new TextEncoder()
const latin1 = new TextDecoder('latin1')

/** Opens a line; `hear` gets every text frame, `ended` why it ended, however that came about. */
export async function openLine(address: Address, hear: Hear, ended: (why: string) => void): Promise<Line> {
  let why = 'the connection ended'
  const reader = new FrameReader((opcode, bytes, from, to) => {
    if (opcode === OPCODE.text) return hear(opcode, bytes, from, to)
    if (opcode === OPCODE.ping) return write(socket, clientFrame(OPCODE.pong, bytes.slice(from, to)))
    if (opcode === OPCODE.close) why = closeReason(bytes, from, to)
  })
  const opened = Promise.withResolvers<void>()
  const state: State = { address, reader, opened, ended: (cause) => ended(cause || why), answer: '', unsent: null }
  const socket = await Bun.connect<State>({ hostname: '127.0.0.1', port: address.port, data: state, socket: HANDLERS })
  await opened.promise
  return {
    send: (text) => write(socket, clientFrame(OPCODE.text, utf8.encode(text))),
    sendFrame: (frame) => write(socket, frame),
    cut: () => socket.terminate(),
  }
}

/** One set for all lines: thousands of closures would be memory that the load does not have. */
const HANDLERS: Bun.SocketHandler<State> = {
  binaryType: 'uint8array',
  open(socket) {
    socket.setNoDelay(true)
    socket.write(upgradeRequest(socket.data.address))
  },
  data(socket, bytes) {
    const { data } = socket
    if (data.answer === null) data.reader.push(bytes)
    else shakeHands(data, bytes)
  },
  drain(socket) {
    const { unsent } = socket.data
    socket.data.unsent = null
    if (unsent) write(socket, unsent)
  },
  close(socket) {
    socket.data.opened.reject(new Error('the connection ended before it became a WebSocket'))
    socket.data.ended('')
  },
  error(socket, error) {
    socket.data.ended(String(error))
  },
}

function shakeHands(data: State, bytes: Uint8Array): void {
  const text = (data.answer ?? '') + latin1.decode(bytes)
  const end = text.indexOf('\r\n\r\n')
  data.answer = text
  if (end < 0) return
  if (!text.startsWith('HTTP/1.1 101')) {
    data.opened.reject(new Error(`no WebSocket: ${text.slice(0, 400)}`))
    return
  }
  data.answer = null
  data.opened.resolve()
  const rest = text.length - end - 4
  if (rest > 0) data.reader.push(bytes.slice(bytes.length - rest))
}

function upgradeRequest({ port, path, protocol }: Address): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
    '\r\n',
  ].join('\r\n')
}

function write(socket: TcpSocket, frame: Uint8Array): void {
  const { data } = socket
  if (data.unsent) {
    data.unsent = Buffer.concat([data.unsent, frame])
    return
  }
  const written = socket.write(frame)
  if (written < frame.length) data.unsent = frame.slice(Math.max(0, written))
}

function closeReason(bytes: Uint8Array, from: number, to: number): string {
  if (to - from < 2) return 'closed without a code'
  return `closed with ${(bytes[from] ?? 0) * 256 + (bytes[from + 1] ?? 0)} ${latin1.decode(bytes.slice(from + 2, to))}`
}
