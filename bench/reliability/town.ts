// Where it happens: Propromo's Postgres, a Redis that keeps everything, three servers behind a balancer, and a bad network.
import { randomBytes } from 'node:crypto'
import { type Balancer, startBalancer } from '../../test/support/balancer.ts'
import { type CuttingProxy, startCuttingProxy } from '../../test/support/cutting-proxy.ts'
import { PASSWORD } from '../../test/support/people.ts'
import { type Postgres, startPostgres } from '../../test/support/postgres.ts'
import { RedisServer } from '../../test/support/redis.ts'
import { type Server, startServer } from '../../test/support/server.ts'
import { laravelHash, Propromo } from '../../test/support/tables.ts'

export type Store = 'redis' | 'sqlite'

const SERVERS = { redis: 3, sqlite: 1 }

export interface Town {
  readonly store: Store
  readonly postgres: Postgres
  /** `null` where there is one process on SQLite. */
  readonly redis: RedisServer | null
  readonly servers: readonly Server[]
  readonly balancer: Balancer
  /** In front of the balancer, for those whose network is bad. */
  readonly network: CuttingProxy
  readonly storageUrl: string
  remove(): Promise<void>
}

/** Each room with one account for each role. */
export async function buildTown(store: Store, rooms: readonly string[], roles: readonly string[]): Promise<Town> {
  const removals: (() => Promise<void>)[] = []
  const remove = async () => {
    for (const remove of removals.splice(0).reverse()) await remove()
  }
  const kept = <Part extends { remove(): Promise<void> }>(part: Part): Part => {
    removals.push(() => part.remove())
    return part
  }
  try {
    const postgres = kept(await startPostgres('dummy/test.sql'))
    await settle(postgres, rooms, roles)
    const redis = store === 'redis' ? kept(await RedisServer.start()) : null
    const environment = {
      DATABASE_URL: postgres.url,
      JWT_PRIVATE_KEY: randomBytes(32).toString('base64'),
      ...(redis && { CHAT_STORAGE_URL: redis.url }),
    }
    const servers: Server[] = []
    for (let count = 0; count < SERVERS[store]; count++) servers.push(kept(await startServer(environment)))
    const balancer = kept(await startBalancer(servers.map(({ port }) => port)))
    const network = kept(await startCuttingProxy(balancer.port))
    const storageUrl = redis?.url ?? `sqlite:${servers[0]?.folder}/chat.sqlite`
    return { store, postgres, redis, servers, balancer, network, storageUrl, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

export function emailOf(role: string, room: string): string {
  return `${role}@${room}.example`
}

/** Everyone has one password, at a cost that hundreds of logins on two cores can pay. */
async function settle(postgres: Postgres, rooms: readonly string[], roles: readonly string[]): Promise<void> {
  const propromo = new Propromo(postgres)
  const hash = await laravelHash(PASSWORD)
  await propromo.makeLoginsCheap()
  for (const room of rooms) {
    await propromo.addMonitor({ monitor_hash: room })
    for (const role of roles) await propromo.addAccount(emailOf(role, room), hash, room)
  }
  await propromo.close()
}
