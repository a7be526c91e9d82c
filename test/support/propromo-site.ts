// Propromo's site, as far as the chat asks it: whether a password is right. It can be told to answer in any other way.
import { PASSWORD } from './people.ts'

export interface Asked {
  readonly email: string
  readonly password: string
}

export interface PropromoSite extends AsyncDisposable {
  readonly url: string
  /** Everything that it was asked so far. */
  readonly asked: readonly Asked[]
  /** Instead of what it usually says; `null` for that. */
  says: (() => Response | Promise<Response>) | null
  /** Accounts by email; all have the usual password. */
  readonly accounts: Map<string, number>
}

export function openPropromoSite(accounts: Readonly<Record<string, number>>): PropromoSite {
  const site = { asked: [] as Asked[], says: null as PropromoSite['says'], accounts: new Map(Object.entries(accounts)) }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    routes: {
      '/api/v1/users/login': {
        POST: async (request) => {
          const login = (await request.json()) as Asked
          site.asked.push(login)
          if (site.says) return site.says()
          const id = site.accounts.get(login.email)
          if (id === undefined || login.password !== PASSWORD) {
            return Response.json({ success: false, message: 'Unauthorized' }, { status: 401 })
          }
          return Response.json({ success: true, user: { id, name: 'Somebody', email: login.email, nickname: null } })
        },
      },
    },
  })
  return Object.assign(site, { url: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) })
}
