// Composition root of one process: configuration in, parts put together, listen; in the end, drain.
import { availableParallelism } from 'node:os'
import { openAccounts } from './accounts.ts'
import { assemble } from './assemble.ts'
import { type Certificate, followCertificate } from './certificate.ts'
import type { Config } from './config.ts'
import { app } from './http/app.ts'
import { Heartbeat } from './http/heartbeat.ts'
import { readPageFiles } from './http/page/files.ts'
import { type SocketData, websocket } from './http/websocket.ts'
import { Listeners } from './listeners.ts'
import { couldOpen, moreFiles, mostOpenFiles } from './open-files.ts'
import { PAGE } from './own-files.ts'
import { LOOK_MILLISECONDS, SpareFiles } from './spare-files.ts'
import { listening } from './start.ts'
import { openStorage } from './storage.ts'
import { startUpkeep } from './upkeep.ts'
import { CONTENT_TYPE, textOf } from './watch/exposition.ts'
import type { Family } from './watch/figures.ts'
import type { Lines } from './watch/lines.ts'
import { Readiness } from './watch/readiness.ts'
import { tracedBroadcast } from './watch/traces/ports.ts'
import { Watching } from './watch/watching.ts'
import { world } from './world.ts'

/** How long a drain waits for clients to take their close, out of the 10 s that a supervisor usually grants. */
const GOODBYE_MILLISECONDS = 3_000

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
  const { now, clock, random, after } = world

  const kind = config.accounts.kind === 'postgres' ? 'postgresql' : 'sqlite'
  const watching = await Watching.open(config.watch, lines, { clock, random, accounts: kind })
  const { tracing, chat: watch } = watching
  const hashing = Math.min(4, availableParallelism())
  const accounts = await openAccounts(config, { demoHash, hashing, watching, now })
  const storage = await openStorage(config.storage, world, watching)
  const publish = (topic: string, text: string) => listeners.publish(topic, text)
  const broadcast = tracing ? tracedBroadcast(publish, tracing) : publish
  const chat = assemble(config, { accounts, storage, hashing, broadcast, watch }, world)

  const { tls } = config
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
  const door = app({ ...chat, page, watch: watching.door, readiness, figures }, { ...config, tls: tls !== null }, now)
  const heartbeat = new Heartbeat(clock)
  const listen = (port: number, renewed: Certificate | null = tls) =>
    Bun.serve<SocketData>({
      hostname: config.host,
      port,
      reusePort: sum !== undefined || Boolean(tls?.files), // With a renewed certificate a second server takes over the port.
      ...(renewed ? { tls: { cert: renewed.cert, key: renewed.key } } : {}),
      maxRequestBodySize: Number.MAX_SAFE_INTEGER, // The door has limits of its own, and says so in its own words.
      idleTimeout: 60, // A login may wait for its turn longer than Bun's usual 10 s.
      fetch: (request, server) => door.fetch(request, { server }),
      websocket: websocket({ ...config.limits, v1: chat.v1, plain: chat.plain }, heartbeat, watching.sockets, clock),
    })
  const listeners = listening(config, () => new Listeners<SocketData, Certificate>(config.port, listen))
  const stopFollowing = tls ? followCertificate(tls, (renewed) => listeners.renew(renewed)) : () => undefined
  watching.look({ rooms: () => chat.hub.size, backlogBytes: () => heartbeat.waitingBytes }, readiness)
  const stopBeating = heartbeat.start()
  const stopUpkeep = startUpkeep(chat)
  const remedy = moreFiles(config.limits.sockets, mostOpenFiles())
  const spare = new SpareFiles({ couldOpen, listeners, remedy, clock })
  const sparing = setInterval(() => spare.look(), LOOK_MILLISECONDS)

  let stopping: Promise<void> | undefined
  return { url: listeners.url.href, read, stop: () => (stopping ??= drain()) }

  async function drain(): Promise<void> {
    readiness.drain()
    if (config.drainSeconds > 0) await Bun.sleep(config.drainSeconds * 1_000) // Until whoever sends people here has noticed.
    chat.gate.drain()
    stopFollowing()
    clearInterval(sparing)
    const stopped = listeners.stop()
    await Promise.race([chat.expiry.stop(), Bun.sleep(GOODBYE_MILLISECONDS)])
    await storage.settled()
    chat.hub.drain()
    await Promise.race([stopped, Bun.sleep(GOODBYE_MILLISECONDS)])
    stopBeating()
    stopUpkeep()
    await listeners.stop(true)
    await chat.auditor.stop()
    await accounts.close()
    await storage.close()
    await watching.stop()
  }
}
