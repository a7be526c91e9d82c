// What every server's process takes while it runs: memory, as its own figures tell, and how late its event loop comes.
import { scrape } from '../../test/support/scrape.ts'
import type { Server } from '../../test/support/server.ts'
import type { Tally } from './tally.ts'

export interface Gauged extends Levels {
  readonly server: number
  readonly pid: number
  readonly at: number
}

export interface Levels {
  /** In MiB: resident, and as the process itself counts it, its heap and what is held for the heap elsewhere. */
  readonly megabytes: number
  readonly heap: number
  readonly external: number
}

export interface Lag {
  readonly server: number
  /** Of the beats of its event loop since it started, the share that came later than this. */
  readonly laterThan10ms: number
  readonly laterThan100ms: number
}

const EVERY_MILLISECONDS = 2_000

/** Looks until it is stopped; gives back what it saw. */
export function watchGauges(servers: readonly Server[], tally: Tally): () => readonly Gauged[] {
  const seen: Gauged[] = []
  const timer = setInterval(() => {
    servers.forEach(async (server, index) => {
      const { pid } = server
      const { seconds } = tally
      const gauged = await gaugedOf(server)
      if (gauged && server.pid === pid) seen.push({ server: index, pid, at: seconds, ...gauged })
    })
  }, EVERY_MILLISECONDS)
  return () => {
    clearInterval(timer)
    return seen
  }
}

/** `null` for a process that was killed just now. */
export async function gaugedOf(server: Server): Promise<Levels | null> {
  const scraped = await scrape(server).catch(() => null)
  if (!scraped) return null
  const megabytes = (name: string) => scraped.value(name) / 1024 ** 2
  return {
    megabytes: megabytes('process_resident_memory_bytes'),
    heap: megabytes('propromo_chat_heap_bytes'),
    external: megabytes('propromo_chat_external_bytes'),
  }
}

export async function lagOf(server: Server, index: number): Promise<Lag> {
  const { samples, value } = await scrape(server)
  const name = 'propromo_chat_event_loop_lag_seconds'
  const total = value(`${name}_count`)
  const within = (seconds: number) => {
    const bucket = [...samples].find(
      ([sample]) => sample.startsWith(`${name}_bucket`) && sample.includes(`le="${seconds}"`),
    )
    return bucket ? bucket[1] / total : Number.NaN
  }
  return { server: index, laterThan10ms: 1 - within(0.01), laterThan100ms: 1 - within(0.1) }
}
