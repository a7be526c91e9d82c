// Propromo's Postgres with its demo data, and a server that reads it: where most tests of the door begin.
import { afterAll, beforeAll } from 'bun:test'
import { startPostgres } from './postgres.ts'
import { type Server, startServer } from './server.ts'
import { Propromo } from './tables.ts'

interface Installation {
  readonly propromo: Propromo
  readonly server: Server
  remove(): Promise<void>
}

/** For all the tests of a file: from before the first until after the last. `settings` are variables of the server's environment. */
export function installed(settings: Readonly<Record<string, string>>): Pick<Installation, 'propromo' | 'server'> {
  let installation: Installation | undefined
  beforeAll(async () => {
    installation = await startInstallation(settings)
  })
  afterAll(() => installation?.remove())
  const there = () => {
    if (!installation) throw new Error('nothing is installed before the first test')
    return installation
  }
  return {
    get propromo() {
      return there().propromo
    },
    get server() {
      return there().server
    },
  }
}

/** The demo accounts' passwords are checked fast. */
async function startInstallation(settings: Readonly<Record<string, string>>): Promise<Installation> {
  const postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  const server = await startServer({ DATABASE_URL: postgres.url, ...settings })
  return {
    propromo,
    server,
    async remove() {
      await server.remove()
      await propromo.close()
      await postgres.remove()
    },
  }
}
