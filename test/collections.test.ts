// The collections for Postman and Insomnia, and the README beside them, against a real server.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Insomnia } from './support/insomnia.ts'
import { examplesOf, scriptFrom } from './support/markdown.ts'
import { ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo } from './support/tables.ts'
import { Terminal } from './support/terminal.ts'
import { frameBytes, handshake, type RawSocket } from './support/wire.ts'

const FOLDER = join(import.meta.dir, '../docs/collections')
const POSTMAN = join(FOLDER, 'propromo-chat.postman_collection.json')
const INSOMNIA = join(FOLDER, 'propromo-chat.insomnia.json')
const README = join(FOLDER, 'README.md')

let postgres: Postgres
let server: Server
let scratch: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'propromo-collections-'))
  postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  await propromo.close()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
  rmSync(scratch, { recursive: true, force: true })
})

// These three start program after program, and stay out of each other's way.
test.concurrent('[L1] newman runs the Postman collection, and every answer is as the collection says', async () => {
  const { exitCode, assertions, failures, requests } = await newman()
  expect(failures).toEqual([])
  expect(exitCode).toBe(0)
  expect(requests).toBeGreaterThanOrEqual(29)
  expect(assertions).toBeGreaterThanOrEqual(100)
})

test.concurrent('[L4] the Postman collection notices when an answer is another one', async () => {
  const { exitCode, failures } = await newman('--env-var', 'password=another')
  expect(exitCode).toBe(1)
  expect(failures).toContain('Log in with JSON: it is answered with 200')
  expect(failures).not.toContain('Health: the server answers')
})

test.concurrent('[C1] every line of the README does what the README says, as it stands', async () => {
  const examples = examplesOf(await Bun.file(README).text(), 'sh')
  const terminal = Terminal.run(['sh', '-u', '-c', scriptFrom(examples, 'chat=http', server.origin)], {
    path: [curlThatTellsStatus()],
  })
  await terminal.shows('"text":"Good morning, how far is the checkout?"', { times: 2, seconds: 45 }) // As it was said, and as the next one hears of it.
  terminal.type('Typed by hand')
  await terminal.shows('"text":"Typed by hand"')
  interruptChildOf(terminal)
  expect(await terminal.exited).toBe(0)

  const told = examples.slice(1).map(({ prose, code }) => {
    const refusals = [...prose.matchAll(/\((\d{3})\s`(\w+)`\)/g)]
    const answers = [...code.matchAll(/\bcurl -/g)].map((_, index) => refusals[index]?.[1] ?? '200')
    return { answers, codes: refusals.map(([, , code]) => code) }
  })
  expect(terminal.errors.trim().split('\n')).toEqual(told.flatMap(({ answers }) => answers))
  expect(told.flatMap(({ answers }) => answers).length).toBeGreaterThanOrEqual(15)
  for (const code of told.flatMap(({ codes }) => codes)) expect(terminal.output).toContain(`"code":"${code}"`)
  expect(terminal.output).toContain('"text":"And when can we try it?"')
})

test('the Insomnia file is an export of format 4, complete in itself', async () => {
  const { file, requests, sockets } = new Insomnia(await Bun.file(INSOMNIA).text())
  expect(file).toMatchObject({ _type: 'export', __export_format: 4 })
  expect(requests.length).toBeGreaterThanOrEqual(10)
  expect(sockets.length).toBeGreaterThanOrEqual(3)
  const ids: string[] = file.resources.map(({ _id }) => _id)
  expect(new Set(ids).size).toBe(ids.length)
  const orphans = file.resources.filter(({ parentId }) => parentId !== null && !ids.includes(parentId))
  expect(orphans).toEqual([])
  const workspaces = file.resources.filter(({ parentId }) => parentId === null)
  expect(workspaces.map(({ _type, name }) => `${_type} ${name}`)).toEqual(['workspace Propromo Chat'])
})

