// The port is taken over by a server with the renewed certificate, whichever port it is, and given up for a while.
import { expect, test } from 'bun:test'
import { until } from '../test/support/redis.ts'
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

test('while it pauses nobody new is taken, and those who are in hear everything once, before, meanwhile and after', async () => {
  const shown: (string | undefined)[] = []
  const open = (port: number, renewed?: string) => {
    shown.push(renewed)
    return Bun.serve<undefined>({
      hostname: '127.0.0.1',
      port,
      reusePort: true, // As where a certificate may be renewed.
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('taken')),
      websocket: { open: (ws) => void ws.subscribe('all'), message: () => undefined },
    })
  }
  const listeners = new Listeners<undefined, string>(0, open)
  const ask = () => fetch(listeners.url, { keepalive: false }).then((answer) => answer.text())
  const come = async () => {
    const heard: string[] = []
    const socket = new WebSocket(listeners.url.href.replace('http', 'ws'))
    socket.onmessage = ({ data }) => heard.push(String(data))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    return { heard, socket, hears: async (many: number) => until(`it hears ${many}`, async () => heard.length >= many) }
  }
  const first = await come()
  for (const time of ['once', 'twice']) {
    listeners.pause()
    await expect(ask()).rejects.toThrow()
    listeners.publish('all', `${time}, meanwhile`)
  }
  listeners.resume()
  listeners.resume()
  expect(await ask()).toBe('taken')
  const second = await come()
  listeners.pause()
  listeners.renew('the next certificate')
  await expect(ask()).rejects.toThrow()
  listeners.resume()
  listeners.publish('all', 'after')
  await Promise.all([first.hears(3), second.hears(1)])
  expect(first.heard).toEqual(['once, meanwhile', 'twice, meanwhile', 'after'])
  expect(second.heard).toEqual(['after'])
  expect(shown).toEqual([undefined, undefined, 'the next certificate', 'the next certificate'])
  for (const { socket } of [first, second]) socket.close()
  await listeners.stop()
  await expect(ask()).rejects.toThrow()
})
