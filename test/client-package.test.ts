// The SDK as others get it: packed, installed without a network, checked by their compiler, run by Bun and by Node.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket as WsSocket } from 'ws'
import root from '../package.json'
import { enter, hears, settles } from './support/client-room.ts'
import { node22 } from './support/node22.ts'
import { V1Place } from './support/v1-place.ts'

const ROOT = join(import.meta.dir, '..')
const BIN = join(ROOT, 'node_modules/.bin')

const CONSUMER = `
import { type Message, messagesIn, openRoom, ticketsFrom } from 'propromo-chat-client'

const [url = '', room = '', signIn = '', text = ''] = process.argv.slice(2)
const chat = openRoom({ url, room, ticket: ticketsFrom({ url, room, signIn }) })
const settled = await chat.send(text).settled
if (settled.status !== 'stored') throw new Error(JSON.stringify(settled))
const messages: readonly Message[] = messagesIn(chat.state.timeline)
console.log(JSON.stringify([settled.offset, messages.map(({ text }) => text)]))
chat.close()
`
/** What a page's compiler makes of it: browser types, and nothing of Node. */
const PAGE = `
import { openRoom, type RoomState } from 'propromo-chat-client'

const chat = openRoom({ url: location.origin, room: 'room', ticket: async () => 'ticket', world: { WebSocket } })
chat.subscribe(({ connection }: RoomState) => {
  if (connection.status === 'waiting') document.title = new Date(connection.until).toISOString()
  // @ts-expect-error: only what waits has a next attempt.
  if (connection.status === 'live') document.title = connection.until
})
`

let place: V1Place
let folder: string
let project: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-package-'))
  project = join(folder, 'project')
  mkdirSync(project)
  const built = join(folder, 'built')
  run([join(BIN, 'bun'), join(ROOT, 'client/build.ts'), built], ROOT)
  run(['npm', 'pack', '--offline', '--pack-destination', folder], built)
  await Bun.write(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }')
  await Bun.write(join(project, 'consumer.ts'), CONSUMER)
  await Bun.write(join(project, 'page.ts'), PAGE)
  run(['npm', 'install', '--offline', join(folder, `propromo-chat-client-${root.version}.tgz`)], project)
  place = await V1Place.open()
})
afterAll(async () => {
  await place.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('the package has the version of the chat, no dependencies, and nothing but what it says', async () => {
  const installed = join(project, 'node_modules/propromo-chat-client')
  const { name, version, license, dependencies } = await Bun.file(join(installed, 'package.json')).json()
  expect({ name, version, license, dependencies }).toEqual({
    name: 'propromo-chat-client',
    version: root.version,
    license: root.license,
    dependencies: undefined,
  })
  const bundle = await Bun.file(join(installed, 'index.js')).text()
  expect(bundle).not.toMatch(/^import |require\(|process\.|Bun\./m)
  const files = [...new Bun.Glob('**').scanSync(installed)].filter((file) => !file.startsWith('types/'))
  expect(files.toSorted()).toEqual(['LICENSE', 'README.md', 'index.js', 'package.json'])
})

test('a program and a page that use it pass the strictest compiler, whichever way that resolves modules', () => {
  const strict = ['--strict', '--noEmit', '--target', 'esnext', '--skipLibCheck', 'false', '--ignoreConfig']
  const exact = [...strict, '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes']
  const compile = (...options: readonly string[]) => run([join(BIN, 'tsc'), ...exact, ...options], project)
  for (const module of [['nodenext'], ['preserve', '--moduleResolution', 'bundler']]) {
    const bare = ['--skipLibCheck', 'true', '--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
    compile('--module', ...module, ...bare, 'consumer.ts')
    compile('--module', ...module, '--types', '', '--lib', 'esnext,dom', 'page.ts')
  }
})

test('it talks under Bun, and its process ends by itself', async () => {
  await talks([join(BIN, 'bun'), 'consumer.ts'])
})

test('it talks under Node 22 or newer, and its process ends by itself', async () => {
  // Node takes the types out of `.ts` files only from some release on: what is tested is the package.
  const script = new Bun.Transpiler({ loader: 'ts' }).transformSync(CONSUMER)
  await Bun.write(join(project, 'consumer.js'), script)
  await talks([node22() ?? 'node', 'consumer.js'])
})

test('it talks over the sockets of the package ws', async () => {
  const room = await place.room()
  using customer = enter(place.people.customer, room, { world: { WebSocket: WsSocket } })
  using owner = enter(place.people.scrumMaster, room)
  customer.send('by ws')
  await hears(owner, 'by ws')
  await settles(customer)
})

/** Says something as a process of its own, to somebody who is there and to whom it then listens. */
async function talks(command: readonly string[]): Promise<void> {
  const room = await place.room()
  using owner = enter(place.people.scrumMaster, room)
  await owner.send('Who comes?').settled
  const { signIn } = place.people.customer
  const program = Bun.spawn([...command, place.server.origin, room, signIn, 'It is me'], {
    cwd: project,
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 20_000,
  })
  const [out, err] = await Promise.all([new Response(program.stdout).text(), new Response(program.stderr).text()])
  expect([await program.exited, err, out.trim()]).toEqual([0, '', '[2,["Who comes?","It is me"]]'])
  await hears(owner, 'It is me')
}

function run(command: readonly string[], cwd: string): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { cwd, stdin: 'ignore', timeout: 60_000 })
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`)
  return stdout.toString()
}
