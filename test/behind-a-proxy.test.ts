// The chat behind Caddy and nginx, as deploy/ configures them and Debian packages them.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { Clock } from './support/clock.ts'
import { type AdmissionBody, CUSTOMER, Person, PlainSocket, passwordAt, ROOM } from './support/people.ts'
import { type Front, runCaddyAsWritten, startCaddy, startNginx } from './support/proxies.ts'
import { type Server, startServer } from './support/server.ts'
import { WireTap } from './support/wire-tap.ts'

const PROXIES: Readonly<Record<string, (port: number) => Promise<Front>>> = { Caddy: startCaddy, nginx: startNginx }

/** Failed logins that one account has from one address. */
const FAILURES = 2

for (const [name, start] of Object.entries(PROXIES)) {
  describe(name, () => {
    let server: Server
    let tap: WireTap
    let proxy: Front

    beforeAll(async () => {
      server = await startServer(await cheapAccounts())
      tap = await WireTap.start(server.port)
      proxy = await start(tap.port)
      await server.stop()
      const limits = { LIMIT_LOGINS_PER_MINUTE: `${FAILURES}` }
      await server.restart({ PUBLIC_URL: proxy.origin, TRUSTED_PROXIES: '127.0.0.1', ...limits })
    })
    afterAll(async () => {
      await proxy.remove()
      await tap.remove()
      await server.remove()
    })

    const through = () => ({ ...server, origin: proxy.origin, port: proxy.port })

    test('[L8] [C1] people log in over TLS, with a cookie for TLS alone, and talk', async () => {
      const { token, cookie } = await logIn(proxy, server)
      expect(cookie).toContain('Secure')
      const socket = await PlainSocket.open(through(), ROOM, token)
      expect(await socket.say(`through ${name}`)).toMatchObject({ email: CUSTOMER })
      await socket.close()
    })

    test('[C6] a page of the public address may ask, and a page of another site may not', async () => {
      expect((await ask(proxy, server, { Origin: proxy.origin })).status).toBe(200)
      expect((await ask(proxy, server, { Origin: 'https://elsewhere.example' })).status).toBe(403)
    })

    test('the chat is told the address of the client, and never what the client says of it', async () => {
      const before = tap.said.length
      const claims = {
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Proto': 'gopher',
        'X-Forwarded-Host': 'x.example',
      }
      await ask(proxy, server, claims)
      const head = tap.said.slice(before)
      expect(head).toMatch(/^x-forwarded-for: 127\.0\.0\.1\r$/im)
      expect(head).toMatch(/^x-forwarded-proto: https\r$/im)
      expect(head).toMatch(new RegExp(`^host: 127\\.0\\.0\\.1:${proxy.port}\\r$`, 'im'))
      expect(head).not.toContain('203.0.113.9')
      expect(head).not.toContain('gopher')
    })

    test('[L6] one who guesses is slowed down by their own address, whatever they say of it, and nobody else is', async () => {
      const [guesser, other] = ['127.0.0.2', '127.0.0.3']
      // The address as a whole has three times as many failures as one account from it.
      for (let failure = 0; failure < FAILURES * 3; failure++) {
        expect(await logInFrom(proxy, guesser, `${failure}@example.com`, 'guessed')).toBe(401)
      }
      for (const said of ['203.0.113.9', other, '127.0.0.1', '203.0.113.9, 203.0.113.10', 'unknown', '']) {
        const claims = [`X-Forwarded-For: ${said}`, `X-Real-IP: ${said}`, `Forwarded: for=${said}`]
        expect(await logInFrom(proxy, guesser, CUSTOMER, passwordAt(server), claims)).toBe(429)
      }
      expect(await logInFrom(proxy, other, CUSTOMER, passwordAt(server))).toBe(200)
      // Nor can they spend what others may fail.
      expect(await logInFrom(proxy, other, CUSTOMER, 'mistyped')).toBe(401)
    })

    test('[E2] no log of it holds a ticket, not even of a chat that does not answer', async () => {
      const { token } = await logIn(proxy, server)
      const bearer = (await logIn(proxy, server)).token
      const socket = await PlainSocket.open(through(), ROOM, token)
      await socket.close()
      const url = `${proxy.origin.replace('https', 'wss')}/chat/${ROOM}`
      await opened(url, [`bearer.${bearer}`])
      await tap.remove()
      const lost = await fetch(`${proxy.origin}/chat/${ROOM}?auth=${token}`, {
        headers: { Authorization: `Bearer ${bearer}` },
        tls: { rejectUnauthorized: false },
      })
      expect(lost.status).toBe(502)
      await until(() => proxy.log().includes('502'))
      expect(proxy.log()).toContain(`/chat/${ROOM}`)
      for (const secret of [token, bearer]) expect(proxy.log()).not.toContain(secret.slice(-40))
    })
  })
}

