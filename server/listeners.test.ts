// The port is taken over by a server with the renewed certificate, whichever port it is.
import { expect, test } from 'bun:test'
import { Listeners } from './listeners.ts'

test('a renewed certificate is shown on the port of the one before, also where an address does not tell it', () => {
  const asked: number[] = []
  // No test may take port 443 of whichever machine it runs on, so this server only says that it has it.
  const open = (port: number) => {
    asked.push(port)
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    const said = { port: 443, url: new URL('https://localhost:443/') }
    return new Proxy(server, {
      get(held, name) {
        if (name === 'port' || name === 'url') return said[name]
        const found: unknown = Reflect.get(held, name)
        return typeof found === 'function' ? found.bind(held) : found
      },
    })
  }
  const listeners = new Listeners<undefined, string>(443, open)
  listeners.renew('the next certificate')
  expect(asked).toEqual([443, 443])
  return listeners.stop(true)
})
