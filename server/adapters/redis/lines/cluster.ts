// Which node of the Cluster keeps a key. The library's own client replaces all its lines when one node is stopped, so we route ourselves.
import type { Place } from './address.ts'
import { type Access, askOnce, type Reply } from './client.ts'
import { StoreFault } from './fault.ts'
import { nameOf } from './lines.ts'
import type { Route } from './route.ts'
import { slotOf } from './slot.ts'

/** Of the nodes that are asked which slots are where. */
const ASKED_AT_ONCE = 3

export function clusterRoute(roots: readonly Place[], access: Access): Route {
  const slots: (Place | undefined)[] = []
  let asking: Promise<void> | undefined

  return {
    known: (key) => slots[slotOf(key)],

    async placeOf(key) {
      if (slots.length === 0) await refresh()
      const place = slots[slotOf(key)]
      if (place) return place
      void refresh().catch(() => {}) // Perhaps somebody takes the slot over; until then this is the answer.
      throw new StoreFault('CLUSTERDOWN', 'no node of the Cluster keeps this part of the keys')
    },

    async places() {
      if (slots.length === 0) await refresh()
      return masters()
    },

    doubt(fault) {
      const moved = fault.code === 'MOVED' ? /^MOVED (\d+) (\S+):(\d+)$/.exec(fault.message) : null
      if (moved) slots[Number(moved[1])] = { host: moved[2] ?? '', port: Number(moved[3]) }
      if (DOUBTFUL.has(fault.code)) void refresh().catch(() => {}) // Whoever wants a key tries again anyway.
    },

    refresh,
  }

  function refresh(): Promise<void> {
    asking ??= askAround().finally(() => {
      asking = undefined
    })
    return asking
  }

  async function askAround(): Promise<void> {
    const asked = [
      ...new Map([...shuffled(masters()), ...shuffled(roots)].map((place) => [nameOf(place), place])).values(),
    ]
    let fault: unknown
    for (let first = 0; first < asked.length; first += ASKED_AT_ONCE) {
      try {
        learn(await Promise.any(asked.slice(first, first + ASKED_AT_ONCE).map(ask)))
        return
      } catch (error) {
        fault = error instanceof AggregateError ? error.errors[0] : error
      }
    }
    throw fault instanceof StoreFault ? fault : new StoreFault('away', 'no node of the Cluster answers', fault)
  }

  async function ask(place: Place): Promise<readonly Shard[]> {
    const answer = await askOnce(place, access, ['CLUSTER', 'SLOTS'])
    const shards = Array.isArray(answer) ? answer.flatMap((row) => shardOf(row, place)) : []
    // A node that has just come back may know of nobody yet.
    if (shards.length === 0) throw new StoreFault('CLUSTERDOWN', 'the Cluster has no node that keeps keys')
    return shards
  }

  function learn(shards: readonly Shard[]): void {
    slots.length = 0
    for (const { from, to, master } of shards) for (let slot = from; slot <= to; slot++) slots[slot] = master
  }

  function masters(): readonly Place[] {
    return [...new Map(slots.flatMap((place) => (place ? [[nameOf(place), place] as const] : []))).values()]
  }
}

interface Shard {
  readonly from: number
  readonly to: number
  readonly master: Place
}

const DOUBTFUL = new Set(['away', 'lost', 'slow', 'MOVED', 'READONLY', 'CLUSTERDOWN', 'MASTERDOWN'])

function shardOf(row: Reply, asked: Place): Shard[] {
  if (!Array.isArray(row)) return []
  const [from, to, master] = row
  if (!Array.isArray(master)) return []
  const [host, port] = master
  // A node that does not know its own name is where we asked.
  return [{ from: Number(from), to: Number(to), master: { host: String(host || asked.host), port: Number(port) } }]
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ item }) => item)
}