test('[C7] nginx with a time limit of four seconds cuts no idle socket, because the chat pings', async () => {
  const clock = new Clock()
  const server = await startServer({ ...clock.environment, ...(await cheapAccounts()) })
  const proxy = await startNginx(server.port, { 'proxy_read_timeout 180s': 'proxy_read_timeout 4s' })
  await server.stop()
  await server.restart({ PUBLIC_URL: proxy.origin })
  const token = await (await Person.logIn(server, CUSTOMER)).ticket() // A login may take longer than that.
  const socket = await PlainSocket.open({ ...server, origin: proxy.origin }, ROOM, token)
  // Nothing but pings, many of them within the limit, for longer than it lasts.
  const began = performance.now()
  while (performance.now() - began < 6_000) await clock.pass(1)
  expect((await socket.say('after minutes of silence')).email).toBe(CUSTOMER)
  await socket.close()
  await proxy.remove()
  await server.remove()
  clock.remove()
})

test('Caddy starts by the line of docs/run.md, and takes its certificate from a CA of its own when it is told so', async () => {
  const server = await startServer(await cheapAccounts())
  const proxy = await runCaddyAsWritten(server.port)
  await server.stop()
  await server.restart({ PUBLIC_URL: proxy.origin })
  const { token } = await logIn(proxy, server)
  const socket = await PlainSocket.open({ ...server, origin: proxy.origin }, ROOM, token)
  expect((await socket.say('as written')).email).toBe(CUSTOMER)
  await socket.close()
  await proxy.remove()
  await server.remove()
})

test('nginx that is reloaded as docs/run.md says keeps the open sockets', async () => {
  const server = await startServer(await cheapAccounts())
  const proxy = await startNginx(server.port)
  await server.stop()
  await server.restart({ PUBLIC_URL: proxy.origin })
  const { token } = await logIn(proxy, server)
  const socket = await PlainSocket.open({ ...server, origin: proxy.origin }, ROOM, token)
  proxy.reload()
  expect((await ask(proxy, server, {})).status).toBe(200)
  expect((await socket.say('after the reload')).email).toBe(CUSTOMER)
  await socket.close()
  await proxy.remove()
  await server.remove()
})

test('nginx sends whoever comes without TLS to where there is TLS', async () => {
  const server = await startServer(await cheapAccounts())
  const proxy = await startNginx(server.port)
  const answer = await fetch(`${proxy.plainOrigin}/docs`, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('Location')]).toEqual([301, 'https://127.0.0.1/docs'])
  await proxy.remove()
  await server.remove()
})

function ask(proxy: Front, server: Server, headers: Record<string, string>): Promise<Response> {
  return fetch(`${proxy.origin}/login`, {
    method: 'POST',
    keepalive: false, // A connection that lay idle may just be ended.
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ email: CUSTOMER, password: passwordAt(server) }),
    tls: { rejectUnauthorized: false },
  })
}

/** The status of a login that comes to the proxy from this loopback address. */
async function logInFrom(
  { origin }: Front,
  from: string,
  email: string,
  password: string,
  headers: readonly string[] = [],
): Promise<number> {
  const said = ['Content-Type: application/json', ...headers].flatMap((header) => ['-H', header])
  const body = ['-d', JSON.stringify({ email, password })]
  const shown = ['-o', '/dev/null', '-w', '%{http_code}']
  const command = ['curl', '-s', '-k', '--interface', from, ...said, ...body, ...shown, `${origin}/login`]
  return Number(await new Response(Bun.spawn(command, { stdout: 'pipe' }).stdout).text())
}

async function logIn(proxy: Front, server: Server): Promise<{ token: string; cookie: string }> {
  const answer = await ask(proxy, server, {})
  if (answer.status !== 200) throw new Error(`no login: ${answer.status} ${await answer.text()}`)
  const { token } = (await answer.json()) as AdmissionBody
  return { token, cookie: answer.headers.get('Set-Cookie') ?? '' }
}

/** Opens a socket that offers these protocols, and closes it. */
async function opened(url: string, protocols: string[]): Promise<void> {
  const socket = new WebSocket(url, { protocols, tls: { rejectUnauthorized: false } } as unknown as string[])
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  socket.close()
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(20)
}
