// Composition root: configuration in, adapters chosen, listen; on SIGTERM, drain.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { WireLimits } from '../protocol/v1.ts'
import { HISTORY_PAGE } from '../protocol/v1-frames.ts'
import { propromoAccounts } from './adapters/propromo/accounts.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './adapters/propromo/database.ts'
import { demoDatabase } from './adapters/propromo/demo.ts'
import { Passwords } from './adapters/propromo/passwords.ts'
import { sqliteLedger } from './adapters/sqlite/ledger.ts'
import { sqliteLog } from './adapters/sqlite/log.ts'
import { Store } from './adapters/sqlite/store.ts'
import { Gate } from './chat/gate.ts'
import { Hub, SWEEP_MILLISECONDS } from './chat/hub.ts'
import { Pace } from './chat/pace.ts'
import { SignIns } from './chat/sign-in.ts'
import { Throttle } from './chat/throttle.ts'
import { Tickets } from './chat/ticket.ts'
import { Turns } from './chat/turns.ts'
import { SENDS_MILLISECONDS } from './chat/v1.ts'
import { type Config, isLoopback, type Limits, readConfig } from './config.ts'
import { app } from './http/app.ts'
import { Heartbeat } from './http/heartbeat.ts'
import { type SocketData, websocket } from './http/websocket.ts'
import { explain, greeting, listening, opening } from './start.ts'

/** How long a drain waits for clients to take their close, out of the 10 s that a supervisor usually grants. */
const GOODBYE_MILLISECONDS = 3_000
/** Logins that may wait to have their password checked. */
const LOGINS_WAITING = 128
/** Of the sends of a member: looking up costs more than sending. */
const LOOKUPS_SHARE = 1 / 4
/** Plain scripts were never told of a limit: theirs only keeps one member from drowning the others. */
const PLAIN_SHARE = 10

try {
  await start(readConfig(process.env))
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

async function start(config: Config): Promise<void> {
  process.umask(0o077) // What people said to each other is not for everyone on this machine to read.
  const now = Date.now
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')

  const demoPassword = config.accounts.kind !== 'demo' || isLoopback(config.host) ? undefined : random(9)
  const hashing = Math.min(4, availableParallelism())
  const accounts = propromoAccounts(await accountsDatabase(config, demoPassword), new Passwords(hashing), now)
  const { storagePath } = config
  const writable = 'use the path of a file that can be written'
  const store = opening('CHAT_STORAGE_URL', `sqlite:${storagePath}`, writable, () => new Store(storagePath))
  const ledger = sqliteLedger(store, now)

  const tickets = new Tickets(config.keys, now, random)
  const { plainHistory, limits } = config
  const room = { log: sqliteLog(store, now), plainHistory, limits: wireLimits(limits), after }
  const hub = new Hub(accounts, room, now)
  const gate = new Gate({ tickets, accounts, ledger, hub })
  const throttle = new Throttle(ledger, new Turns(hashing, LOGINS_WAITING), limits.loginsPerMinute, now)
  const ended = (signIn: string) => hub.signOut(signIn)
  const signIns = new SignIns({ accounts, ledger, tickets, throttle, now, random, ended })

  const { tls, publicOrigin, allowedOrigins } = config
  const door = app({ signIns, gate }, { publicOrigin, allowedOrigins, tls: tls !== null }, now)
  const heartbeat = new Heartbeat(now)
  const { textBytes, sendsPer10s } = limits
  const pace = (share: number) => new Pace(sendsPer10s * share, SENDS_MILLISECONDS, now)
  const v1 = { textBytes, sends: pace(1), lookups: pace(LOOKUPS_SHARE), whispers: pace(1) }
  const plain = { textBytes, sends: pace(PLAIN_SHARE) }
  const listen = () =>
    Bun.serve<SocketData>({
      hostname: config.host,
      port: config.port,
      ...(tls ? { tls } : {}),
      maxRequestBodySize: Number.MAX_SAFE_INTEGER, // The door has limits of its own, and says so in its own words.
      idleTimeout: 60, // A login may wait for its turn longer than Bun's usual 10 s.
      fetch: (request, server) => door.fetch(request, { server }),
      websocket: websocket({ ...limits, v1, plain }, heartbeat, now),
    })
  const server = listening(config, listen)
  const stopBeating = heartbeat.start()
  const sweeping = setInterval(() => {
    for (const each of [v1.sends, v1.lookups, v1.whispers, plain.sends]) each.sweep()
    hub.sweep().catch((error) => console.error(`looking after the rooms failed: ${error}`))
  }, SWEEP_MILLISECONDS)
  console.log(greeting(config, server.url.href, demoPassword))

  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)

  /** Takes nobody new, finishes what is being stored, sends everyone away to come back, and ends. */
  async function stop(): Promise<void> {
    if (stopping) return // A second signal must not cut short what the first has begun.
    stopping = true
    console.log('Stopping: no one new comes in, what was sent is kept, and everyone is told to come back')
    gate.drain()
    const stopped = server.stop()
    await store.settled()
    hub.drain()
    await Promise.race([stopped, Bun.sleep(GOODBYE_MILLISECONDS)])
    stopBeating()
    clearInterval(sweeping)
    await server.stop(true)
    await accounts.close()
    store.close()
    process.exit(0)
  }
}

function wireLimits({ textBytes, frameBytes, sendsPer10s }: Limits): WireLimits {
  const lifted = (limit: number) => (Number.isFinite(limit) ? limit : 0)
  return {
    text_bytes: lifted(textBytes),
    frame_bytes: frameBytes,
    history_page: HISTORY_PAGE,
    sends_per_10s: lifted(sendsPer10s),
  }
}

function after(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}

async function accountsDatabase({ accounts }: Config, demoPassword: string | undefined): Promise<AccountsDatabase> {
  switch (accounts.kind) {
    case 'demo':
      return demoDatabase(demoPassword)
    case 'postgres':
      return opening('DATABASE_URL', 'a URL', 'look at its options', () => postgres(accounts.at))
    case 'sqlite':
      return sqliteFile(accounts.at)
  }
}
