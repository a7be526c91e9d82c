// Over TLS the sign-in cookie is for TLS alone (rule L8).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cheapAccounts } from './support/accounts.ts'
import { type AdmissionBody, CUSTOMER, PASSWORD, PlainSocket, passwordAt, post, ROOM } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'

let folder: string
let secure: Server
let behindProxy: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = Bun.spawnSync(
    ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat([
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ]),
  )
  if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr.toString()}`)
  secure = await startServer({ ...(await cheapAccounts()), TLS_CERT: cert, TLS_KEY: key })
  behindProxy = await startServer({ ...(await cheapAccounts()), PUBLIC_URL: 'https://chat.example.com' })
})
afterAll(async () => {
  await secure.remove()
  await behindProxy.remove()
  rmSync(folder, { recursive: true, force: true })
})

function secureFetch(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(secure.origin + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    tls: { rejectUnauthorized: false },
  })
}

function attributes(answer: Response): readonly string[] {
  return (answer.headers.get('Set-Cookie') ?? '').toLowerCase().split('; ')
}

test('[L8] over TLS the cookie is Secure, from the login to its end', async () => {
  const login = await secureFetch('/login', { email: CUSTOMER, password: PASSWORD })
  expect(attributes(login)).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=strict', 'path=/']))
  const headers = { Cookie: login.headers.get('Set-Cookie')?.split(';')[0] ?? '', Origin: secure.origin }
  const { token } = (await (await secureFetch('/tickets', {}, headers)).json()) as AdmissionBody
  const open = await PlainSocket.open(secure, ROOM, token)
  expect((await open.say('over TLS')).text).toBe('over TLS')
  const logout = await secureFetch('/logout', {}, headers)
  expect(attributes(logout)).toEqual(expect.arrayContaining(['propromo_sign_in=', 'max-age=0', 'secure', 'path=/']))
  expect((await open.closed).code).toBe(4502)
})

test('[L8] behind a proxy that speaks TLS the cookie is Secure, and the public origin is the only own one', async () => {
  const login = await post(behindProxy, '/login', { email: CUSTOMER, password: passwordAt(behindProxy) })
  expect(attributes(login)).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=strict', 'path=/']))
  const Cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const renew = (Origin: string) => post(behindProxy, '/tickets', undefined, { Cookie, Origin })
  expect((await renew('https://chat.example.com')).status).toBe(200)
  for (const origin of [behindProxy.origin, 'http://chat.example.com', 'https://chat.example.com:8443']) {
    expect((await renew(origin)).status).toBe(403)
  }
})
