// docs/write-a-client.md: its examples run as they stand, and its tables are complete.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLOSE } from '../protocol/close.ts'
import { STATUS } from '../protocol/refusal.ts'
import { examplesOf, scriptFrom } from './support/markdown.ts'
import { CUSTOMER, Person, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { Propromo } from './support/tables.ts'
import { Terminal } from './support/terminal.ts'

const PAGE = await Bun.file(join(import.meta.dir, '../docs/write-a-client.md')).text()
const CHAPTER = (heading: string) => PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''

let postgres: Postgres
let server: Server
let scrumMaster: Person
let scratch: string
let talk: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'propromo-client-'))
  talk = join(scratch, 'talk.ts')
  const [example] = examplesOf(PAGE, 'ts')
  await Bun.write(talk, `${example?.code}\n`)
  postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  await propromo.close()
  server = await startServer({ DATABASE_URL: postgres.url, LIMIT_LOGINS_PER_MINUTE: '0' })
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
})
afterAll(async () => {
  await server.remove()
  await postgres.remove()
  rmSync(scratch, { recursive: true, force: true })
})

test('[P1] the example in curl and wscat talks, as it stands', async () => {
  const socket = await scrumMaster.open()
  await socket.say('Who is at the terminal?')
  const script = scriptFrom(examplesOf(CHAPTER('With curl and wscat'), 'sh'), 'chat=http', server.origin)
  const terminal = Terminal.run(['sh', '-u', '-c', script])
  await terminal.shows('"text":"Who is at the terminal?"')
  terminal.type('It is me')
  expect((await socket.upTo('It is me')).at(-1)).toMatchObject({ email: CUSTOMER })
  await terminal.shows('"text":"It is me"')
  terminal.endInput()
  await terminal.shows('{"success":true}')
  expect(await terminal.exited).toBe(0)
  await socket.close()
})

test('the example in TypeScript compiles', async () => {
  const strict = ['--strict', '--skipLibCheck', '--target', 'esnext', '--module', 'preserve', '--types', 'bun']
  const compiler = Terminal.run([
    'tsc',
    '--ignoreConfig',
    '--noEmit',
    ...strict,
    '--typeRoots',
    'node_modules/@types',
    talk,
  ])
  expect(`${await compiler.exited}${compiler.output}`).toBe('0')
})

test('[P1] [P2] the example in TypeScript hears what was said before, says what is typed, and leaves with its input', async () => {
  const socket = await scrumMaster.open()
  await socket.say('Is the checkout done?')
  const terminal = startExample()
  await terminal.shows(`${SCRUM_MASTER}: Is the checkout done?`)
  terminal.type('Try it: Grüße 🥖')
  await terminal.shows(`${CUSTOMER}: Try it: Grüße 🥖`)
  expect((await socket.upTo('Try it: Grüße 🥖')).at(-1)).toMatchObject({ email: CUSTOMER })
  terminal.type('x'.repeat(16_385))
  terminal.type('Still here')
  await terminal.shows(`${CUSTOMER}: Still here`)
  terminal.endInput()
  expect(await terminal.exited).toBe(0)
  expect(terminal.errors).toMatch(/^Cannot send the message: it has 16385 bytes[^\n]*\n$/)
  await socket.close()
})

test('[X] the example in TypeScript comes back after a restart and a crash, and prints nothing twice', async () => {
  const terminal = startExample()
  for (const [index, ending] of (['stop', 'kill'] as const).entries()) {
    const before = await scrumMaster.open()
    await before.say(`before ${index}`)
    await terminal.shows(`before ${index}`)
    await server[ending]()
    await server.restart()
    const after = await scrumMaster.open()
    await after.say(`after ${index}`)
    await terminal.shows(`after ${index}`)
    await typedAndHeard(terminal, after, `back ${index}`)
    await after.close()
  }
  const lines = terminal.output.trim().split('\n')
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([])
  await terminal.end()
})

test('[L4] [L9] the example in TypeScript stops, and says why, when it is not let in', async () => {
  const wrong = startExample({ CHAT_PASSWORD: 'wrong' })
  expect(await wrong.exited).toBe(1)
  expect(wrong.errors).toBe('Cannot log in: email or password is wrong\n')
})

test('[E1] [X] the tables name every refusal with its status, and every close code', () => {
  const refusals = rowsOf('Refusals').flatMap(([status = '', codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${status} ${code}`),
  )
  expect(refusals.toSorted()).toEqual(
    Object.entries(STATUS)
      .map(([code, status]) => `${status} ${code}`)
      .toSorted(),
  )

  const closes = rowsOf('Close codes').map(([code = '', reason = '']) => `${code} ${reason.replaceAll('`', '')}`.trim())
  const ours = Object.values(CLOSE).map(({ code, reason }) => `${code} ${reason}`.trim())
  expect(closes).toEqual(expect.arrayContaining(ours))
})

function startExample(environment: Readonly<Record<string, string>> = {}): Terminal {
  return Terminal.run([process.execPath, talk], { environment: { CHAT_URL: server.origin, ...environment } })
}

async function typedAndHeard(terminal: Terminal, socket: PlainSocket, text: string): Promise<void> {
  terminal.type(text)
  await socket.upTo(text)
  await terminal.shows(text)
}

/** The cells of a chapter's table, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const rows = [...CHAPTER(heading).matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => row)
  return rows.slice(2).map((row) => row.split('|').map((cell) => cell.trim()))
}
