// Composition root of one process: configuration in, parts put together, listen; in the end, drain.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { WireLimits } from '../protocol/v1.ts'
import { HISTORY_PAGE } from '../protocol/v1-frames.ts'
import { issuers } from './adapters/issuers/issuers.ts'
import { propromoAccounts } from './adapters/propromo/accounts.ts'
import { apiPasswords } from './adapters/propromo/api.ts'
import { type AccountsDatabase, postgres, sqliteFile } from './adapters/propromo/database.ts'
import { demoDatabase } from './adapters/propromo/demo.ts'
import { hashedPasswords } from './adapters/propromo/hashes.ts'
import { Passwords } from './adapters/propromo/passwords.ts'
import { type Certificate, followCertificate } from './certificate.ts'
import { Arrivals } from './chat/arrivals.ts'
import { Assertions } from './chat/assertion.ts'
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
import { Listeners } from './listeners.ts'
import { HASH_WORKER, PAGE } from './own-files.ts'
import { listening, opening, quietly } from './start.ts'
import { openStorage } from './storage.ts'
import { CONTENT_TYPE, textOf } from './watch/exposition.ts'
import type { Family } from './watch/figures.ts'
import type { Lines } from './watch/lines.ts'
import { watchedAccounts } from './watch/ports.ts'
import { Readiness } from './watch/readiness.ts'
import { Watching } from './watch/watching.ts'

/** How long a drain waits for clients to take their close, out of the 10 s that a supervisor usually grants. */
const GOODBYE_MILLISECONDS = 3_000
/** Logins that may wait to have their password checked. */
const LOGINS_WAITING = 128
/** Passwords that Propromo's site is asked about at once: each keeps one of its processes busy. */
const CHECKS_ELSEWHERE = 8
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

/** One of the processes that serve. */
export interface ServingProcess extends Serving {
  /** What it has counted. */
  read(): Promise<readonly Family[]>
}

export interface ServeOptions {
  readonly lines: Lines
  /** Of the demo accounts' password, where it is not the well-known one. */
  readonly demoHash: string | undefined
  /** Where the port is shared with other processes: what all of them have counted, or `null` when that cannot be had. */
  readonly sum?: () => Promise<readonly Family[] | null>
}

export async function serve(config: Config, { lines, demoHash, sum }: ServeOptions): Promise<ServingProcess> {
  const page = readPageFiles(PAGE)
  const now = Date.now
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')

  const hashing = Math.min(4, availableParallelism())
  const clock = () => performance.now()
  const watching = new Watching(config.watch, lines, { clock, random })
  const { metrics, chat: watch } = watching
  const database = await accountsDatabase(config, demoHash)
  if (metrics) database.onQuery((milliseconds, answered) => metrics.queried(milliseconds, answered))
  const passwords = config.passwordsAt
    ? apiPasswords(config.passwordsAt)
    : hashedPasswords(database, new Passwords(hashing, HASH_WORKER), now)
  const propromo = propromoAccounts(database, passwords)
  const accounts = metrics ? watchedAccounts(propromo, metrics) : propromo
  const storage = await openStorage(config.storage, { now, random, after }, metrics)
  const { ledger, log, broker, audit } = storage
  const auditor = new Auditor(audit, config.keepAuditDays, now)

  const tickets = new Tickets(config.keys, now, random)
  const { plainHistory, limits } = config
  const broadcast = (topic: string, text: string) => listeners.publish(topic, text)
  const told = { broadcast, watch, deletedByOwner }
  const room = { log, ledger, broker, plainHistory, limits: wireLimits(limits), after, ...told }
  const hub = new Hub(accounts, room, now)
  const gate = new Gate({ tickets, accounts, ledger, hub })
  const throttle = new Throttle(
    ledger,
    new Turns(config.passwordsAt ? CHECKS_ELSEWHERE : hashing, LOGINS_WAITING),
    limits.loginsPerMinute,
    now,
  )
  const ended = (signIns: readonly string[]) => {
    hub.signOut(signIns)
    broker.signedOut(signIns)
  }
  broker.onSignedOut((signIns) => hub.signOut(signIns))
  const vouching = { issuers: issuers(config.issuers, now), ledger, now, disbelieved: quietly(now, 'An assertion') }
  const assertions = new Assertions(vouching)
  const { ticketsPerMinute } = limits
  const signIns = new SignIns({
    accounts,
    ledger,
    tickets,
    assertions,
    throttle,
    ticketsPerMinute,
    now,
    random,
    ended,
  })

  const { tls } = config
  const arrivals = new Arrivals(limits, now)
  const exports = new Exports({ signIns, accounts, log, auditor, now })
  const readiness = new Readiness({ ...storage.probes, accounts: () => accounts.find('0') }, clock, after)
  const read = () => watching.read()
  const figures = {
    for: config.watch.metricsFor,
    contentType: CONTENT_TYPE,
    text: async () => {
      const families = await (sum ?? read)()
      return families && textOf(families)
    },
  }
  const door = app(
    { signIns, gate, arrivals, auditor, exports, page, watch: watching.door, readiness, figures },
    { ...config, tls: tls !== null },
    now,
  )
  const heartbeat = new Heartbeat(now)
  const { textBytes, sendsPer10s } = limits
  const pace = (share: number) => new Pace(sendsPer10s * share, SENDS_MILLISECONDS, now)
  const v1 = { textBytes, sends: pace(1), lookups: pace(LOOKUPS_SHARE), whispers: pace(1), watch }
  const plain = { textBytes, sends: pace(PLAIN_SHARE), watch }
  const listen = (port: number, renewed: Certificate | null = tls) =>
    Bun.serve<SocketData>({
      hostname: config.host,
      port,
      reusePort: sum !== undefined || Boolean(tls?.files), // With a renewed certificate a second server takes over the port.
      ...(renewed ? { tls: { cert: renewed.cert, key: renewed.key } } : {}),
      maxRequestBodySize: Number.MAX_SAFE_INTEGER, // The door has limits of its own, and says so in its own words.
      idleTimeout: 60, // A login may wait for its turn longer than Bun's usual 10 s.
      fetch: (request, server) => door.fetch(request, { server }),
      websocket: websocket({ ...limits, v1, plain }, heartbeat, watching.sockets, now),
    })
  const listeners = listening(config, () => new Listeners<SocketData, Certificate>(config.port, listen))
  const stopFollowing = tls ? followCertificate(tls, (renewed) => listeners.renew(renewed)) : () => undefined
  watching.look({ rooms: () => hub.size, backlogBytes: () => heartbeat.waitingBytes }, readiness)
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
  return { url: listeners.url.href, read, stop: () => (stopping ??= drain()) }

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
    readiness.drain()
    if (config.drainSeconds > 0) await Bun.sleep(config.drainSeconds * 1_000) // Until whoever sends people here has noticed.
    gate.drain()
    stopFollowing()
    const stopped = listeners.stop()
    await storage.settled()
    hub.drain()
    await Promise.race([stopped, Bun.sleep(GOODBYE_MILLISECONDS)])
    stopBeating()
    watching.stop()
    clearInterval(sweeping)
    clearInterval(looking)
    clearInterval(tidying)
    await listeners.stop(true)
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
