// Little that would become much: compressed frames and bodies are not unpacked, so they cost their sender alone.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { meanwhile } from '../support/meanwhile.ts'
import { type MeetingPlace, openMeetingPlace } from '../support/meeting.ts'
import { residentBytes } from '../support/memory.ts'
import { CUSTOMER, PASSWORD } from '../support/people.ts'
import { expectRefusal, postBytes } from '../support/requests.ts'
import { frameBytes, handshake } from '../support/wire.ts'

const MEGABYTE = 1024 * 1024
/** Each kilobyte of what is sent would become a megabyte. */
const UNPACKED = Buffer.alloc(64 * MEGABYTE, 0x61)
const BOMBS = { gzip: gzipSync(UNPACKED), br: packed(UNPACKED), deflate: deflateSync(UNPACKED) }
/** What the process may grow by for reasons of its own; a single bomb that goes off takes as much again. */
const MOST_GROWTH = 64 * MEGABYTE
const ROUNDS = 30

let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace({ LIMIT_LOGINS_PER_MINUTE: '0' })
})
afterAll(() => place.remove())

test('[C7] compression is offered in vain, and a compressed frame ends the socket that it came from', async () => {
  const { room, speaker, witness } = await place.meet()
  const before = residentBytes(place.server.pid)
  const bomb = deflateRawSync(UNPACKED).subarray(0, 60_000)
  for (const offer of ['permessage-deflate', 'permessage-deflate; server_max_window_bits=15, x-webkit-deflate-frame']) {
    for (let round = 0; round < ROUNDS; round++) {
      const ticket = await place.scrumMaster.ticket()
      const target = `/chat/${encodeURIComponent(room)}?auth=${ticket}`
      const { status, headers, socket } = await handshake(place.server, target, { 'Sec-WebSocket-Extensions': offer })
      expect([status, headers.get('sec-websocket-extensions')]).toEqual([101, undefined])
      socket.write(frameBytes(0x1, bomb, { reserved: 4 }))
      expect(await socket.closeCode()).toBe(1002)
      const said = await speaker.say(`still here ${round}`)
      expect(await witness.nextMessage()).toEqual(said)
    }
  }
  expect(residentBytes(place.server.pid) - before).toBeLessThan(MOST_GROWTH)
})

for (const [coding, bomb] of Object.entries(BOMBS)) {
  test(`[L1] a body in ${coding} is refused and never unpacked, and people talk on`, async () => {
    const before = residentBytes(place.server.pid)
    const headers = { 'Content-Encoding': coding }
    await meanwhile(place, async () => {
      const small = bomb.subarray(0, 16_000)
      for (let round = 0; round < ROUNDS; round++) {
        for (const path of ['/login', '/tickets', '/logout']) {
          await expectRefusal(await postBytes(place.server, path, small, { headers }), 415, 'unsupported_media_type')
          await expectRefusal(
            await postBytes(place.server, path, small, { headers, chunked: true }),
            415,
            'unsupported_media_type',
          )
        }
      }
      for (const chunked of [false, true]) {
        const whole = Buffer.concat([bomb, Buffer.alloc(20_000)])
        await expectRefusal(await postBytes(place.server, '/login', whole, { headers, chunked }), 413, 'body_too_large')
      }
    })
    expect(residentBytes(place.server.pid) - before).toBeLessThan(MOST_GROWTH)
  })
}

test('[L1] a body that says that it is as it is, is read', async () => {
  const body = JSON.stringify({ email: CUSTOMER, password: PASSWORD })
  const headers = { 'Content-Encoding': 'identity' }
  expect((await postBytes(place.server, '/login', body, { headers })).status).toBe(200)
})

function packed(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
}
