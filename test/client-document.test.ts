// docs/client.md: its program compiles and talks as it stands, and its tables are complete.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionState, Entry, Remedy } from '../client/index.ts'
import { enter, hears } from './support/client-room.ts'
import { examplesOf } from './support/markdown.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { Terminal } from './support/terminal.ts'
import { V1Place } from './support/v1-place.ts'

const ROOT = join(import.meta.dir, '..')
const PAGE = await Bun.file(join(ROOT, 'docs/client.md')).text()

let place: V1Place
let folder: string
let talk: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-client-'))
  const installed = join(folder, 'node_modules/propromo-chat-client')
  mkdirSync(installed, { recursive: true })
  const built = Bun.spawnSync([process.execPath, join(ROOT, 'client/build.ts'), installed])
  if (built.exitCode !== 0) throw new Error(`the package was not built: ${built.stderr}`)
  talk = join(folder, 'talk.ts')
  const [example] = examplesOf(PAGE, 'ts')
  await Bun.write(talk, `${example?.code}\n`)
  place = await V1Place.open()
})
afterAll(async () => {
  await place.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('the program compiles', async () => {
  const strict = [
    '--strict',
    '--noUncheckedIndexedAccess',
    '--target',
    'esnext',
    '--module',
    'preserve',
    '--types',
    'bun',
  ]
  const types = ['--skipLibCheck', '--typeRoots', join(ROOT, 'node_modules/@types')]
  const compiler = Terminal.run(['tsc', '--ignoreConfig', '--noEmit', ...strict, ...types, talk])
  expect(`${await compiler.exited}${compiler.output}`).toBe('0')
})

test('[V4] the program hears and talks, over a restart too, and leaves with its input', async () => {
  const { server } = place
  using owner = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  owner.send('Is the checkout done?')
  const terminal = Terminal.run([process.execPath, talk], { environment: { CHAT_URL: server.origin } })
  await terminal.shows(`${SCRUM_MASTER}: Is the checkout done?`)
  terminal.type('Try it: Grüße 🥖')
  await hears(owner, 'Try it: Grüße 🥖')
  await server.stop()
  terminal.type('Are you there?')
  await server.restart()
  await hears(owner, 'Are you there?')
  await terminal.shows(`${CUSTOMER}: Are you there?`)
  terminal.type('  ')
  terminal.endInput()
  expect(await terminal.exited).toBe(0)
  expect(terminal.errors).toMatch(/back soon\).*empty/s)
  const lines = terminal.output.trim().split('\n')
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([])
})

test('the tables name every status, and the page every remedy', () => {
  // Of a record no key can be left out, and none can be too many.
  const connections: Record<ConnectionState['status'], true> = {
    connecting: true,
    catching_up: true,
    live: true,
    waiting: true,
    offline: true,
    ended: true,
  }
  const entries: Record<Entry['status'], true> = { waiting: true, on_its_way: true, stored: true, failed: true }
  const remedies: Record<Remedy, true> = { sign_in: true, choose_room: true, report: true, none: true }
  expect(rowsAfter('**`connection.status`**')).toEqual(Object.keys(connections))
  expect(rowsAfter('**`outbox`**')).toEqual(Object.keys(entries))
  expect(Object.keys(remedies).filter((remedy) => !PAGE.includes(`\`${remedy}\` (`))).toEqual([])
})

/** The first cells of the table that comes next. */
function rowsAfter(mark: string): readonly string[] {
  const [, rest = ''] = PAGE.split(mark)
  const [table = ''] = /\n\|(?:[^\n]*\n)+?(?=\n)/.exec(rest) ?? []
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, cell = '']) => cell)
}
