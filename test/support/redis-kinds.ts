// One Redis and one Cluster of three, for all tests of the file that asks for them.
import { afterAll, beforeAll } from 'bun:test'
import { RedisServer } from './redis.ts'
import { RedisCluster } from './redis-cluster.ts'

/** From the first test on, until after the last. */
export interface RedisKinds {
  redis: RedisServer
  cluster: RedisCluster
}

export function redisKinds(): Readonly<RedisKinds> {
  const kinds: Partial<RedisKinds> = {}
  beforeAll(async () => {
    kinds.redis = await RedisServer.start()
    kinds.cluster = await RedisCluster.start({ masters: 3 })
  })
  afterAll(async () => {
    await kinds.redis?.remove()
    await kinds.cluster?.remove()
  })
  return {
    get redis() {
      return there(kinds.redis)
    },
    get cluster() {
      return there(kinds.cluster)
    },
  }
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('it is there from the first test on')
  return thing
}
