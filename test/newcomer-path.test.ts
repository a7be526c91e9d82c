// docs/go-live.md, from the first command to the last: taken out of the page, and run in order on a machine of the test's own.
//
// Real: the build, Redis with Debian's configuration, Postgres, Caddy with TLS, the keys, both processes, the copy and its way back.
// Played, because a test is not root's: `sudo` runs the command as it is, and `systemctl` does what the units say by hand; that systemd
// understands them is seen with `systemd-analyze verify`. Left out: LEFT_OUT.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examplesOf } from './support/markdown.ts'
import { OwnMachine } from './support/own-machine.ts'
import { provide } from './support/provide.ts'

const ROOT = join(import.meta.dir, '..')
const PAGE = readFileSync(join(ROOT, 'docs/go-live.md'), 'utf8')
/** Installing packages and fetching another version: of the machine, and of the network. */
const LEFT_OUT = /^(sudo apt-get .*|npm ci|git pull)$/gm
const SINCE_THE_COPY = 'Good night'
/** In each chapter, what each of its blocks answers, by what the page says before them. */
const ANSWERS: Readonly<Record<string, readonly (RegExp | null)[]>> = {
  '': [null, null],
  '1. What it stands on': [null, /(OK\n){4}/],
  '2. The program': [/propromo-chat: \d+ MiB\n(.*\n)*\d+\.\d+\.\d+\n/],
  '3. The accounts': [null, /^end of block/],
  '4. Keys and settings': [
    /Made .*private\.pem/,
    /^(ok .*\n|note {3}(no chat answers|LIMIT_SOCKETS:) .*\n)+Nothing has to be mended/,
  ],
  '5. Two processes': [/{"status":"ok".*{"status":"ok"/s],
  '6. TLS': [null, null],
  '7. Through the door': [/{"status":"ok"/, /"text":"Good morning"/, /(propromo_chat_part_ready{part="\w+"} 1\n){3}/],
  Upgrading: [/{"status":"ok".*{"status":"ok"/s],
  Copies: [/Transfer finished with success/, /{"status":"ok"/],
}

let machine: OwnMachine

beforeAll(async () => {
  for (const need of ['caddy', 'redis-server', 'postgres', 'psql', 'openssl', 'curl', 'systemd-analyze'] as const)
    provide(need)
  machine = await OwnMachine.start()
  await machine.run('systemctl start redis-server\nuntil redis-cli PING | grep -q PONG; do sleep 0.1; done')
})
afterAll(() => machine.remove())

test('every block of the page is known here, and only what is of the machine is left out', () => {
  const chapters = chaptersOf(PAGE)
  expect(Object.keys(chapters)).toEqual(Object.keys(ANSWERS))
  for (const [name, blocks] of Object.entries(chapters))
    expect([name, blocks.length]).toEqual([name, ANSWERS[name]?.length ?? 0])
  expect([...new Set(PAGE.match(LEFT_OUT))].toSorted()).toEqual([
    'git pull',
    'npm ci',
    'sudo apt-get install -y caddy redis-server postgresql-client openssl curl',
    'sudo apt-get install -y postgresql',
    'sudo apt-get update',
  ])
})

for (const [name, blocks] of Object.entries(chaptersOf(PAGE))) {
  test(`${name || 'What is written first'}: each command does what the page says`, async () => {
    const door = name === 'Upgrading' ? watchTheDoor() : null
    for (const [index, block] of blocks.entries()) {
      const printed = await machine.run(block.replace(LEFT_OUT, ''))
      const answer = ANSWERS[name]?.[index]
      if (answer) expect(printed).toMatch(answer)
      if (name === 'Copies' && index === 0) expect(await machine.run(say(SINCE_THE_COPY))).toContain(SINCE_THE_COPY)
    }
    if (door) expect(await door.close()).toEqual([])
  })
}

test('what was said before the copy is there again, what was said since is not, and Redis is on disk as before', async () => {
  const shown = await machine.run(say('Good evening'))
  expect(shown).toMatch(/"text":"Good morning".*"text":"Good evening"/s)
  expect(shown).not.toContain(SINCE_THE_COPY)
  expect(await machine.run('redis-cli CONFIG GET appendonly')).toContain('appendonly\nyes\n')
  expect(await machine.run('redis-cli CONFIG GET appendfsync')).toContain('appendfsync\nalways\n')
  expect(readFileSync(join(machine.folder, 'etc/redis/redis.conf'), 'utf8')).toMatch(/^appendonly yes$/m)
})

test('systemd understands the unit of several processes, which is the other one but for port, folder, and patience', () => {
  const [one, many] = ['propromo-chat', 'propromo-chat@'].map((unit) =>
    readFileSync(join(ROOT, `deploy/systemd/${unit}.service`), 'utf8')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line)),
  )
  const own =
    /^(Description|After|StartLimit\w+|RestartSec|Environment|StateDirectory|StateDirectoryMode|WorkingDirectory)=/
  expect(many?.filter((line) => !own.test(line))).toEqual(one?.filter((line) => !own.test(line)) ?? [])
  const { stderr } = Bun.spawnSync(['systemd-analyze', 'verify', join(ROOT, 'deploy/systemd/propromo-chat@.service')], {
    stderr: 'pipe',
  })
  const said = stderr
    .toString()
    .split('\n')
    .filter((line) => line.includes('propromo-chat@'))
  expect(said.filter((line) => !line.includes('/usr/local/bin/propromo-chat is not executable'))).toEqual([])
})

/** The page's own commands for a message through the TLS door, with another text. */
function say(text: string): string {
  const [first = '', second = ''] = chaptersOf(PAGE)['7. Through the door'] ?? []
  return `${first.split('\n').at(-1)}\n${second.replace('Good morning', text)}`
}

/** The commands by chapter, in order. */
function chaptersOf(page: string): Record<string, string[]> {
  const [first = '', ...others] = page.split('\n## ')
  const named = others.map((text) => [text.slice(0, text.indexOf('\n')), text] as const)
  return Object.fromEntries(
    [['', first] as const, ...named].map(([name, text]) => [name, examplesOf(text, 'sh').map(({ code }) => code)]),
  )
}

/** Comes to the TLS door again and again; resolves to every answer that was not 200. */
function watchTheDoor(): { close(): Promise<readonly string[]> } {
  const refused: string[] = []
  let [open, came] = [true, 0]
  const coming = (async () => {
    while (open) {
      const answer = fetch(`https://${machine.address}/health`, {
        tls: { rejectUnauthorized: false },
        keepalive: false,
      })
      const status = await answer.then((got) => String(got.status), String)
      if (status !== '200') refused.push(status)
      came += 1
      await Bun.sleep(10)
    }
  })()
  const close = async () => {
    open = false
    await coming
    return came > 10 ? refused : [`came ${came} times only`]
  }
  return { close }
}
