// Where messages, sign-ins and spent tickets are kept: the adapters of one technology, opened and closed together.

import { redisAudit } from './adapters/redis/audit.ts'
import { redisBroker } from './adapters/redis/broker.ts'
import { redisLedger } from './adapters/redis/ledger.ts'
import type { Address } from './adapters/redis/lines/address.ts'
import { type Connection, connect } from './adapters/redis/lines/connection.ts'
import { redisLog } from './adapters/redis/log.ts'
import { redisRetention } from './adapters/redis/retention.ts'
import { redisSeats } from './adapters/redis/seats.ts'
import { Storing } from './adapters/redis/storing.ts'
import { sqliteAudit } from './adapters/sqlite/audit.ts'
import { soleBroker } from './adapters/sqlite/broker.ts'
import { sqliteLedger } from './adapters/sqlite/ledger.ts'
import { sqliteLog } from './adapters/sqlite/log.ts'
import { sqliteRetention } from './adapters/sqlite/retention.ts'
import { scrub } from './adapters/sqlite/scrub.ts'
import { soleSeats } from './adapters/sqlite/seats.ts'
import { Store } from './adapters/sqlite/store.ts'
import type { Config } from './config.ts'
import { ConfigFaults } from './faults.ts'
import type { Audit } from './ports/audit.ts'
import type { Broker } from './ports/broker.ts'
import type { Ledger } from './ports/ledger.ts'
import type { Log } from './ports/log.ts'
import type { Retention } from './ports/retention.ts'
import type { Seats } from './ports/seats.ts'
import { opening } from './start.ts'
import { watchedLedger, watchedLog } from './watch/ports.ts'
import type { Probe } from './watch/readiness.ts'
import { watchedConnection } from './watch/redis.ts'
import { tracedConnection, tracedLedger, tracedLog } from './watch/traces/ports.ts'
import type { Watchers } from './watch/watching.ts'

export interface Storage {
  readonly log: Log
  readonly ledger: Ledger
  readonly broker: Broker
  readonly seats: Seats
  /** How to find out whether each part of it works now. */
  readonly probes: Readonly<Record<string, Probe>>
  readonly audit: Audit
  readonly retention: Retention
  /** Resolves when what was deleted before is gone from the disk too, as far as the chat can see to that itself, or when it `isOff`. */
  scrub(isOff?: () => boolean): Promise<void>
  /** Resolves when everything that is being stored has been stored or refused. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface World {
  readonly now: () => number
  readonly random: (bytes: number) => string
  readonly after: (milliseconds: number, work: () => void) => () => void
}

/** What a process is asked to count is counted for a moment only, and under its own name. */
const PROBE = 'is anybody there'
const PROBE_MILLISECONDS = 1_000
/** Between two steps of scrubbing, for whoever talks. */
const SCRUB_PAUSE_MILLISECONDS = 20

/** `watching` counts and traces what the storage is asked, where somebody does. */
export async function openStorage(
  storage: Config['storage'],
  world: World,
  watching: Watchers = UNWATCHED,
): Promise<Storage> {
  const opened = await openTechnology(storage, world, watching)
  const { metrics, tracing } = watching
  const traced = tracing
    ? { ...opened, log: tracedLog(opened.log, tracing), ledger: tracedLedger(opened.ledger, tracing) }
    : opened
  if (!metrics) return traced
  return { ...traced, log: watchedLog(traced.log, metrics), ledger: watchedLedger(traced.ledger, metrics) }
}

const UNWATCHED: Watchers = { metrics: null, tracing: null }

function openTechnology(storage: Config['storage'], world: World, watching: Watchers): Promise<Storage> {
  switch (storage.kind) {
    case 'sqlite':
      return inSqlite(storage.path, world)
    case 'redis':
      return inRedis(storage.address, world, watching)
  }
}

async function inSqlite(path: string, { now, after }: World): Promise<Storage> {
  const remedy = 'use the path of a file that can be written'
  const store = opening('CHAT_STORAGE_URL', `sqlite:${path}`, remedy, () => new Store(path))
  const ledger = sqliteLedger(store, now)
  return {
    log: sqliteLog(store, now),
    ledger,
    broker: soleBroker(),
    seats: soleSeats(),
    // Written, not read: of a disk that is full everything can be read.
    probes: { store: () => ledger.count(PROBE, PROBE_MILLISECONDS) },
    audit: sqliteAudit(store),
    retention: sqliteRetention(store, now),
    scrub: (isOff) => scrub(store, () => new Promise((resolve) => after(SCRUB_PAUSE_MILLISECONDS, resolve)), isOff),
    settled: () => store.settled(),
    close: async () => store.close(),
  }
}

async function inRedis(address: Address, { now, random, after }: World, watching: Watchers): Promise<Storage> {
  const reached = await reachable(address)
  const { metrics, tracing } = watching
  const traced = tracing ? tracedConnection(reached, tracing) : reached
  const connection = metrics ? watchedConnection(traced, metrics) : traced
  const storing = new Storing()
  const process = random(9)
  const broker = redisBroker({ connection, storing, process, now: () => performance.now(), after })
  const seats = redisSeats({ connection, process, after })
  const ledger = redisLedger(connection, now, random)
  return {
    log: redisLog(connection, now, random, storing),
    ledger,
    broker,
    seats,
    probes: {
      async store() {
        await ledger.count(`${PROBE} ${process}`, PROBE_MILLISECONDS)
        if (!connection.answering) throw new Error('not every part of it answers')
      },
      broker: () => broker.roundTrip(),
    },
    audit: redisAudit(connection),
    retention: redisRetention(connection, now),
    scrub: async () => undefined, // What its append-only file still holds goes when that is rewritten.
    settled: () => connection.settled(),
    async close() {
      await Promise.all([broker.close(), seats.close()])
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
