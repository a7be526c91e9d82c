// A process that may open no more files: those who are in talk on, nobody new comes in, and all is well again when somebody leaves.
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../server/config.ts'
import { tooFewFiles } from '../server/open-files.ts'
import { CommandLine } from './support/command-line.ts'
import { CUSTOMER, Person, SCRUM_MASTER } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { until } from './support/redis.ts'
import { type Server, startServer } from './support/server.ts'

const ROOT = join(import.meta.dir, '..')
const BUN = join(ROOT, 'node_modules/.bin/bun')
const FILES = 64
const FULL = 'no more files can be opened, so nobody new comes in, and those who are in go on'
const AGAIN = 'files can be opened again, and whoever is new comes in'

let folder: string
let server: Server
let strangers: Socket[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-files-'))
})
afterEach(async () => {
  letGo()
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** A server that may open so many files. */
async function start(files: number, environment: Record<string, string> = {}): Promise<void> {
  const command = ['/bin/sh', '-c', `ulimit -n ${files} && exec ${BUN} ${join(ROOT, 'server/main.ts')}`]
  const own = { PATH: process.env['PATH'] ?? '', CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}` }
  server = await startServer({ ...own, ...environment }, { command })
}

/** A connection that asks for nothing: whether it was taken, if only to wait. */
function knock(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => resolve(false))
    strangers.push(socket)
  })
}

const fill = async () => void (await Promise.all(Array.from({ length: FILES + 20 }, knock)))
const isRefused = async () => !(await knock())
const linesWith = (text: string) => server.output().split(text).length - 1

function letGo(): void {
  for (const socket of strangers) socket.destroy()
  strangers = []
}

test('[C7] when no file is left, those who are in talk on, nobody new is taken, and it is said once what to do', async () => {
  await start(FILES)
  const customer = await (await Person.logIn(server, CUSTOMER)).open()
  for (let time = 0; time < 2; time++) {
    await fill()
    await until('nobody new is taken', isRefused)
    expect((await customer.say('still here')).text).toBe('still here')
    letGo()
    await until('people are taken again', () => knock())
    const newcomer = await (await Person.logIn(server, SCRUM_MASTER)).open()
    expect((await newcomer.say('and I am new')).email).toBe(SCRUM_MASTER)
    expect((await customer.upTo('and I am new')).at(-1)?.email).toBe(SCRUM_MASTER)
    await newcomer.close()
    letGo()
  }
  await customer.close()
  expect(await server.stop()).toBe(0)
  expect([linesWith(FULL), linesWith(AGAIN)]).toEqual([1, 1])
  expect(server.output()).toContain('LimitNOFILE=')
})

test('it stops in order though it takes nobody at the moment', async () => {
  await start(FILES)
  const customer = await (await Person.logIn(server, CUSTOMER)).open()
  await fill()
  await until('nobody new is taken', isRefused)
  expect(await server.stop()).toBe(0)
  expect(await customer.closed).toMatchObject({ code: 1012 })
})

test('a limit that the sockets may go beyond is told at the start and by doctor, with what mends it', async () => {
  const key = { JWT_PRIVATE_KEY: Buffer.alloc(32, 'of somebody else').toString('base64') }
  const accounts = { DATABASE_URL: 'postgres://chat@127.0.0.1:1/propromo' }
  await start(256, { ...key, ...accounts, LIMIT_SOCKETS: '1000' })
  const told =
    'LIMIT_SOCKETS: 1000 sockets, and what else is open, may need 1256 files at once, and this process may open 256'
  await until('it is warned', async () => server.output().includes(`WARNING: ${told}`))
  expect(server.output()).toContain('LimitNOFILE=2048')
  expect(tooFewFiles(Number.POSITIVE_INFINITY, 256)).toEqual([])

  const line = new CommandLine()
  const own = { PORT: String(await freePort()), LIMIT_SOCKETS: '1000000000' }
  expect((await line.run('doctor', own)).out).toContain(
    'note   LIMIT_SOCKETS: 1000000000 sockets, and what else is open',
  )
  expect((await line.run('doctor', { ...own, LIMIT_SOCKETS: '1' })).out).toMatch(
    /^ok {5}\d+ files may be open at once/m,
  )
  line.remove()
})

test('the units of systemd allow as many files as the usual limit of sockets may need', () => {
  const { sockets } = readConfig({}).limits
  for (const unit of ['propromo-chat', 'propromo-chat@']) {
    const text = readFileSync(join(ROOT, `deploy/systemd/${unit}.service`), 'utf8')
    const [, allowed] = /^LimitNOFILE=(\d+)$/m.exec(text) ?? []
    expect(tooFewFiles(sockets, Number(allowed))).toEqual([])
  }
})
