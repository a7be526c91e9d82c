// Where messages, sign-ins and spent tickets are kept: the adapters of one technology, opened and closed together.

import { redisAudit } from './adapters/redis/audit.ts'
import { redisBroker } from './adapters/redis/broker.ts'
import { redisLedger } from './adapters/redis/ledger.ts'
import type { Address } from './adapters/redis/lines/address.ts'
import { type Connection, connect } from './adapters/redis/lines/connection.ts'
import { redisLog } from './adapters/redis/log.ts'
import { Storing } from './adapters/redis/storing.ts'
import { sqliteAudit } from './adapters/sqlite/audit.ts'
import { soleBroker } from './adapters/sqlite/broker.ts'
import { sqliteLedger } from './adapters/sqlite/ledger.ts'
import { sqliteLog } from './adapters/sqlite/log.ts'
import { Store } from './adapters/sqlite/store.ts'
import type { Config } from './config.ts'
import { ConfigFaults } from './faults.ts'
import type { Audit } from './ports/audit.ts'
import type { Broker } from './ports/broker.ts'
import type { Ledger } from './ports/ledger.ts'
import type { Log } from './ports/log.ts'
import { opening } from './start.ts'

export interface Storage {
  readonly log: Log
  readonly ledger: Ledger
  readonly broker: Broker
  readonly audit: Audit
  /** Resolves when everything that is being stored has been stored or refused. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface World {
  readonly now: () => number
  readonly random: (bytes: number) => string
  readonly after: (milliseconds: number, work: () => void) => () => void
}

export function openStorage(storage: Config['storage'], world: World): Promise<Storage> {
  switch (storage.kind) {
    case 'sqlite':
      return inSqlite(storage.path, world)
    case 'redis':
      return inRedis(storage.address, world)
  }
}

async function inSqlite(path: string, { now }: World): Promise<Storage> {
  const remedy = 'use the path of a file that can be written'
  const store = opening('CHAT_STORAGE_URL', `sqlite:${path}`, remedy, () => new Store(path))
  return {
    log: sqliteLog(store, now),
    ledger: sqliteLedger(store, now),
    broker: soleBroker(),
    audit: sqliteAudit(store),
    settled: () => store.settled(),
    close: async () => store.close(),
  }
}

async function inRedis(address: Address, { now, random, after }: World): Promise<Storage> {
  const connection = await reachable(address)
  const storing = new Storing()
  const broker = redisBroker({ connection, storing, process: random(9), now: () => performance.now(), after })
  return {
    log: redisLog(connection, now, random, storing),
    ledger: redisLedger(connection, now, random),
    broker,
    audit: redisAudit(connection),
    settled: () => connection.settled(),
    async close() {
      await broker.close()
      await connection.settled() // Others have to hear who left.
      connection.close()
    },
  }
}

async function reachable(address: Address): Promise<Connection> {
  try {
    return await connect(address)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigFaults([`CHAT_STORAGE_URL: ${reason}; start it, or correct the address`])
  }
}
