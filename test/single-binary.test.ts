// npm run compile: one file is the whole chat, in a folder with nothing else and an environment with nothing but the port.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import packageJson from '../package.json'
import { Collector } from './support/collector.ts'
import { CUSTOMER, Person, SCRUM_MASTER } from './support/people.ts'
import { RedisServer } from './support/redis.ts'
import { startServer } from './support/server.ts'

const ROOT = join(import.meta.dir, '..')

let folder: string
let binary: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-binary-'))
  binary = join(folder, 'propromo-chat')
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'server/compile.ts', binary], { cwd: ROOT })
  if (exitCode !== 0) throw new Error(stderr.toString())
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('it serves the page, lets demo accounts in and talk, and still has what they said after a restart', async () => {
  const server = await startServer({}, { command: [binary] })
  try {
    expect(readdirSync(server.folder)).toEqual(['data'])
    const page = await (await fetch(server.origin)).text()
    const [, script = ''] = /src="(\/assets\/page-[^"]+\.js)"/.exec(page) ?? []
    const answer = await fetch(server.origin + script, { headers: { 'Accept-Encoding': 'br' } })
    expect(answer.headers.get('Content-Encoding')).toBe('br')
    expect((await fetch(`${server.origin}/assets/pages.css`)).headers.get('Content-Type')).toContain('text/css')

    const customer = await (await Person.logIn(server, CUSTOMER)).open()
    const scrumMaster = await (await Person.logIn(server, SCRUM_MASTER)).open()
    const said = await customer.say('from one file')
    expect(await scrumMaster.nextMessage()).toEqual(said)

    expect(await server.stop()).toBe(0)
    await server.restart()
    const again = await (await Person.logIn(server, SCRUM_MASTER)).open()
    expect(await again.nextMessage()).toEqual(said)
  } finally {
    await server.remove()
  }
})

test('it traces, with the library inside it, where a collector is named', async () => {
  const collector = new Collector()
  const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }, { command: [binary] })
  try {
    const customer = await (await Person.logIn(server, CUSTOMER)).open()
    await customer.say('followed')
    expect(await server.stop()).toBe(0)
    expect(await collector.tree('plain send')).toEqual(['plain send', ['log.append'], ['broadcast']])
  } finally {
    await server.remove()
    await collector.remove()
  }
})

test('it has the other commands too, and nothing of this checkout in its way', () => {
  const run = (...words: string[]) => Bun.spawnSync([binary, ...words], { cwd: folder, env: { PORT: '0' } })
  expect(run('--version').stdout.toString()).toBe(`${packageJson.version}\n`)
  expect(run('--help').exitCode).toBe(0)
  expect(run('check-config').stdout.toString()).toContain('In effect:')
  expect(run('doctor').stdout.toString()).toEndWith('Nothing has to be mended\n')
  expect(run('fly').exitCode).toBe(2)
})

test('several processes of it share a port', async () => {
  const redis = await RedisServer.start()
  const server = await startServer({ CHAT_STORAGE_URL: redis.url, WORKERS: '2' }, { command: [binary] })
  try {
    const customer = await (await Person.logIn(server, CUSTOMER)).open()
    expect(await customer.say('to all of them')).toMatchObject({ email: CUSTOMER })
    expect(server.output()).toContain('shared by 2 processes')
    expect(await server.stop()).toBe(0)
  } finally {
    await server.remove()
    await redis.remove()
  }
})