test('[L9] every HTTP request of the Insomnia file goes to a route, and is answered as its description says', async () => {
  const insomnia = await openInsomnia()
  const answers: Record<string, number> = {}
  for (const request of insomnia.requests) answers[request.name] = (await insomnia.send(request)).status
  expect(answers).toEqual({
    'Log in with JSON': 200,
    'Log in with a form': 200,
    'Log in with multipart form data': 200,
    'Log in to one room': 200,
    'Log in with a wrong password': 401,
    'Get a fresh ticket': 200,
    'Try the ticket without spending it': 426,
    'List the sign-ins': 200,
    'End another sign-in': 200,
    "Log in as the room's owner": 200,
    'Export the room': 200,
    'Export the room as a page': 200,
    'Export the room of somebody else': 403,
    'Log out': 200,
    Health: 200,
    Ready: 200,
    Figures: 200,
    'Description of the HTTP side': 200,
    'Description of the socket': 200,
  })
})

test('[C3] every WebSocket request of the Insomnia file opens the room, and what it sends comes back', async () => {
  const insomnia = await openInsomnia()
  const [logIn] = insomnia.requests
  let sent = 0
  for (const socket of insomnia.sockets) {
    if (logIn) await insomnia.send(logIn)
    const { protocol, pathname, search } = new URL(insomnia.fill(socket.url))
    const opened = await handshake(server, pathname + search, insomnia.headersOf(socket))
    expect(`${socket.name}: ${protocol} ${opened.status}`).toBe(`${socket.name}: ws: 101`)
    for (const { value } of insomnia.payloadsOf(socket)) {
      opened.socket.write(frameBytes(0x1, value))
      await hears(opened.socket, value.startsWith('propromo.chat(') ? 'pong' : `"text":"${value}"`)
      sent += 1
    }
    opened.socket.destroy()
  }
  expect(sent).toBeGreaterThanOrEqual(insomnia.sockets.length)
})

async function newman(...options: readonly string[]) {
  const report = join(scratch, `${crypto.randomUUID()}.json`)
  const command = ['node', 'node_modules/.bin/newman', 'run', POSTMAN, '--env-var', `baseUrl=${server.origin}`]
  const terminal = Terminal.run([...command, ...options, '--reporters', 'json', '--reporter-json-export', report])
  const exitCode = await terminal.exited
  const { run } = (await Bun.file(report).json()) as NewmanReport
  const failures = run.failures.map(({ source, error }) => `${source.name}: ${error.test ?? error.message}`)
  return { exitCode, failures, assertions: run.stats.assertions.total, requests: run.stats.requests.total }
}

interface NewmanReport {
  readonly run: {
    readonly stats: Readonly<Record<'assertions' | 'requests', { readonly total: number }>>
    readonly failures: readonly {
      readonly source: { readonly name: string }
      readonly error: { readonly test?: string; readonly message: string }
    }[]
  }
}

/** The file with its environment turned to the server under test. */
async function openInsomnia(): Promise<Insomnia> {
  const insomnia = new Insomnia(await Bun.file(INSOMNIA).text())
  const usual = { base_url: 'http://127.0.0.1:1993', socket_url: 'ws://127.0.0.1:1993', monitor_id: ROOM }
  expect(insomnia.environment).toMatchObject(usual)
  Object.assign(insomnia.environment, { base_url: server.origin, socket_url: server.origin.replace('http', 'ws') })
  return insomnia
}

/** Takes frames until one holds `text`: what was said before comes first. */
async function hears(socket: RawSocket, text: string): Promise<void> {
  for (;;) {
    const frame = await socket.frame()
    if (frame === 'ended') throw new Error(`the socket ended without ${text}`)
    if (frame.payload.toString().includes(text)) return
  }
}

/** A folder with a curl that, besides all that it does, tells each status on the error stream. */
function curlThatTellsStatus(): string {
  const file = join(scratch, 'curl')
  writeFileSync(file, `#!/bin/sh\nexec ${Bun.which('curl')} -w '%{stderr}%{http_code}\\n' "$@"\n`)
  chmodSync(file, 0o755)
  return scratch
}

/** Ctrl-C in the program that the shell is waiting for. */
function interruptChildOf({ pid }: Terminal): void {
  const [child] = Bun.spawnSync(['pgrep', '-P', String(pid)])
    .stdout.toString()
    .split('\n')
  process.kill(Number(child), 'SIGINT')
}
