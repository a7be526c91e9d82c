// The audit in Redis keeps the contract, on one Redis and on a Cluster.
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { auditContract } from '../../ports/audit.contract.ts'
import { redisAudit } from './audit.ts'
import { AUDIT_KEY } from './keys.ts'
import { parseAddress } from './lines/address.ts'
import { connect } from './lines/connection.ts'

const kinds = redisKinds()

for (const kind of ['redis', 'cluster'] as const) {
  auditContract(kind === 'redis' ? 'Redis' : 'a Redis Cluster', async () => {
    const connection = await connect(parseAddress(kinds[kind].url))
    await connection.send(AUDIT_KEY, ['DEL', AUDIT_KEY])
    return { audit: redisAudit(connection), close: async () => connection.close() }
  })
}
