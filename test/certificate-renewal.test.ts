// A renewed certificate is shown to whoever comes, and whoever is there talks on.
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { cheapAccounts } from './support/accounts.ts'
import { type Certificate, makeCertificate } from './support/certificate.ts'
import { Clock } from './support/clock.ts'
import { type AdmissionBody, CUSTOMER, PASSWORD, PlainSocket, ROOM } from './support/people.ts'
import { until } from './support/redis.ts'
import { runServer, type Server, startServer } from './support/server.ts'

const KEPT = 'the one before stays in use'

let clock: Clock
let files: Certificate
let renewed: Certificate
let server: Server

beforeEach(async () => {
  clock = new Clock()
  files = makeCertificate('first')
  renewed = makeCertificate('second')
  const tls = { TLS_CERT: files.cert, TLS_KEY: files.key }
  server = await startServer({ ...tls, ...clock.environment, ...(await cheapAccounts()) })
})
afterEach(async () => {
  await server.remove()
  clock.remove()
  for (const made of [files, renewed]) made[Symbol.dispose]()
})

/** Whom the certificate names that a new connection is shown. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.end()
    })
    socket.once('error', reject)
  })
}

async function open(): Promise<PlainSocket> {
  const answer = await fetch(`${server.origin}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: CUSTOMER, password: PASSWORD }),
    tls: { rejectUnauthorized: false },
    keepalive: false,
  })
  return PlainSocket.open(server, ROOM, ((await answer.json()) as AdmissionBody).token)
}

const renew = (part: 'cert' | 'key') => copyFileSync(renewed[part], files[part])
/** The server looks every ten seconds. */
const looks = () => clock.pass(11)
const says = (text: string) => until(`it says ${text}`, async () => server.output().includes(text))
const linesWith = (text: string) => server.output().split(text).length - 1

test('[C7] new connections see the renewed certificate, and old sockets and new ones talk with each other', async () => {
  const old = await open()
  expect(await shown()).toBe('first')
  await looks()
  expect(await shown()).toBe('first')
  renew('key')
  renew('cert')
  await looks()
  for (let times = 0; times < 20; times++) expect(await shown()).toBe('second')

  const fresh = await open()
  await old.say('from before')
  await fresh.upTo('from before')
  await fresh.say('from after')
  await old.upTo('from after')
  await clock.pass(200) // Long enough that a socket which nobody pings would be given up.
  await old.say('still here')
  await fresh.upTo('still here')
  expect(linesWith('the certificate was renewed')).toBe(1)

  renewed[Symbol.dispose]()
  renewed = makeCertificate('third')
  renew('key')
  renew('cert')
  await looks()
  expect(await shown()).toBe('third')
  await old.say('after two renewals')
  await fresh.upTo('after two renewals')

  const stopped = server.stop()
  expect([(await old.closed).code, (await fresh.closed).code, await stopped]).toEqual([1012, 1012, 0])
})

test('a renewal that is broken keeps the certificate that works, and is said once', async () => {
  const old = await open()
  const [cert, key] = [readFileSync(renewed.cert, 'utf8'), readFileSync(renewed.key, 'utf8')]
  const broken: readonly (readonly [string, string, string])[] = [
    [cert, readFileSync(files.key, 'utf8'), 'a key that does not belong to TLS_CERT'],
    [cert.slice(0, cert.length / 2), key, 'no readable PEM'],
    [`${cert}${cert.slice(0, 100)}`, key, 'no readable PEM'],
    ['', '', 'no readable PEM'],
  ]
  let told = 0
  for (const [brokenCert, brokenKey, reason] of broken) {
    writeFileSync(files.cert, brokenCert)
    writeFileSync(files.key, brokenKey)
    await looks()
    await looks()
    expect(await shown()).toBe('first')
    await says(reason)
    expect(linesWith(KEPT)).toBeLessThanOrEqual(++told)
  }
  rmSync(files.cert)
  await looks()
  await says('one of the files cannot be read')
  expect(linesWith(KEPT)).toBe(3) // The same reason right after itself is not repeated.
  expect(await shown()).toBe('first')
  await old.say('none of my business')

  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  await looks()
  expect(await shown()).toBe('second')
  expect(server.output()).not.toContain('PRIVATE KEY')
})

test('another server on the same port is refused, although the port could be shared', async () => {
  const second = await runServer({ TLS_CERT: files.cert, TLS_KEY: files.key, PORT: String(server.port) })
  expect(second.exitCode).toBe(1)
  expect(second.output).toContain(`PORT: held ${server.port}, which is in use`)
})
