// What tests of traces start: a collector, and a server that is told of it.
import { cheapAccounts } from './accounts.ts'
import { Collector } from './collector.ts'
import { type Environment, type Server, startServer, UNLIMITED } from './server.ts'

/** What else has to end after each test. */
export const endings: (() => Promise<unknown>)[] = []

export function collect(): Collector {
  const collector = new Collector()
  endings.push(() => collector.remove())
  return collector
}

export async function start(environment: Environment): Promise<Server> {
  const server = await startServer({ ...UNLIMITED, ...(await cheapAccounts()), ...environment })
  endings.push(() => server.remove())
  return server
}

export const endpoint = ({ endpoint }: Collector): Environment => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })

/** After each test. */
export async function endAll(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end()
}
