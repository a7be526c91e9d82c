// Brokers of several processes on one Redis, at a quicker pace than in earnest.
import { randomBytes } from 'node:crypto'
import { type Pace, type RedisBroker, redisBroker } from '../../server/adapters/redis/broker.ts'
import { parseAddress } from '../../server/adapters/redis/lines/address.ts'
import { connect } from '../../server/adapters/redis/lines/connection.ts'
import { redisLog } from '../../server/adapters/redis/log.ts'
import { Storing } from '../../server/adapters/redis/storing.ts'
import type { Log, Stored } from '../../server/ports/log.ts'

/** A member who is gone is noticed within two seconds, and nobody waits for twenty. */
export const QUICK: Pace = {
  everyMilliseconds: 300,
  probeMilliseconds: 200,
  hearingMilliseconds: 700,
  goneMilliseconds: 2_000,
}

export interface BrokerProcess {
  readonly broker: RedisBroker
  readonly log: Log
  /** Ends it as SIGKILL would: nobody is told. */
  vanish(): void
  /** Ends it in good order. */
  close(): Promise<void>
}

export interface BrokerProcesses {
  readonly brokers: readonly [RedisBroker, RedisBroker, RedisBroker]
  readonly processes: readonly [BrokerProcess, BrokerProcess, BrokerProcess]
  store(room: string, text: string): Promise<Stored>
  close(): Promise<void>
}

export async function processesOn(url: string): Promise<BrokerProcesses> {
  const processes = await Promise.all([startProcess(url, 'one'), startProcess(url, 'two'), startProcess(url, 'three')])
  const [one, two, three] = processes
  return {
    processes,
    brokers: [one.broker, two.broker, three.broker],
    store: (room, text) => three.log.append(room, { type: 'message', by: 'customer@example.com', text }),
    async close() {
      await Promise.all(processes.map((each) => each.close()))
    },
  }
}

export async function startProcess(url: string, name: string, pace: Pace = QUICK): Promise<BrokerProcess> {
  const connection = await connect(parseAddress(url))
  const timers = new Set<Timer>()
  const after = (milliseconds: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, milliseconds)
    timers.add(timer)
    return () => {
      timers.delete(timer)
      clearTimeout(timer)
    }
  }
  const storing = new Storing()
  const broker = redisBroker({ connection, storing, process: name, now: () => performance.now(), after, pace })
  const vanish = () => {
    for (const timer of timers) clearTimeout(timer)
    connection.close()
  }
  return {
    broker,
    log: redisLog(connection, Date.now, (bytes) => randomBytes(bytes).toString('base64url'), storing),
    vanish,
    async close() {
      await broker.close()
      vanish()
    },
  }
}
