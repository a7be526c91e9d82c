// Behind a proxy that is known the person's address and scheme count, and nobody else can claim to be one.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cheapAccounts } from './support/accounts.ts'
import { knock } from './support/door.ts'
import { type AdmissionBody, CUSTOMER, passwordAt, post } from './support/people.ts'
import { admitted, expectRefusal, logInFrom } from './support/requests.ts'
import { type Server, startServer } from './support/server.ts'

const FAILURES = 3
const PROXY = '127.0.0.10'
const STRANGER = '127.0.0.11'
const OVER_TLS = { 'X-Forwarded-Proto': 'https' }

let server: Server

beforeAll(async () => {
  server = await startServer({
    ...(await cheapAccounts()),
    TRUSTED_PROXIES: `${PROXY}, 10.0.0.0/8,fd00::/8`,
    LIMIT_LOGINS_PER_MINUTE: `${FAILURES}`,
  })
})
afterAll(() => server.remove())

function guessFor(address: string, through = PROXY, password = 'guessed'): Promise<Response> {
  const email = `of.${address.replaceAll(/\W+/g, '.')}@example.com`
  return logInFrom(server, through, { email, password, headers: { 'X-Forwarded-For': address } })
}

test('[L6] behind the proxy everyone fails for themselves', async () => {
  for (const address of ['198.51.100.1', '198.51.100.2', '2001:db8:0:1::1']) {
    for (let failure = 0; failure < FAILURES; failure++) {
      await expectRefusal(await guessFor(address), 401, 'wrong_credentials')
    }
    await expectRefusal(await guessFor(address), 429, 'too_many_attempts')
  }
  const own = await logInFrom(server, PROXY, { headers: { 'X-Forwarded-For': '198.51.100.3' } })
  expect(own.status).toBe(200)
})

test('[L6] one who invents addresses through the proxy is counted by the one that the proxy saw', async () => {
  const email = 'inventor@example.com'
  const guess = (invented: string) => {
    const headers = { 'X-Forwarded-For': `${invented}, 198.51.100.9` }
    return logInFrom(server, PROXY, { email, password: 'guessed', headers })
  }
  for (let failure = 0; failure < FAILURES; failure++) {
    await expectRefusal(await guess(`203.0.113.${failure}`), 401, 'wrong_credentials')
  }
  for (const invented of ['203.0.113.200', '10.0.0.1', 'unknown', '']) {
    await expectRefusal(await guess(invented), 429, 'too_many_attempts')
  }
})

test('[L6] one who only claims to be a proxy is counted by their own address', async () => {
  for (let failure = 0; failure < FAILURES * 3; failure++) await guessFor(`192.0.2.${failure}`, STRANGER)
  await expectRefusal(await guessFor('192.0.2.200', STRANGER), 429, 'too_many_attempts')
})

test('[L8] the cookie is Secure, and HTTPS is insisted on, where the proxy says that people come over TLS', async () => {
  const secure = await logInFrom(server, PROXY, { headers: { 'X-Forwarded-For': '198.51.100.20', ...OVER_TLS } })
  expect(secure.headers.get('Set-Cookie')).toContain('; Secure')
  expect(secure.headers.get('Strict-Transport-Security')).toBe('max-age=31536000')
  const http = { 'X-Forwarded-For': '198.51.100.20', 'X-Forwarded-Proto': 'https, http' }
  for (const [from, headers] of [
    [PROXY, http],
    ['127.0.0.12', OVER_TLS],
    ['127.0.0.1', OVER_TLS],
  ] as const) {
    const answer = await logInFrom(server, from, { headers })
    expect(answer.headers.get('Set-Cookie')).not.toContain('Secure')
    expect(answer.headers.get('Strict-Transport-Security')).toBeNull()
  }
})

test('[C6] with a known proxy’s word on TLS the own origin is of that scheme alone', async () => {
  const through = await startServer({ ...(await cheapAccounts()), TRUSTED_PROXIES: '127.0.0.0/8' })
  try {
    const comeFrom = async (scheme: string, proto: string) => {
      const { token } = await admitted(await logInFrom(through, '127.0.0.1'))
      const headers = { Host: 'chat.example', Origin: `${scheme}://chat.example`, 'X-Forwarded-Proto': proto }
      return knock(through, token, { headers })
    }
    expect(await comeFrom('https', 'https')).toBe('open')
    expect(await comeFrom('wss', 'https')).toBe('open')
    expect(await comeFrom('http', 'https')).toBe('403 origin_refused')
    expect(await comeFrom('http', 'http')).toBe('open')
    expect(await comeFrom('https', 'http')).toBe('403 origin_refused')
    expect(await comeFrom('https', 'nonsense')).toBe('open')
    const description = await fetch(`${through.origin}/openapi.json`, {
      headers: { Host: 'chat.example', ...OVER_TLS },
    })
    expect(await description.json()).toMatchObject({ servers: [{ url: 'https://chat.example' }] })
  } finally {
    await through.remove()
  }
})

test('[L13] a sign-in is listed with the address of the person', async () => {
  const body = JSON.stringify({ email: CUSTOMER, password: passwordAt(server), remember: 'token' })
  const { sign_in } = (await (
    await fetch(`${server.origin}/login`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  ).json()) as AdmissionBody
  const through = await logInFrom(server, PROXY, { headers: { 'X-Forwarded-For': '198.51.100.30:4711' } })
  expect(through.status).toBe(200)
  const listed = await fetch(`${server.origin}/sign-ins`, { headers: { Authorization: `Bearer ${sign_in}` } })
  const { sign_ins } = (await listed.json()) as { sign_ins: { address: string }[] }
  expect(sign_ins.map(({ address }) => address)).toContain('198.51.100.30')
})

test('[C6] a POST with the cookie and "Origin: null" is refused at every address that takes one', async () => {
  const login = await logInFrom(server, PROXY, { headers: { 'X-Forwarded-For': '198.51.100.40' } })
  const Cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  for (const path of ['/login', '/tickets', '/logout', '/sign-ins/any/end']) {
    for (const Origin of ['null', 'NULL', 'https://elsewhere.example', 'file://', '']) {
      await expectRefusal(await post(server, path, {}, { Cookie, Origin }), 403, 'origin_refused')
    }
  }
  expect((await post(server, '/tickets', {}, { Cookie, Origin: server.origin })).status).toBe(200)
})

test('pages may be framed by those that are listed, and by nobody else', async () => {
  const framed = await startServer({ FRAME_ANCESTORS: 'https://propromo.example, https://app.propromo.example:8443/' })
  try {
    for (const path of ['/', '/docs', '/health', '/sign-ins']) {
      const [free, bound] = await Promise.all([framed, server].map((each) => fetch(each.origin + path)))
      expect(free?.headers.get('Content-Security-Policy')).toContain(
        'frame-ancestors https://propromo.example https://app.propromo.example:8443',
      )
      expect(free?.headers.get('X-Frame-Options')).toBeNull()
      expect(bound?.headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'")
      expect(bound?.headers.get('X-Frame-Options')).toBe('DENY')
      expect(bound?.headers.get('Referrer-Policy')).toBe('no-referrer')
    }
  } finally {
    await framed.remove()
  }
})
