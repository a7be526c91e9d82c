// Bytes that break RFC 6455, and the close codes with which a server may end a socket for them.
import { frameBytes } from './wire.ts'

export interface Breach {
  readonly what: string
  readonly bytes: Buffer
  readonly codes: readonly number[]
}

const TEXT = 0x1
const CONTINUATION = 0x0
const CLOSE = 0x8
const PING = 0x9

const PROTOCOL = [1002]
const INVALID_TEXT = [1007]
const TOO_LARGE = [1009, 1002]

export const BREACHES: readonly Breach[] = [
  { what: 'a frame without a mask', bytes: frameBytes(TEXT, 'x', { masked: false }), codes: PROTOCOL },
  ...[1, 2, 4, 7].map((reserved) => ({
    what: `a frame with the reserved bits ${reserved}`,
    bytes: frameBytes(TEXT, 'x', { reserved }),
    codes: PROTOCOL,
  })),
  ...[0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode) => ({
    what: `a frame of the reserved opcode ${opcode.toString(16)}`,
    bytes: frameBytes(opcode, 'x'),
    codes: PROTOCOL,
  })),
  ...Object.entries({ close: CLOSE, ping: PING, pong: 0xa }).flatMap(([name, opcode]) => [
    { what: `a ${name} of 126 bytes`, bytes: frameBytes(opcode, Buffer.alloc(126, 0x61)), codes: PROTOCOL },
    { what: `a ${name} in fragments`, bytes: frameBytes(opcode, '', { fin: false }), codes: PROTOCOL },
  ]),
  { what: 'a continuation of nothing', bytes: frameBytes(CONTINUATION, 'x'), codes: PROTOCOL },
  {
    what: 'a message inside the fragments of another',
    bytes: Buffer.concat([frameBytes(TEXT, 'a', { fin: false }), frameBytes(TEXT, 'b')]),
    codes: PROTOCOL,
  },
  ...Object.entries({
    'bytes that are no UTF-8': [0xff, 0xfe],
    'an overlong slash': [0xc0, 0xaf],
    'half a surrogate pair': [0xed, 0xa0, 0x80],
    'a letter beyond the last': [0xf4, 0x90, 0x80, 0x80],
    'a letter cut in half': [0x61, 0xe2, 0x82],
  }).flatMap(([what, bytes]) => [
    { what: `a text of ${what}`, bytes: frameBytes(TEXT, Buffer.from(bytes)), codes: INVALID_TEXT },
    { what: `a text of ${what}, in fragments`, bytes: inFragments(Buffer.from(bytes)), codes: INVALID_TEXT },
  ]),
  { what: 'a frame that says it has a gigabyte', bytes: claiming(2 ** 30), codes: TOO_LARGE },
  { what: 'a frame that says it has more than a number holds', bytes: claiming(2n ** 63n), codes: TOO_LARGE },
  {
    what: 'a message in fragments that is too large in all',
    bytes: Buffer.concat([
      frameBytes(TEXT, 'a'.repeat(60_000), { fin: false }),
      frameBytes(CONTINUATION, 'a'.repeat(60_000), { fin: false }),
    ]),
    codes: TOO_LARGE,
  },
  { what: 'a close with half a code', bytes: frameBytes(CLOSE, Buffer.from([0x03])), codes: PROTOCOL },
  ...[0, 999, 1004, 1005, 1006, 1015, 65_535].map((code) => ({
    what: `a close with the code ${code}`,
    bytes: frameBytes(CLOSE, Buffer.from([code >> 8, code & 0xff])),
    codes: PROTOCOL,
  })),
  {
    what: 'a close whose reason is no UTF-8',
    bytes: frameBytes(CLOSE, Buffer.from([0x03, 0xe8, 0xff])),
    codes: [1002, 1007],
  },
]

/** Each byte in a frame of its own. */
export function inFragments(bytes: Buffer): Buffer {
  const last = bytes.length - 1
  return Buffer.concat(
    [...bytes].map((byte, index) => {
      return frameBytes(index === 0 ? TEXT : CONTINUATION, Buffer.from([byte]), { fin: index === last })
    }),
  )
}

/** The head of a text frame with a length that it never fills. */
function claiming(length: number | bigint): Buffer {
  const head = Buffer.alloc(14)
  head.writeUInt8(0x80 | TEXT, 0)
  head.writeUInt8(0x80 | 127, 1)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
