// What happens to Redis happens to nobody in the chat: whoever listens hears again, and is told when something may have passed unheard.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type BrokerProcesses, processesOn, QUICK, startProcess } from '../../../test/support/broker-processes.ts'
import { RedisServer } from '../../../test/support/redis.ts'
import { WireTap } from '../../../test/support/wire-tap.ts'
import { eventually, Listener } from '../../ports/broker.contract.ts'
import { channelOf, presenceKeyOf } from './keys.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'
import { STATE } from './presence.ts'
import { listIn } from './reply.ts'

const ROOM = 'w32tgse'
const ANN = 'ann@example.com'
const BEN = 'ben@example.com'
/** For hundreds of rooms, on a machine that may be slow to carry what all of them say. */
const CROWDED = {
  everyMilliseconds: 1_000,
  probeMilliseconds: 60_000,
  hearingMilliseconds: 1_500,
  goneMilliseconds: 10_000,
}
const HOUR = 60 * 60 * 1_000

let redis: RedisServer
let under: BrokerProcesses

beforeEach(async () => {
  redis = await RedisServer.start()
  under = await processesOn(redis.url)
})
afterEach(async () => {
  await under.close()
  await redis.remove()
})

describe('hearing', () => {
  test('[R5] a subscriber that is cut off hears again within seconds, and is told that it may have missed something', async () => {
    const listeners = await Promise.all(under.brokers.map((broker) => Listener.at(broker)))
    expect(Number(await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub'))).toBeGreaterThanOrEqual(3)
    for (const listener of listeners) await eventually(() => expect(listener.timesMissed).toBeGreaterThan(0))
    await hears(...listeners)
  })

  const LOSSES = { 'any message': 'smessage', 'the messages of one room': channelOf(ROOM) }
  for (const [what, word] of Object.entries(LOSSES)) {
    test(`[R5] a line that answers but does not bring ${what} is noticed, and another takes its place`, async () => {
      const wire = await WireTap.start(redis.port)
      const deaf = await startProcess(`redis://127.0.0.1:${wire.port}`, 'deaf')
      try {
        const listener = await Listener.at(deaf.broker)
        await hears(listener)
        expect(wire.lose(word)).toBeGreaterThan(0)
        await eventually(() => expect(listener.timesMissed).toBeGreaterThan(0))
        await hears(listener)
      } finally {
        await deaf.close()
        await wire.remove()
      }
    })
  }

  test('[R5] five hundred rooms on a line that goes deaf are heard again over one other, and do not fight over it', async () => {
    const wire = await WireTap.start(redis.port)
    const deaf = await startProcess(`redis://127.0.0.1:${wire.port}`, 'deaf', CROWDED)
    try {
      const rooms = Array.from({ length: 500 }, (_, index) => `room ${index}`)
      const listeners = await Promise.all(rooms.map((room) => Listener.at(deaf.broker, room)))
      wire.lose('smessage')
      await eventually(() => expect(listeners.every(({ timesMissed }) => timesMissed > 0)).toBe(true))
      await Bun.sleep(2 * CROWDED.hearingMilliseconds) // Time enough for doubts that are without reason.
      expect(Math.max(...listeners.map(({ timesMissed }) => timesMissed))).toBe(1)
    } finally {
      await deaf.close()
      await wire.remove()
    }
  })

  test('[R5] a Redis that hangs for a while and goes on is heard again', async () => {
    const listeners = await Promise.all(under.brokers.map((broker) => Listener.at(broker)))
    redis.stop()
    await Bun.sleep(4_000) // Longer than any patience: this is the fault itself.
    redis.cont()
    await hears(...listeners)
  })

  test('[R5] a Redis that was killed and comes back is heard again', async () => {
    const listeners = await Promise.all(under.brokers.map((broker) => Listener.at(broker)))
    await redis.kill()
    await redis.restart()
    for (const listener of listeners) await eventually(() => expect(listener.timesMissed).toBeGreaterThan(0))
    await hears(...listeners)
  })

  test('[R6] listening is refused while Redis is away, and succeeds when it is back', async () => {
    await redis.kill()
    const [broker] = under.brokers
    await expect(broker.listen(ROOM, deafEar())).rejects.toMatchObject({ code: 'store_unavailable' })
    await redis.restart()
    const listener = await again(() => Listener.at(broker))
    await hears(listener)
  })

  test('[L9] sign-outs are heard again after all subscribers were cut off, with no room open anywhere', async () => {
    const [one, two] = under.brokers
    const heard: string[] = []
    two.onSignedOut((signIns) => heard.push(...signIns))
    await eventually(() => {
      one.signedOut(['before'])
      expect(heard).toContain('before')
    })
    await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await eventually(() => {
      one.signedOut(['after'])
      expect(heard).toContain('after')
    })
  })

  test('what nobody understands on a channel costs nobody their line', async () => {
    const [one, two] = under.brokers
    const listener = await Listener.at(one)
    const odd = [
      '',
      'null',
      '[]',
      '{',
      '{"from":1}',
      '{"from":"x","type":"state","turn":"1","emails":[]}',
      'epoch\nno json',
    ]
    for (const text of [...odd, '{"from":"x","type":"whisper","whisper":{"type":"typing"}}', '__proto__\n{}']) {
      await redis.cli('SPUBLISH', channelOf(ROOM), text)
    }
    const other = await Listener.at(two)
    await hears(listener, other)
    expect(listener.heard.filter((one) => 'whisper' in one)).toEqual([])
    expect(listener.elsewhere).toEqual([[]])
  })

  test('a process knows how long a word to itself takes, and that it does not come', async () => {
    const [broker] = under.brokers
    expect(await again(() => broker.roundTrip())).toBeGreaterThanOrEqual(0)
    await redis.kill()
    await expect(broker.roundTrip()).rejects.toMatchObject({ code: 'store_unavailable' })
    await redis.restart()
    expect(await again(() => broker.roundTrip())).toBeGreaterThanOrEqual(0)
  })
})

describe('presence', () => {
  test('[V7] a process that dies is forgotten, with everyone who was there', async () => {
    const [dying, watching] = under.processes
    const one = await Listener.at(dying.broker)
    const two = await Listener.at(watching.broker)
    one.listening.here(ANN, true)
    two.listening.here(BEN, true)
    await eventually(() => expect(two.elsewhere).toEqual([[], [ANN]]))
    dying.vanish()
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([]))
    const late = await Listener.at(under.brokers[2])
    expect(late.elsewhere).toEqual([[BEN]])
    expect(two.elsewhere).toEqual([[], [ANN], []])
  })

  test('[V7] whoever comes after a process has died is rid of its ghosts too', async () => {
    const [dying, , watching] = under.processes
    const one = await Listener.at(dying.broker)
    one.listening.here(ANN, true)
    const two = await Listener.at(under.brokers[1])
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([ANN]))
    dying.vanish()
    const late = await Listener.at(watching.broker)
    await eventually(() => expect(late.elsewhere.at(-1)).toEqual([]))
  })

  test('[V7] whoever comes later is told for how long a statement still holds, and not for how long it did at first', async () => {
    const connection = await connect(parseAddress(redis.url))
    const [lease, passed] = [HOUR, 300]
    const state = (speaker: string, emails: readonly string[]) =>
      connection.run(STATE, [presenceKeyOf(ROOM), channelOf(ROOM)], [speaker, 1, lease, JSON.stringify(emails), ''])
    await state('dead.1', [ANN])
    await Bun.sleep(passed)
    const told = await state('late.1', [])
    expect(told).toEqual([['dead.1', 1, expect.any(Number), JSON.stringify([ANN])]])
    expect(Number(listIn(listIn(told)[0])[2])).toBeWithin(0, lease - passed + 1)
    connection.close()
  })

  test('[V7] members stay as long as their process lives, well beyond what holds without being said again', async () => {
    const [one, two] = await Promise.all([Listener.at(under.brokers[0]), Listener.at(under.brokers[1])])
    one.listening.here(ANN, true)
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([ANN]))
    await Bun.sleep(2 * QUICK.goneMilliseconds)
    expect(two.elsewhere).toEqual([[], [ANN]])
    const late = await Listener.at(under.brokers[2])
    expect(late.elsewhere).toEqual([[ANN]])
  })

  test('[V7] nobody seems to leave because Redis was away, and who came or went meanwhile is known afterwards', async () => {
    const [one, two] = await Promise.all([Listener.at(under.brokers[0]), Listener.at(under.brokers[1])])
    one.listening.here(ANN, true)
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([ANN]))
    await redis.kill()
    two.listening.here('came@example.com', true)
    two.listening.whisper({ type: 'typing', email: 'came@example.com', on: true })
    await Bun.sleep(QUICK.goneMilliseconds)
    await redis.restartEmpty()
    await eventually(() => expect(one.elsewhere.at(-1)).toEqual(['came@example.com']))
    const late = await again(() => Listener.at(under.brokers[2]))
    await eventually(() => expect(late.elsewhere.at(-1)).toEqual([ANN, 'came@example.com']))
    expect(two.elsewhere).toEqual([[], [ANN]])
  })

  test('[V7] a process that closes in good order is gone at once', async () => {
    // At such a pace nobody would notice in the time that a test has, unless they were told.
    const leisurely = { ...QUICK, everyMilliseconds: HOUR, goneMilliseconds: 3 * HOUR }
    const [leaving, staying] = await Promise.all(['a', 'b'].map((name) => startProcess(redis.url, name, leisurely)))
    if (!leaving || !staying) throw new Error('unreachable: there are two')
    const [one, two] = [await Listener.at(leaving.broker), await Listener.at(staying.broker)]
    one.listening.here(ANN, true)
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([ANN]))
    await leaving.close()
    await eventually(() => expect(two.elsewhere.at(-1)).toEqual([]))
    await staying.close()
  })
})

/** Each of them hears what is stored, or is told to look and hears what is stored after that. */
async function hears(...listeners: readonly Listener[]): Promise<void> {
  for (const listener of listeners) {
    for (let attempt = 0; attempt < 5; attempt++) {
      const before = listener.timesMissed
      const stored = await again(() => under.store(ROOM, 'heard?'))
      const heard = () => listener.heard.some((one) => Bun.deepEquals(one, { stored }))
      await eventually(() => expect(heard() || listener.timesMissed > before).toBe(true))
      if (heard()) break
      expect(attempt).toBeLessThan(4)
    }
  }
}

function deafEar() {
  return { event() {}, whisper() {}, elsewhere() {}, missed() {} }
}

/** Until it succeeds: Redis is back a moment before everyone has noticed. */
async function again<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 20) throw error
      await Bun.sleep(100)
    }
  }
}
