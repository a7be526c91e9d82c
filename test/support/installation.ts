// Propromo's Postgres with its demo data, and a server that reads it: where most tests of the door begin.
import { type Postgres, startPostgres } from './postgres.ts'
import { type Server, startServer } from './server.ts'
import { Propromo } from './tables.ts'

export interface Installation {
  readonly postgres: Postgres
  readonly propromo: Propromo
  readonly server: Server
  remove(): Promise<void>
}

/** The demo accounts' passwords are checked fast. `settings` are variables of the server's environment. */
export async function startInstallation(settings: Readonly<Record<string, string>>): Promise<Installation> {
  const postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  const server = await startServer({ DATABASE_URL: postgres.url, ...settings })
  return {
    postgres,
    propromo,
    server,
    async remove() {
      await server.remove()
      await propromo.close()
      await postgres.remove()
    },
  }
}
