// Masters die, hand over and give slots away while people talk: each event is heard, or whoever listens is told to look.
import { afterEach, describe, expect, test } from 'bun:test'
import { type BrokerProcesses, processesOn } from '../../../test/support/broker-processes.ts'
import { RedisCluster } from '../../../test/support/redis-cluster.ts'
import { RedisSentinel } from '../../../test/support/redis-sentinel.ts'
import { eventually } from '../../ports/broker.contract.ts'
import type { Broker, Ear, Listening } from '../../ports/broker.ts'
import type { Stored } from '../../ports/log.ts'
import { channelOf } from './keys.ts'

const ROOM = 'w32tgse'
const ANN = 'ann@example.com'
const LIMIT_MILLISECONDS = 60_000
const HEALED_MILLISECONDS = 20_000

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
}, LIMIT_MILLISECONDS)

describe('a Redis Cluster', () => {
  const FAULTS: Record<string, (cluster: RedisCluster) => Promise<unknown>> = {
    'a master hands over to its replica': (cluster) => cluster.failover(channelOf(ROOM)),
    'a master dies': (cluster) => cluster.crash(channelOf(ROOM)),
    "the room's slot moves to another master": (cluster) => cluster.moveSlot(channelOf(ROOM)),
    'a subscriber is cut off at every node': (cluster) =>
      Promise.all(cluster.nodes.map((node) => node.cli('CLIENT', 'KILL', 'TYPE', 'pubsub'))),
  }
  for (const [what, fault] of Object.entries(FAULTS)) {
    test(
      `[R5] while ${what}, everything that is stored is heard or known to be missed, and presence stays`,
      async () => {
        const cluster = await RedisCluster.start({ masters: 3, replicas: 1 })
        closing.push(() => cluster.remove())
        await talkThrough(cluster.url, () => fault(cluster))
      },
      LIMIT_MILLISECONDS,
    )
  }
})

describe('Redis behind Sentinels', () => {
  for (const how of ['graceful', 'crash'] as const) {
    test(
      `[R5] while the master changes (${how}), everything that is stored is heard or known to be missed, and presence stays`,
      async () => {
        const sentinel = await RedisSentinel.start()
        closing.push(() => sentinel.remove())
        await talkThrough(sentinel.url, () => sentinel.failover(how))
      },
      LIMIT_MILLISECONDS,
    )
  }
})

async function talkThrough(url: string, fault: () => Promise<unknown>): Promise<void> {
  const under = await processesOn(url)
  closing.push(() => under.close())
  const watchers = await Promise.all(under.brokers.map(Watcher.at))
  watchers[0]?.listening.here(ANN, true)
  await eventually(() => expect(watchers.map((each) => each.elsewhere)).toEqual([[], [ANN], [ANN]]))

  const talk = talkOn(under)
  await Promise.race([talk.some(5), Bun.sleep(HEALED_MILLISECONDS)])
  await fault()
  await Promise.race([talk.some(10), Bun.sleep(HEALED_MILLISECONDS)])
  const stored = await talk.end()
  expect(stored.length).toBeGreaterThanOrEqual(15)

  await eventually(() => {
    for (const watcher of watchers) expect(watcher.lost(stored)).toEqual([])
  }, HEALED_MILLISECONDS)
  const last = await under.store(ROOM, 'afterwards')
  for (const watcher of watchers) await eventually(() => expect(watcher.heard).toContain(placeOf(last)))
  // Whoever was there is there still, and nobody saw them flicker.
  expect(watchers.map((each) => each.elsewhere)).toEqual([[], [ANN], [ANN]])
  expect(watchers.map((each) => each.timesTold)).toEqual([1, 2, 2])
  watchers[0]?.listening.here(ANN, false)
  await eventually(() => expect(watchers.map((each) => each.elsewhere)).toEqual([[], [], []]), HEALED_MILLISECONDS)
}

interface Told {
  readonly stored: Stored
  readonly at: number
}

/** One message after the other, until it is ended; what is refused is not counted. */
function talkOn(under: BrokerProcesses): { some(count: number): Promise<void>; end(): Promise<readonly Told[]> } {
  const told: Told[] = []
  let going = true
  const talking = (async () => {
    while (going) {
      const stored = await under.store(ROOM, 'talk').catch(() => null)
      if (stored) told.push({ stored, at: performance.now() })
      await Bun.sleep(20)
    }
  })()
  return {
    async some(count) {
      const enough = told.length + count
      while (going && told.length < enough) await Bun.sleep(20)
    },
    async end() {
      going = false
      await talking
      return told
    },
  }
}

class Watcher {
  readonly heard: string[] = []
  elsewhere: string[] = []
  timesTold = 0
  #missedAt = Number.NEGATIVE_INFINITY
  #listening: Listening | undefined

  static async at(broker: Broker): Promise<Watcher> {
    const watcher = new Watcher()
    const ear: Ear = {
      event: (stored) => watcher.heard.push(placeOf(stored)),
      whisper() {},
      elsewhere(emails) {
        watcher.timesTold++
        watcher.elsewhere = [...emails]
      },
      missed() {
        watcher.#missedAt = performance.now()
      },
    }
    watcher.#listening = await broker.listen(ROOM, ear)
    return watcher
  }

  get listening(): Listening {
    if (!this.#listening) throw new Error('it does not listen yet')
    return this.#listening
  }

  /** What was neither heard nor stored before the moment when it was told to look at the log. */
  lost(told: readonly Told[]): readonly string[] {
    const unheard = told.filter(({ stored }) => !this.heard.includes(placeOf(stored)))
    return unheard.filter(({ at }) => at > this.#missedAt).map(({ stored }) => placeOf(stored))
  }
}

function placeOf({ epoch, event }: Stored): string {
  return `${event.offset} of ${epoch}`
}
