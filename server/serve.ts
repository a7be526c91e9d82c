// Composition root of one process: configuration in, parts put together, listen; in the end, drain.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { WireLimits } from '../protocol/v1.ts'
import { HISTORY_PAGE } from '../protocol/v1-frames.ts'
import { propromoAccounts } from './adapters/propromo/accounts.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './adapters/propromo/database.ts'
import { demoDatabase } from './adapters/propromo/demo.ts'
import { Passwords } from './adapters/propromo/passwords.ts'
import { Auditor } from './chat/auditor.ts'
import { Exports } from './chat/exports.ts'
import { Gate } from './chat/gate.ts'
import { Hub, LOOK_MILLISECONDS, SWEEP_MILLISECONDS } from './chat/hub.ts'
import { Pace } from './chat/pace.ts'
import { SignIns } from './chat/sign-in.ts'
import { Throttle } from './chat/throttle.ts'
import { Tickets } from './chat/ticket.ts'
import { Turns } from './chat/turns.ts'
import { SENDS_MILLISECONDS } from './chat/v1.ts'
import type { Config, Limits } from './config.ts'
import { app } from './http/app.ts'
import { Heartbeat } from './http/heartbeat.ts'
import { readPageFiles } from './http/page/files.ts'
import { type SocketData, websocket } from './http/websocket.ts'
import { listening, opening } from './start.ts'
import { openStorage } from './storage.ts'

const PAGE = join(import.meta.dir, '../web/dist')
/** How long a drain waits for clients to take their close, out of the 10 s that a supervisor usually grants. */
const GOODBYE_MILLISECONDS = 3_000
/** Logins that may wait to have their password checked. */
const LOGINS_WAITING = 128
/** Of the sends of a member: looking up costs more than sending. */
const LOOKUPS_SHARE = 1 / 4
/** What has had its time is forgotten so often. */
const TIDY_MILLISECONDS = 60 * 60 * 1000
/** Plain scripts were never told of a limit: theirs only keeps one member from drowning the others. */
const PLAIN_SHARE = 10

export interface Serving {
  readonly url: string
  /** Takes nobody new, finishes what is being stored, sends everyone away to come back, and ends. Twice is harmless. */
  stop(): Promise<void>
}

/** `demoHash` is of the demo accounts' password, where it is not the well-known one; `shared` shares the port with other processes. */
export async function serve(config: Config, demoHash: string | undefined, shared: boolean): Promise<Serving> {
  const page = readPageFiles(PAGE)
  const now = Date.now
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')

  const hashing = Math.min(4, availableParallelism())
  const accounts = propromoAccounts(await accountsDatabase(config, demoHash), new Passwords(hashing), now)
  const storage = await openStorage(config.storage, { now, random, after })
  const { ledger, log, broker, audit } = storage
  const auditor = new Auditor(audit, config.keepAuditDays, now)

  const tickets = new Tickets(config.keys, now, random)
  const { plainHistory, limits } = config
  const broadcast = (topic: string, text: string) => void server.publish(topic, text)
  const room = { log, ledger, broker, broadcast, plainHistory, limits: wireLimits(limits), after, deletedByOwner }
  const hub = new Hub(accounts, room, now)
  const gate = new Gate({ tickets, accounts, ledger, hub })
  const throttle = new Throttle(ledger, new Turns(hashing, LOGINS_WAITING), limits.loginsPerMinute, now)
  const ended = (signIns: readonly string[]) => {
    hub.signOut(signIns)
    broker.signedOut(signIns)
  }
  broker.onSignedOut((signIns) => hub.signOut(signIns))
  const signIns = new SignIns({ accounts, ledger, tickets, throttle, now, random, ended })

  const { tls, publicOrigin, allowedOrigins } = config
  const exports = new Exports({ signIns, accounts, log, auditor, now })
  const door = app({ signIns, gate, auditor, exports, page }, { publicOrigin, allowedOrigins, tls: tls !== null }, now)
  const heartbeat = new Heartbeat(now)
  const { textBytes, sendsPer10s } = limits
  const pace = (share: number) => new Pace(sendsPer10s * share, SENDS_MILLISECONDS, now)
  const v1 = { textBytes, sends: pace(1), lookups: pace(LOOKUPS_SHARE), whispers: pace(1) }
  const plain = { textBytes, sends: pace(PLAIN_SHARE) }
  const listen = () =>
    Bun.serve<SocketData>({
      hostname: config.host,
      port: config.port,
      reusePort: shared,
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
  const looking = setInterval(() => {
    hub.look().catch((error) => console.error(`comparing the rooms with the log failed: ${error}`))
  }, LOOK_MILLISECONDS)

  const tidying = setInterval(tidy, TIDY_MILLISECONDS)
  tidy()

  let stopping: Promise<void> | undefined
  return { url: server.url.href, stop: () => (stopping ??= drain()) }

  function tidy(): void {
    auditor.sweep().catch((error) => console.error(`tidying up the audit failed: ${error}`))
  }

  /** Of what they said themselves nobody has to be told. */
  async function deletedByOwner(room: string, message: string, owner: string): Promise<void> {
    try {
      const { messages } = await log.page(room, { before: Number(message) + 1, limit: 1 })
      const of = messages[0]?.by
      if (of !== undefined && of !== owner) {
        await auditor.note({ what: 'deleted_for_another', email: owner, room, message, of })
      }
    } catch (error) {
      console.error(`could not be noted for the audit: deleted_for_another: ${error}`)
    }
  }

  async function drain(): Promise<void> {
    gate.drain()
    const stopped = server.stop()
    await storage.settled()
    hub.drain()
    await Promise.race([stopped, Bun.sleep(GOODBYE_MILLISECONDS)])
    stopBeating()
    clearInterval(sweeping)
    clearInterval(looking)
    clearInterval(tidying)
    await server.stop(true)
    await accounts.close()
    await storage.close()
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

async function accountsDatabase({ accounts }: Config, demoHash: string | undefined): Promise<AccountsDatabase> {
  switch (accounts.kind) {
    case 'demo':
      return demoDatabase(demoHash)
    case 'postgres':
      return opening('DATABASE_URL', 'a URL', 'look at its options', () => postgres(accounts.at))
    case 'sqlite':
      return sqliteFile(accounts.at)
  }
}
