// Frames of the plain protocol that are no message: keep-alives, and what is refused or closes the socket.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { heardSoFar, type MeetingPlace, openMeetingPlace } from './support/meeting.ts'
import { CUSTOMER } from './support/people.ts'
import { BLANKS, KEEP_ALIVES, NEAR_MISSES } from './support/texts.ts'

const MOST_BYTES = 16 * 1024
/** Six bytes each in JSON: the longest frame that a message can become. */
const WORST = '\u0001'.repeat(MOST_BYTES)

let place: MeetingPlace

beforeAll(async () => {
  place = await openMeetingPlace()
})
afterAll(() => place.remove())

test('[P3] a keep-alive is answered to its sender alone, white space aside, and is not stored', async () => {
  const { room, speaker, witness } = await place.meet()
  for (const [frame, answer] of KEEP_ALIVES) {
    speaker.send(frame)
    expect([frame, await speaker.next()]).toEqual([frame, answer])
  }
  expect(await heardSoFar(witness)).toEqual([])
  expect(await heardSoFar(await place.customer.open(room))).toHaveLength(1)
})

test('[P3] however much white space there is in a keep-alive, it is one', async () => {
  const { speaker } = await place.meet()
  for (const spaces of [200, 300, 5_000]) {
    speaker.send(`propromo.chat({event:"ping",${' '.repeat(spaces)}action:"pong"})`)
    expect([spaces, await speaker.next()]).toEqual([spaces, 'pong'])
  }
})

test('[P3] what comes near a keep-alive is a message like any other', async () => {
  const { speaker, witness } = await place.meet()
  for (const text of NEAR_MISSES) {
    speaker.send(text)
    expect(await witness.nextMessage()).toMatchObject({ text, email: CUSTOMER })
  }
})

test('[P4] a text that is empty or only white space is refused to its sender, and not stored', async () => {
  await expectRefused('text_empty', BLANKS)
})

test('[P4] the next-line character is white space too, as Unicode counts it', async () => {
  await expectRefused('text_empty', ['\u0085', ' \u0085\n'])
})

test('[P4] a text over 16 KiB is refused to its sender, and not stored; one of exactly 16 KiB is kept', async () => {
  const longest = ['a'.repeat(MOST_BYTES), '🙂'.repeat(MOST_BYTES / 4), `${'€'.repeat(5461)}.`, WORST]
  for (const text of longest) expect(Buffer.byteLength(text)).toBe(MOST_BYTES)
  await expectRefused('text_too_long', [...longest.map((text) => `${text}a`), 'a'.repeat(50_000), ' a'.repeat(9_000)])
  const { speaker, witness } = await place.meet()
  for (const text of longest) {
    speaker.send(text)
    expect((await witness.nextMessage()).text === text).toBe(true)
  }
})

test('[P4] the limit of a text can be configured', async () => {
  await place.during({ LIMIT_TEXT_BYTES: '10' }, async () => {
    await expectRefused('text_too_long', ['12345678901', 'äöüäöü', '🙂🙂🙂'])
    const { speaker } = await place.meet()
    for (const text of ['1234567890', 'äöüäö', '🙂🙂12']) expect((await speaker.say(text)).text).toBe(text)
  })
})

test('[P4] a binary frame closes with 1003, and a frame that is too large with 1009', async () => {
  const { room, speaker, witness } = await place.meet()
  for (const bytes of [new Uint8Array(), new TextEncoder().encode('a message in bytes'), new Uint8Array(1000)]) {
    const culprit = await place.customer.open(room)
    culprit.send(bytes)
    expect((await culprit.closed).code).toBe(1003)
  }
  for (const bytes of [200_000, 2_000_000]) {
    const culprit = await place.customer.open(room)
    culprit.send('a'.repeat(bytes))
    expect((await culprit.closed).code).toBe(1009)
  }
  const said = await speaker.say('as if nothing had been')
  expect(await witness.nextMessage()).toEqual(said)
})

/** Each is answered with the code, nobody else hears of it, it is in no history, and its sender goes on talking. */
async function expectRefused(code: string, texts: readonly string[]): Promise<void> {
  const { room, speaker, witness } = await place.meet()
  for (const text of texts) {
    speaker.send(text)
    const answer: unknown = JSON.parse(await speaker.next())
    expect([text.slice(0, 20), answer]).toEqual([
      text.slice(0, 20),
      { success: false, code, message: expect.stringMatching(/^Cannot send the message: .+/) },
    ])
  }
  const said = await speaker.say('still here')
  expect(await witness.nextMessage()).toEqual(said)
  expect(await heardSoFar(await place.customer.open(room))).toEqual([said])
}
