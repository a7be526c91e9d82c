// The master that the sentinels name. The library's own client for this waits without bounds while there is none, so we ask ourselves.
import type { Place } from './address.ts'
import { type Access, askOnce, type Reply } from './client.ts'
import { StoreFault } from './fault.ts'
import type { Route } from './route.ts'

/** What one sentinel says: the higher its epoch, the newer what it knows. */
interface Word {
  readonly place: Place
  readonly epoch: number
}

/** After a failover one sentinel knows first, and the others name the former master still: so all are heard, but not waited for long. */
const HEARING_MILLISECONDS = 300

export function sentinelRoute(sentinels: readonly Place[], master: string, access: Access): Route {
  let known: Place | undefined
  /** The last that was known, also when it is doubted. */
  let latest: Place | undefined
  /** The one before that, and the epoch in which it was left. */
  let left: Word | undefined
  let newest = 0
  let asking: Promise<Place> | undefined

  return {
    known: () => known,
    placeOf: async () => known ?? (await ask()),
    places: async () => [known ?? (await ask())],
    doubt(fault) {
      if (fault.code === 'away' || fault.code === 'lost' || fault.code === 'READONLY') known = undefined
    },
    refresh: async () => {
      await ask()
    },
  }

  function ask(): Promise<Place> {
    asking ??= hearAll().finally(() => {
      asking = undefined
    })
    return asking
  }

  async function hearAll(): Promise<Place> {
    const words: Word[] = []
    const asked = sentinels.map(async (sentinel) => words.push(await askOne(sentinel)))
    await Promise.race([Promise.allSettled(asked), Bun.sleep(HEARING_MILLISECONDS)])
    if (words.length === 0) await firstOf(asked)
    const epoch = Math.max(newest, ...words.map((word) => word.epoch))
    // Who knows less than was known before has not heard of it yet; and of those who know as much, whoever has news is right.
    const current = words.filter((word) => word.epoch === epoch).map(({ place }) => place)
    const news = current.find(
      (place) => !isSame(place, latest) && !(left?.epoch === epoch && isSame(place, left.place)),
    )
    const next = news ?? latest ?? words[0]?.place
    if (!next) throw new StoreFault('away', 'no sentinel answers')
    if (latest && !isSame(next, latest)) left = { place: latest, epoch }
    newest = epoch
    latest = next
    known = next
    return next
  }

  async function firstOf(asked: readonly Promise<unknown>[]): Promise<void> {
    try {
      await Promise.any(asked)
    } catch (error) {
      const [fault] = error instanceof AggregateError ? error.errors : []
      throw fault instanceof StoreFault ? fault : new StoreFault('away', 'no sentinel answers', error)
    }
  }

  async function askOne(sentinel: Place): Promise<Word> {
    const [address, facts] = await Promise.all([
      command(sentinel, 'GET-MASTER-ADDR-BY-NAME'),
      command(sentinel, 'MASTER'),
    ])
    const [host, port] = Array.isArray(address) ? address : []
    if (typeof host !== 'string' || port === undefined) throw unknownMaster()
    const list = Array.isArray(facts) ? facts : []
    const epoch = Number(list[list.indexOf('config-epoch') + 1] ?? 0)
    return { place: { host, port: Number(port) }, epoch: Number.isFinite(epoch) ? epoch : 0 }
  }

  async function command(sentinel: Place, verb: string): Promise<Reply> {
    const words = ['SENTINEL', verb, master]
    try {
      return await askOnce(sentinel, { ...access, ...STRANGER }, words)
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error
      if (error.code === 'NOAUTH') return askOnce(sentinel, { ...access, database: 0 }, words)
      if (/no such master/i.test(error.message)) throw unknownMaster()
      throw error
    }
  }

  function unknownMaster(): StoreFault {
    return new StoreFault('away', `the sentinels know no master called ${JSON.stringify(master)}`)
  }
}

function isSame(one: Place, other: Place | undefined): boolean {
  return one.host === other?.host && one.port === other.port
}

/** Sentinels seldom have a password, and refuse one that they did not ask for. */
const STRANGER = { username: undefined, password: undefined, database: 0 }
