// Many rooms go over one line, and all of them notice that it is deaf: by a clock in the hand of the test, one of them has it replaced.
import { expect, test } from 'bun:test'
import { redisBroker } from './broker.ts'
import type { Connection } from './lines/connection.ts'
import { Storing } from './storing.ts'

const ROOMS = 50
const PACE = { everyMilliseconds: 100, probeMilliseconds: 100_000, hearingMilliseconds: 500, goneMilliseconds: 1_000 }

test('[R5] however many rooms go over a line that is deaf, it is doubted once in the time that hearing may take', async () => {
  let now = 0
  let due: { readonly at: number; readonly work: () => void }[] = []
  const doubtedAt: number[] = []
  const broker = redisBroker({
    connection: deaf(() => doubtedAt.push(now)),
    storing: new Storing(),
    process: 'one',
    now: () => now,
    after: (milliseconds, work) => {
      const one = { at: now + milliseconds, work }
      due.push(one)
      return () => {
        due = due.filter((other) => other !== one)
      }
    },
    pace: PACE,
  })
  const ear = { event() {}, whisper() {}, elsewhere() {}, missed() {} }
  await Promise.all(Array.from({ length: ROOMS }, (_, room) => broker.listen(`room ${room}`, ear)))
  for (; now < 4 * PACE.hearingMilliseconds; now++) {
    const ripe = due.filter(({ at }) => at <= now)
    due = due.filter(({ at }) => at > now)
    for (const { work } of ripe) work()
    await new Promise(setImmediate)
  }
  expect(doubtedAt.length).toBeGreaterThan(1) // Again and again, since nobody ever hears.
  const pauses = doubtedAt.slice(1).map((at, index) => at - (doubtedAt[index] ?? 0))
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(PACE.hearingMilliseconds)
  await broker.close()
})

/** Takes what is said, and never brings it to anybody. */
function deaf(doubted: () => void): Connection {
  const unasked = () => Promise.reject(new Error('a broker states who is here, and listens'))
  return {
    run: async () => [],
    subscribe: async () => ({ stop: () => undefined, doubt: doubted }),
    publish: unasked,
    send: unasked,
    askServer: unasked,
    scan: unasked,
    answering: true,
    onRecovered: () => () => undefined,
    settled: async () => undefined,
    close: () => undefined,
  }
}
