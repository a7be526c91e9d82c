// Masters die, hand over and give slots away while people talk: each event is heard, or whoever listens is told to look.
import { afterEach, describe, expect, test } from 'bun:test'
import { type BrokerProcess, type BrokerProcesses, processesOn } from '../../../test/support/broker-processes.ts'
import { RedisCluster } from '../../../test/support/redis-cluster.ts'
import { RedisSentinel } from '../../../test/support/redis-sentinel.ts'
import { eventually } from '../../ports/broker.contract.ts'
import type { Ear, Listening } from '../../ports/broker.ts'
import type { Log, Stored } from '../../ports/log.ts'
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
        const cluster = await RedisCluster.start({ masters: 3, replicas: 1, appendonly: false })
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
        const sentinel = await RedisSentinel.start({ appendonly: false })
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
  const watchers = await Promise.all(under.processes.map(Watcher.at))
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
  await eventually(() => {
    for (const watcher of watchers) expect(watcher.lost([last])).toEqual([])
  }, HEALED_MILLISECONDS)
  // Whoever was there is there still, and nobody saw them flicker.
  expect(watchers.map((each) => each.elsewhere)).toEqual([[], [ANN], [ANN]])
  expect(watchers.map((each) => each.timesTold)).toEqual([1, 2, 2])
  watchers[0]?.listening.here(ANN, false)
  await eventually(() => expect(watchers.map((each) => each.elsewhere)).toEqual([[], [], []]), HEALED_MILLISECONDS)
}

/** One message after the other, until it is ended; what is refused is not counted. */
function talkOn(under: BrokerProcesses): { some(count: number): Promise<void>; end(): Promise<readonly Stored[]> } {
  const told: Stored[] = []
  let going = true
  const talking = (async () => {
    while (going) {
      const stored = await under.store(ROOM, 'talk').catch(() => null)
      if (stored) told.push(stored)
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
  /** What it was told to look at, it has seen. */
  #knows = 0
  #listening: Listening | undefined

  static async at({ broker, log }: BrokerProcess): Promise<Watcher> {
    const watcher = new Watcher()
    const ear: Ear = {
      event: (stored) => watcher.heard.push(placeOf(stored)),
      whisper() {},
      elsewhere(emails) {
        watcher.timesTold++
        watcher.elsewhere = [...emails]
      },
      missed: () => void watcher.#look(log),
    }
    watcher.#listening = await broker.listen(ROOM, ear)
    return watcher
  }

  get listening(): Listening {
    if (!this.#listening) throw new Error('it does not listen yet')
    return this.#listening
  }

  /** What was neither heard nor in the log when it was told to look. */
  lost(told: readonly Stored[]): readonly string[] {
    const unheard = told.filter((stored) => !this.heard.includes(placeOf(stored)))
    return unheard.filter(({ event }) => event.offset > this.#knows).map(placeOf)
  }

  async #look(log: Log): Promise<void> {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        const { offset } = await log.end(ROOM)
        this.#knows = Math.max(this.#knows, offset)
        return
      } catch {
        await Bun.sleep(100)
      }
    }
  }
}

function placeOf({ epoch, event }: Stored): string {
  return `${event.offset} of ${epoch}`
}
