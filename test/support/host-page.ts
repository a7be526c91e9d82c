// Somebody else's site with the widget in its page: docs/embed/index.html as it stands, from an origin of its own.
import { join } from 'node:path'
import type { Person } from './people.ts'

const FOLDER = join(import.meta.dir, '../../docs/embed')

export interface HostPage extends AsyncDisposable {
  readonly origin: string
  /** How often it was asked for a ticket. */
  readonly asked: number
  /** Its own people: who gets a ticket from it. `null` refuses. */
  person: Person | null
  /** What it says in its stylesheet besides. */
  css: string
}

/** Its policy allows the chat at `chat` and nothing else. */
export function openHostPage(port: number, chat: string, person: Person): HostPage {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `script-src ${chat}`,
    `connect-src 'self' ${chat.replace(/^http/, 'ws')}`,
  ].join('; ')
  const host = { person: person as Person | null, css: '', asked: 0 }
  const read = (name: string) => Bun.file(join(FOLDER, name)).text()
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    routes: {
      '/': async () =>
        new Response((await read('index.html')).replaceAll('https://chat.example.com', chat), {
          headers: { 'Content-Type': 'text/html', 'Content-Security-Policy': policy },
        }),
      '/page.css': async () =>
        new Response((await read('page.css')) + host.css, { headers: { 'Content-Type': 'text/css' } }),
      '/chat-ticket': {
        POST: async () => {
          host.asked += 1
          if (!host.person) return Response.json({ code: 'no_access' }, { status: 403 })
          return Response.json({ token: await host.person.ticket() })
        },
      },
    },
  })
  return Object.assign(host, { origin: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) })
}
