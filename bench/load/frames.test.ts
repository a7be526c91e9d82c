// The frame reader against frames as a server sends them, however TCP cuts them up.
import { expect, test } from 'bun:test'
import { clientFrame, FrameReader, OPCODE } from './frames.ts'
import { openLine } from './line.ts'

const utf8 = new TextDecoder()

function serverFrame(text: string, opcode = 1): Uint8Array {
  const payload = new TextEncoder().encode(text)
  const { length } = payload
  const header =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
  return new Uint8Array([0x80 | opcode, ...header, ...payload])
}

function heardFrom(chunks: readonly Uint8Array[]): string[] {
  const heard: string[] = []
  const reader = new FrameReader((opcode, bytes, from, to) =>
    heard.push(`${opcode}:${utf8.decode(bytes.subarray(from, to))}`),
  )
  for (const chunk of chunks) reader.push(chunk)
  return heard
}

const framed = (texts: readonly string[]) => texts.map((text) => `1:${text}`)

/** The frames as TCP may deliver them: in pieces of this size. */
function cut(texts: readonly string[], size: number): Uint8Array[] {
  const stream = Buffer.concat(texts.map((text) => serverFrame(text)))
  const step = Math.min(size, stream.length)
  return Array.from({ length: Math.ceil(stream.length / step) }, (_, index) =>
    Uint8Array.from(stream.subarray(index * step, (index + 1) * step)),
  )
}

const SHORT = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'last']
const LONG = ['before', 'd'.repeat(65_535), 'e'.repeat(65_536), 'after']

test('frames of every kind of length that come in one piece are heard one by one', () => {
  for (const texts of [SHORT, LONG]) expect(heardFrom(cut(texts, Number.POSITIVE_INFINITY))).toEqual(framed(texts))
})

test('frames that are cut anywhere, in their headers too, are heard whole', () => {
  for (const size of [1, 2, 3, 5, 127]) expect(heardFrom(cut(SHORT, size))).toEqual(framed(SHORT))
  for (const size of [1_460, 70_000]) expect(heardFrom(cut(LONG, size))).toEqual(framed(LONG))
})

test('what is kept for later does not change when the runtime uses its buffer again', () => {
  const whole = serverFrame('kept as it came')
  const buffer = Uint8Array.from(whole.subarray(0, 9))
  const heard: string[] = []
  const reader = new FrameReader((_, bytes, from, to) => heard.push(utf8.decode(bytes.subarray(from, to))))
  reader.push(buffer)
  buffer.fill(0)
  reader.push(whole.subarray(9))
  expect(heard).toEqual(['kept as it came'])
})

test('a ping is told from a text', () => {
  expect(heardFrom([serverFrame('are you there', OPCODE.ping)])).toEqual(['9:are you there'])
})

test('a real server understands the frames of the load', async () => {
  const got = Promise.withResolvers<string>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: { message: (_, text) => got.resolve(String(text)) },
  })
  const line = await openLine({ port: server.port ?? 0, path: '/' }, () => undefined, got.reject)
  const said = 'x'.repeat(300)
  line.sendFrame(clientFrame(OPCODE.text, new TextEncoder().encode(said)))
  expect(await got.promise).toBe(said)
  await server.stop(true)
})
