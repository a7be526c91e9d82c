// WebSocket frames on a bare TCP connection, as lean as it goes: what the load spends on a frame, it cannot measure with.

export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const

/** A frame that came: its payload lies in `bytes` from `from` up to `to`, and only until the call returns. */
export type Hear = (opcode: number, bytes: Uint8Array, from: number, to: number) => void

/** Cuts a stream of bytes into the frames of a server, which are neither masked nor, as servers here send them, split. */
export class FrameReader {
  readonly #hear: Hear
  #rest: Uint8Array | null = null

  constructor(hear: Hear) {
    this.#hear = hear
  }

  push(arrived: Uint8Array): void {
    const bytes = this.#rest ? joined(this.#rest, arrived) : arrived
    const end = bytes.length
    let at = 0
    while (end - at >= 2) {
      let length = (bytes[at + 1] ?? 0) & 127
      let from = at + 2
      if (length === 126) {
        from = at + 4
        if (from > end) break
        length = number(bytes, at + 2, 2)
      } else if (length === 127) {
        from = at + 10
        if (from > end) break
        length = number(bytes, at + 2, 8)
      }
      if (from + length > end) break
      this.#hear((bytes[at] ?? 0) & 15, bytes, from, from + length)
      at = from + length
    }
    // A copy: the runtime may use its buffer again.
    this.#rest = at < end ? Uint8Array.prototype.slice.call(bytes, at) : null
  }
}

/** A frame of a client. The mask is all zeros: the server takes it off like any other, and the load need not put it on. */
export function clientFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const header = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : null
  if (!header) throw new Error(`the load sends no frames of ${length} bytes`)
  const [first = 0, ...rest] = header
  const frame = new Uint8Array(2 + rest.length + 4 + length)
  frame.set([0x80 | opcode, 0x80 | first, ...rest])
  frame.set(payload, frame.length - length)
  return frame
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

function number(bytes: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let index = at; index < at + size; index++) value = value * 256 + (bytes[index] ?? 0)
  return value
}
