// The Redis of the tests does what a test asks of it: dies, freezes, comes back, and hands over to a replica.
import { expect, test } from 'bun:test'
import { RedisServer } from './redis.ts'
import { RedisCluster } from './redis-cluster.ts'
import { RedisSentinel } from './redis-sentinel.ts'

test('a single Redis keeps what it has through being killed, freezes and thaws, and can come back empty', async () => {
  const redis = await RedisServer.start()
  try {
    await redis.cli('SET', 'key', 'kept')
    await redis.kill()
    await expect(redis.cli('GET', 'key')).rejects.toThrow('onnect')
    await redis.restart()
    expect(await redis.cli('GET', 'key')).toBe('kept')
    redis.stop()
    const asked = redis.cli('GET', 'key')
    redis.cont()
    expect(await asked).toBe('kept')
    await redis.restartEmpty()
    expect(await redis.cli('EXISTS', 'key')).toBe('0')
  } finally {
    await redis.remove()
  }
})

test('a cluster hands a slot over, moves one, and survives the death of a master', async () => {
  const cluster = await RedisCluster.start({ masters: 3, replicas: 1 })
  try {
    const first = await cluster.nodeOf('key')
    await first.cli('SET', 'key', 'kept')
    await cluster.failover('key')
    const second = await cluster.nodeOf('key')
    expect(second).not.toBe(first)
    expect(await second.cli('GET', 'key')).toBe('kept')
    const crashed = await cluster.crash('key')
    expect(crashed).toBe(second)
    expect(await cluster.nodeOf('key')).toBe(first)
    await cluster.revive(crashed)
    const moved = await cluster.moveSlot('key')
    expect(moved).not.toBe(first)
    expect(await moved.cli('GET', 'key')).toBe('kept')
  } finally {
    await cluster.remove()
  }
})

for (const how of ['graceful', 'crash'] as const) {
  test(`Sentinels make the replica the master: ${how}`, async () => {
    const sentinel = await RedisSentinel.start()
    try {
      const former = await sentinel.failover(how)
      const master = await sentinel.master()
      expect(master).not.toBe(former)
      expect(await master.cli('SET', 'key', 'value')).toBe('OK')
    } finally {
      await sentinel.remove()
    }
  })
}
