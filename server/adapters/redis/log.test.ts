// The log in Redis keeps the contract of every log, on one Redis and on a Cluster.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { RedisServer } from '../../../test/support/redis.ts'
import { RedisCluster } from '../../../test/support/redis-cluster.ts'
import { type LogUnderTest, logContract } from '../../ports/log.contract.ts'
import { logChangesContract } from '../../ports/log-changes.contract.ts'
import { parseAddress } from './lines/address.ts'
import { type Connection, connect } from './lines/connection.ts'
import { redisLog } from './log.ts'

const START = Date.UTC(2026, 4, 4)
const random = (bytes: number) => randomBytes(bytes).toString('base64url')

describe('one Redis', () => {
  let redis: RedisServer
  let connection: Connection

  beforeAll(async () => {
    redis = await RedisServer.start({ appendonly: false })
    connection = await connect(parseAddress(redis.url))
  })
  afterAll(async () => {
    connection?.close()
    await redis?.remove()
  })

  const newLog = () => emptied(connection, [redis])
  logContract('Redis', newLog)
  logChangesContract('Redis', newLog)

  test('[V15] far more text than was asked for is not even read', async () => {
    const { log } = await newLog()
    const text = 'x'.repeat(16_384)
    for (let said = 0; said < 300; said++) await log.append('w32tgse', { type: 'message', by: 'a@example.com', text })
    const beginning = { ...(await log.end('w32tgse')), offset: 0 }
    await redis.cli('CONFIG', 'RESETSTAT')
    expect(await log.since('w32tgse', beginning, 1_000, 512 * 1024)).toBe('gap')
    const [, sent] = /total_net_output_bytes:(\d+)/.exec(await redis.cli('INFO', 'stats')) ?? []
    expect(Number(sent)).toBeLessThan(100_000)
  })
})

describe('three nodes', () => {
  let cluster: RedisCluster
  let connection: Connection

  beforeAll(async () => {
    cluster = await RedisCluster.start({ masters: 3, appendonly: false })
    connection = await connect(parseAddress(cluster.url))
  })
  afterAll(async () => {
    connection?.close()
    await cluster?.remove()
  })

  const newLog = () => emptied(connection, cluster.nodes)
  logContract('a Redis Cluster', newLog)
  logChangesContract('a Redis Cluster', newLog)
})

async function emptied(connection: Connection, servers: readonly RedisServer[]): Promise<LogUnderTest> {
  await Promise.all(servers.map((server) => server.flush()))
  let now = START
  return {
    log: redisLog(connection, () => now, random),
    advance: (milliseconds) => {
      now += milliseconds
    },
    close: async () => {},
  }
}
