// HTTP and WebSocket by hand, byte for byte: for what no well-behaved client would send.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { PATIENCE_MILLISECONDS } from './patience.ts'
import type { Server } from './server.ts'

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface RawOptions {
  /** The loopback address to come from. */
  readonly from?: string
  readonly waitMilliseconds?: number
}

/** Sends the bytes as they are and reads until the answer is whole or the other side has ended. */
export async function raw(server: Server, request: string | Buffer, options: RawOptions = {}): Promise<Answer> {
  const socket = await dial(server, options.from)
  socket.write(request)
  try {
    const bare = String(request).startsWith('HEAD ')
    return await new RawSocket(socket).answer(options.waitMilliseconds ?? PATIENCE_MILLISECONDS, !bare)
  } finally {
    socket.destroy()
  }
}

export interface Handshake extends Answer {
  readonly socket: RawSocket
}

/** A WebSocket handshake with exactly these headers besides the required ones; a header set to `null` is left out. */
export async function handshake(
  server: Server,
  target: string,
  headers: Readonly<Record<string, string | null>> = {},
  options: RawOptions = {},
): Promise<Handshake> {
  const all = {
    Host: `127.0.0.1:${server.port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
  const socket = await dial(server, options.from)
  const frames = new RawSocket(socket)
  socket.write(`GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  return { ...(await frames.answer(options.waitMilliseconds ?? PATIENCE_MILLISECONDS)), socket: frames }
}

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** The frames of an upgraded socket, both ways. */
export class RawSocket {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #ended = false
  #changed = Promise.withResolvers<void>()

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes])
      this.#change()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#change()
    })
    socket.on('error', () => this.#change())
  }

  /** `hasBody` is false for the answer to a HEAD, which only tells how long one would be. */
  async answer(waitMilliseconds: number, hasBody = true): Promise<Answer> {
    const answer = await this.#until(() => parseAnswer(this.#bytes, this.#ended, hasBody), waitMilliseconds)
    this.#bytes = this.#bytes.subarray(answer.length)
    return answer
  }

  /** The next frame, or `'ended'` when the other side has gone. */
  async frame(waitMilliseconds = PATIENCE_MILLISECONDS): Promise<Frame | 'ended'> {
    const found = await this.#until(
      () => parseFrame(this.#bytes) ?? (this.#ended ? ('ended' as const) : null),
      waitMilliseconds,
    )
    if (found === 'ended') return found
    this.#bytes = this.#bytes.subarray(found.length)
    return found
  }

  /** All that is still to come, when the other side has gone. */
  rest(): Promise<string> {
    return this.#until(() => (this.#ended ? this.#bytes.toString() : null), PATIENCE_MILLISECONDS)
  }

  /** The close code that the other side sends, skipping what comes before it; `'ended'` when it goes without one. */
  async closeCode(): Promise<number | 'ended'> {
    for (;;) {
      const frame = await this.frame()
      if (frame === 'ended') return frame
      if (frame.opcode === 0x8) return frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005
    }
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Resolves when everything that was written is with the other side's kernel, or the socket has ended. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.#socket.write('', () => resolve()))
  }

  /** Stops reading, as a client does that has hung. */
  pause(): void {
    this.#socket.pause()
  }

  /** Reads again after `pause`. */
  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #until<Found>(look: () => Found | null, waitMilliseconds: number): Promise<Found> {
    const end = Date.now() + waitMilliseconds
    for (;;) {
      const found = look()
      if (found !== null) return found
      if (Date.now() >= end)
        throw new Error(
          `nothing came within ${waitMilliseconds} ms; so far: ${this.#bytes.toString('latin1').slice(0, 200)}`,
        )
      await Promise.race([this.#changed.promise, Bun.sleep(Math.min(250, end - Date.now()))])
    }
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** One client frame. Rule-breaking is opt-in: another first byte, no mask, a length that lies. */
export function frameBytes(
  opcode: number,
  payload: string | Buffer = '',
  options: { fin?: boolean; reserved?: number; masked?: boolean; claimedLength?: number } = {},
): Buffer {
  const { fin = true, reserved = 0, masked = true } = options
  const body = Buffer.from(payload)
  const length = options.claimedLength ?? body.length
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const maskBit = masked ? 0x80 : 0
  if (length < 126) head.push(maskBit | length)
  else if (length < 65_536) head.push(maskBit | 126, length >> 8, length & 0xff)
  else
    head.push(
      maskBit | 127,
      0,
      0,
      0,
      0,
      (length >>> 24) & 0xff,
      (length >>> 16) & 0xff,
      (length >>> 8) & 0xff,
      length & 0xff,
    )
  if (!masked) return Buffer.concat([Buffer.from(head), body])
  const mask = randomBytes(4)
  const veiled = Buffer.from(body.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return Buffer.concat([Buffer.from(head), mask, veiled])
}

function dial(server: Server, from: string | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, ...(from ? { localAddress: from } : {}) })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

function parseAnswer(bytes: Buffer, ended: boolean, hasBody: boolean): (Answer & { length: number }) | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return ended ? { status: 0, headers: new Map(), body: '', length: bytes.length } : null
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const status = Number(first.split(' ')[1])
  const bodyLength = status === 101 || !hasBody ? 0 : Number(headers.get('content-length') ?? 0)
  const length = end + 4 + bodyLength
  if (bytes.length < length && !ended) return null
  return { status, headers, body: bytes.subarray(end + 4, length).toString(), length }
}

function parseFrame(bytes: Buffer): (Frame & { length: number }) | null {
  if (bytes.length < 2) return null
  const short = (bytes[1] ?? 0) & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return null
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + size) return null
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, start + size), length: start + size }
}
