// The master that the sentinels name. The library's own client for this waits without bounds while there is none, so we ask ourselves.
import type { Place } from './address.ts'
import { type Access, askOnce } from './client.ts'
import { StoreFault } from './fault.ts'
import type { Route } from './route.ts'

export function sentinelRoute(sentinels: readonly Place[], master: string, access: Access): Route {
  let known: Place | undefined
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
    asking ??= firstAnswer().finally(() => {
      asking = undefined
    })
    return asking
  }

  /** All at once, for one that is stopped must not keep us from asking the next. */
  async function firstAnswer(): Promise<Place> {
    try {
      known = await Promise.any(sentinels.map(askOne))
      return known
    } catch (error) {
      const [first] = error instanceof AggregateError ? error.errors : []
      throw first instanceof StoreFault ? first : new StoreFault('away', 'no sentinel answers', error)
    }
  }

  async function askOne(sentinel: Place): Promise<Place> {
    const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master]
    const answer = await askOnce(sentinel, { ...access, ...STRANGER }, command).catch((error: unknown) => {
      if (!(error instanceof StoreFault) || error.code !== 'NOAUTH') throw error
      return askOnce(sentinel, { ...access, database: 0 }, command)
    })
    const [host, port] = Array.isArray(answer) ? answer : []
    if (typeof host === 'string' && port !== undefined) return { host, port: Number(port) }
    throw new StoreFault('away', `the sentinels know no master called ${JSON.stringify(master)}`)
  }
}

/** Sentinels seldom have a password, and refuse one that they did not ask for. */
const STRANGER = { username: undefined, password: undefined, database: 0 }
