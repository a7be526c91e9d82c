// docs/propromo-tickets.md: its commands, its PHP and its page do what the page says (rule L11).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { partsOf } from './support/forging.ts'
import { examplesOf } from './support/markdown.ts'
import { CUSTOMER, OUTSIDER, PlainSocket, ROOM } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { provide } from './support/provide.ts'
import { type Server, startServer } from './support/server.ts'
import { Terminal } from './support/terminal.ts'

const PAGE = await Bun.file(join(import.meta.dir, '../docs/propromo-tickets.md')).text()
const ISSUER = 'https://propromo.example'
const UNKNOWN = 'nobody@example.com'

let folder: string
let server: Server
let chat: string
let site: Bun.Subprocess
let siteOrigin: string

/** What of the page belongs to Laravel is answered here by hand: who is signed in, and how a route answers. */
const ROUTER = (key: string) => `<?php
require __DIR__ . '/ChatTickets.php';
$tickets = new App\\Services\\ChatTickets(getenv('CHAT_URL'), '${ISSUER}', file_get_contents('${key}'));
$answer = $tickets->for($_COOKIE['person'], $_GET['monitor'] ?? null);
http_response_code($answer['status']);
header('Content-Type: application/json');
echo json_encode($answer['body']);
`

beforeAll(async () => {
  provide('php')
  folder = mkdtempSync(join(tmpdir(), 'propromo-php-'))
  const [commands, setting] = examplesOf(PAGE, 'sh')
  const made = Bun.spawnSync(['sh', '-eu', '-c', commands?.code ?? 'false'], { cwd: folder, stderr: 'pipe' })
  if (made.exitCode !== 0) throw new Error(`the key was not made: ${made.stderr}`)
  const [, list = ''] = /^TICKET_ISSUERS=(\S+)$/.exec(setting?.code ?? '') ?? []
  server = await startServer({ TICKET_ISSUERS: list.replace('/etc/ssl/propromo', folder) })
  chat = server.origin

  mkdirSync(join(folder, 'site'))
  const [service] = examplesOf(PAGE, 'php')
  writeFileSync(join(folder, 'site/ChatTickets.php'), service?.code ?? '')
  writeFileSync(join(folder, 'site/router.php'), ROUTER(join(folder, 'chat-assertions.key')))
  const port = await freePort()
  siteOrigin = `http://127.0.0.1:${port}`
  site = Bun.spawn(['php', '-S', `127.0.0.1:${port}`, 'router.php'], {
    cwd: join(folder, 'site'),
    env: { PATH: process.env['PATH'] ?? '', CHAT_URL: chat },
    stdout: 'ignore',
    stderr: 'ignore',
  })
  while (!(await fetch(siteOrigin, { method: 'HEAD' }).catch(() => null))) await Bun.sleep(20)
})
afterAll(async () => {
  site.kill('SIGKILL')
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** As the widget asks, with the cookies of the page. */
async function askSite(person: string, query = ''): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { Cookie: `person=${encodeURIComponent(person)}` }
  const answer = await fetch(`${siteOrigin}/chat-ticket${query}`, { method: 'POST', headers })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

test('[L11] the PHP of the page gets a ticket, and the ticket opens the room', async () => {
  const { status, body } = await askSite(CUSTOMER)
  expect({ status, keys: Object.keys(body).sort() }).toEqual({ status: 200, keys: ['chats', 'expires_at', 'token'] })
  const socket = await PlainSocket.open(server, ROOM, String(body['token']))
  expect(await socket.say('from a page of Propromo')).toMatchObject({ email: CUSTOMER })
  await socket.close()
})

test('[L3] [L11] it hands on what the chat says about the person and the room', async () => {
  const limited = await askSite(CUSTOMER, `?monitor=${ROOM}`)
  expect(partsOf(String(limited.body['token'])).payload).toHaveProperty('mon')
  expect(await askSite(CUSTOMER, '?monitor=nowhere')).toMatchObject({ status: 403, body: { code: 'no_access' } })
  expect(await askSite(OUTSIDER)).toMatchObject({ status: 403, body: { code: 'no_chats' } })
  expect(await askSite(UNKNOWN)).toMatchObject({ status: 401, body: { code: 'assertion_invalid' } })
})

test('[L11] while the chat is away the page is told to come back', async () => {
  await server.stop()
  expect(await askSite(CUSTOMER)).toEqual({ status: 503, body: { code: 'unreachable' } })
  await server.restart()
  expect((await askSite(CUSTOMER)).status).toBe(200)
})

test('every PHP example is PHP', async () => {
  const examples = examplesOf(PAGE, 'php')
  expect(examples).toHaveLength(3)
  for (const [index, { code }] of examples.entries()) {
    const file = join(folder, `${index}.php`)
    writeFileSync(file, code)
    const lint = Terminal.run(['php', '-l', file])
    expect(`${await lint.exited} ${lint.output}`).toContain('0 No syntax errors')
  }
})
