// Retention in Redis keeps the contract, on one Redis and on a Cluster.
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { retentionContract } from '../../ports/retention.contract.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'
import { redisRetention } from './retention.ts'

const kinds = redisKinds()

for (const kind of ['redis', 'cluster'] as const) {
  retentionContract(kind === 'redis' ? 'Redis' : 'a Redis Cluster', async () => {
    await kinds[kind].flush()
    const connection = await connect(parseAddress(kinds[kind].url))
    let now = 1_700_000_000_000
    return {
      retention: redisRetention(connection, () => now),
      advance: (milliseconds) => {
        now += milliseconds
      },
      close: async () => connection.close(),
    }
  })
}
