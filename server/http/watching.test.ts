// Whose name for a request is taken over: this machine's and that of a known proxy, if it is well formed; and nobody else's.
import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { Proxies } from './proxies.ts'
import type { Env } from './request.ts'
import { type Asked, watching } from './watching.ts'

const MADE = 'made-here-4711'
const app = new Hono<Env>()
const watch = { clock: () => 0, makeRequestId: () => MADE, answered: () => undefined, refused: () => undefined }
app.use(watching(watch, new Proxies(['10.0.0.0/8', 'fd00::/8'])))

async function nameFrom(address: string, offered: string): Promise<string | null> {
  const server = { requestIP: () => ({ address, family: 'IPv4', port: 1 }) }
  const request = new Request('http://chat.example/', { headers: { 'X-Request-Id': offered } })
  return (await app.fetch(request, { server })).headers.get('X-Request-Id')
}

test('a known proxy names requests, as this machine does, and nobody else', async () => {
  for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '127.0.0.1', '::1']) {
    expect(await nameFrom(peer, 'of-the-proxy-1')).toBe('of-the-proxy-1')
  }
  for (const peer of ['11.0.0.1', '192.0.2.1', '2001:db8::1', '', 'unknown']) {
    expect(await nameFrom(peer, 'of-a-stranger-1')).toBe(MADE)
  }
})

test('whoever may name requests may say to which trace they belong, and nobody else', async () => {
  const told: Asked[] = []
  const within = (asked: Asked, work: () => Promise<void>) => {
    told.push(asked)
    return work()
  }
  const traced = new Hono<Env>()
  traced.use(watching({ ...watch, within }, new Proxies(['10.0.0.0/8'])))
  for (const address of ['10.1.2.3', '127.0.0.1', '11.0.0.1', '']) {
    const server = { requestIP: () => ({ address, family: 'IPv4', port: 1 }) }
    await traced.fetch(new Request('http://chat.example/', { headers: { traceparent: 'whose' } }), { server })
    await traced.fetch(new Request('http://chat.example/ready'), { server }) // Asked by machines, and of no interest.
  }
  expect(told.map(({ traceparent }) => traceparent)).toEqual(['whose', 'whose', undefined, undefined])
})

test('what a known proxy passes on is taken for hostile all the same', async () => {
  const most = 'x'.repeat(64)
  expect(await nameFrom('10.1.2.3', most)).toBe(most)
  for (const hostile of ['short', `${most}x`, 'with space in it', '{"json":"object"}', 'é'.repeat(9), '<script>1234']) {
    expect(await nameFrom('10.1.2.3', hostile)).toBe(MADE)
  }
})
