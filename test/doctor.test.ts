// `propromo-chat doctor` beside a real Postgres, a real Redis, and a chat behind a proxy.

import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Clock } from './support/clock.ts'
import { CommandLine } from './support/command-line.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { openPropromoSite } from './support/propromo-site.ts'
import { RedisServer } from './support/redis.ts'
import { type Server, startServer } from './support/server.ts'

const KEY = Buffer.alloc(32, 'for the doctor').toString('base64')

let line: CommandLine
let postgres: Postgres
let redis: RedisServer
let server: Server
beforeAll(async () => {
  line = new CommandLine()
  ;[postgres, redis] = await Promise.all([startPostgres('dummy/test.sql'), RedisServer.start()])
  server = await startServer({ DATABASE_URL: postgres.url, CHAT_STORAGE_URL: redis.url, JWT_PRIVATE_KEY: KEY })
})
afterAll(async () => {
  await server.remove()
  await Promise.all([postgres.remove(), redis.remove()])
  line.remove()
})

const environment = async () => ({
  PORT: String(await freePort()),
  DATABASE_URL: postgres.url,
  CHAT_STORAGE_URL: redis.url,
  JWT_PRIVATE_KEY: KEY,
})

test('where nothing is set, which is not where a service has its settings, it says whose chat it looks at', async () => {
  const { exitCode, out } = await line.run('doctor', {})
  expect(out).toStartWith('note   nothing is set here, so this is the chat of the demo accounts')
  expect(out).not.toContain('the settings are complete')
  expect(exitCode).toBe(0)
})

test('a whole deployment is found fine, and a role that can do too much is pointed out', async () => {
  const { exitCode, out, err } = await line.run('doctor', await environment())
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  for (const fine of [
    'tickets are signed with HS256 and believed',
    'accounts can be read',
    'the clock agrees with that of the accounts database',
    'the clock agrees with that of Redis',
    'it takes writes',
    'every write is on its disk before it is answered',
    'it never evicts',
  ]) {
    expect(out).toContain(`ok     ${fine}\n`)
  }
  expect(out).toContain('note   the role could also write accounts')
  expect(out).not.toContain(KEY)
})

test('where Propromo’s site checks the passwords, it is asked, and a role that can read none is fine', async () => {
  const file = join(line.folder, 'accounts.sqlite')
  const accounts = new Database(file)
  accounts.exec(readFileSync('dummy/test.sql', 'utf8'))
  accounts.exec('ALTER TABLE users DROP COLUMN password')
  accounts.close()
  const settings = { ...(await environment()), DATABASE_URL: `sqlite:${file}` }
  await using site = openPropromoSite({})
  const delegated = () => line.run('doctor', { ...settings, PROPROMO_API_URL: site.url })
  const { exitCode, out } = await delegated()
  expect(out).toContain('ok     accounts can be read')
  expect(out).toContain('ok     Propromo’s site checks passwords')
  expect([exitCode, site.asked.length]).toEqual([0, 1])
  site.says = () => new Response('<h1>Welcome</h1>')
  const misled = await delegated()
  expect(misled.out).toContain('FAULT  no password can be checked (PROPROMO_API_URL: it answered 200 with something')
  expect(misled.exitCode).toBe(1)
  expect((await line.run('doctor', settings)).out).toContain('FAULT  DATABASE_URL: the accounts cannot be read')
})

test('a Redis that may lose the last second is pointed out', async () => {
  const hasty = await RedisServer.start({ settings: ['--appendfsync', 'everysec'] })
  const { exitCode, out } = await line.run('doctor', { ...(await environment()), CHAT_STORAGE_URL: hasty.url })
  await hasty.remove()
  expect(out).toContain('note   its appendfsync is everysec')
  expect(exitCode).toBe(0)
})

test('the chat that runs already holds the port, and its sockets are reached through the public address', async () => {
  const { exitCode, out } = await line.run('doctor', {
    ...(await environment()),
    PORT: String(server.port),
    PUBLIC_URL: server.origin,
  })
  expect(exitCode).toBe(0)
  expect(out).toContain(`port ${server.port} of 127.0.0.1 is held by a chat, which answers`)
  expect(out).toContain('ok     sockets get through to it')
})

test('a proxy that does not let sockets through is a fault', async () => {
  const deaf = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => fetch(server.origin + new URL(request.url).pathname),
  })
  const { exitCode, out } = await line.run('doctor', { ...(await environment()), PUBLIC_URL: deaf.url.origin })
  await deaf.stop(true)
  expect(exitCode).toBe(1)
  expect(out).toContain(`FAULT  no socket gets through to ${deaf.url.origin}`)
})

test('a Redis that forgets or evicts, and a database that is not there, are told, without a password', async () => {
  const careless = await RedisServer.start({ appendonly: false, settings: ['--maxmemory-policy', 'allkeys-lru'] })
  const nowhere = `postgres://chat:Geheimnis-92@127.0.0.1:${await freePort()}/propromo`
  const { exitCode, out } = await line.run('doctor', {
    ...(await environment()),
    CHAT_STORAGE_URL: careless.url,
    DATABASE_URL: nowhere,
  })
  await careless.remove()
  expect(exitCode).toBe(1)
  expect(out).toContain('FAULT  it keeps nothing on disk')
  expect(out).toContain('FAULT  its maxmemory-policy is allkeys-lru')
  expect(out).toContain('FAULT  DATABASE_URL: the accounts cannot be read')
  expect(out).not.toContain('Geheimnis-92')
})

test('a Redis that is not there is told with its variable', async () => {
  const nowhere = `redis://:Geheimnis-92@127.0.0.1:${await freePort()}`
  const { exitCode, out } = await line.run('doctor', { ...(await environment()), CHAT_STORAGE_URL: nowhere })
  expect(exitCode).toBe(1)
  expect(out).toMatch(/^FAULT {2}CHAT_STORAGE_URL: /m)
  expect(out).not.toContain('Geheimnis-92')
})

test('a clock that is wrong is noticed, since tickets would be refused elsewhere', async () => {
  const clock = new Clock()
  writeFileSync(clock.environment['CLOCK_FILE'] ?? '', '60000')
  const { exitCode, out } = await line.run('doctor', { ...(await environment()), ...clock.environment })
  clock.remove()
  expect(exitCode).toBe(1)
  for (const whose of ['the accounts database', 'Redis']) {
    expect(out).toMatch(new RegExp(`^FAULT {2}the clock is \\d+\\.\\d s from that of ${whose}: set both by NTP`, 'm'))
  }
})
