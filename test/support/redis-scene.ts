// Two servers on one Redis and a crowd that talks there, anew for each test of the file that asks for it.
import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test'
import { Crowd } from './crowd.ts'
import { RedisServer } from './redis.ts'
import { type Pair, RedisPlace } from './redis-place.ts'

export class RedisScene {
  readonly place: RedisPlace
  readonly redis: RedisServer
  readonly servers: Pair
  readonly crowd: Crowd

  static async open(place: RedisPlace): Promise<RedisScene> {
    const redis = await RedisServer.start()
    const servers = await place.pair(redis.url)
    return new RedisScene(place, redis, servers, await Crowd.gather(servers, redis.url, await place.room()))
  }

  private constructor(place: RedisPlace, redis: RedisServer, servers: Pair, crowd: Crowd) {
    this.place = place
    this.redis = redis
    this.servers = servers
    this.crowd = crowd
  }

  async remove(): Promise<void> {
    this.crowd.leave()
    await Promise.all([...this.servers.map((server) => server.remove()), this.redis.remove()])
  }
}

/** Calls `opened` with the scene of each test, before it. */
export function eachOnRedis(opened: (scene: RedisScene) => Promise<void> | void): void {
  let place: RedisPlace
  let scene: RedisScene
  beforeAll(async () => {
    place = await RedisPlace.open()
  })
  afterAll(() => place.remove())
  beforeEach(async () => {
    scene = await RedisScene.open(place)
    await opened(scene)
  })
  afterEach(() => scene.remove())
}
