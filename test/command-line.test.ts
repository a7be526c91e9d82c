// `npx propromo-chat`: the commands, what they say, and how they end.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../package.json'
import { CommandLine } from './support/command-line.ts'
import { openssl } from './support/openssl.ts'
import { freePort } from './support/ports.ts'

const SECRET = 'Geheimnis-92-hoch'
const KEY = Buffer.alloc(32, SECRET).toString('base64')

let line: CommandLine
beforeAll(() => {
  line = new CommandLine()
})
afterAll(() => line.remove())

test('--help names every command, and each tells more of itself', async () => {
  const { exitCode, out } = await line.run('--help')
  expect(exitCode).toBe(0)
  const commands = [...out.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name = '']) => name)
  expect(commands).toEqual(
    expect.arrayContaining(['serve', 'keys', 'check-config', 'doctor', 'backup', 'restore', 'export']),
  )
  const told = await Promise.all(commands.map((name) => line.run(`${name} --help`)))
  for (const [index, name] of commands.entries()) {
    expect(told[index]).toMatchObject({ exitCode: 0, err: '' })
    expect(told[index]?.out).toStartWith(`propromo-chat ${name}`)
  }
  expect(await line.run('--version')).toEqual({ exitCode: 0, out: `${packageJson.version}\n`, err: '' })
})

test('what it cannot make sense of ends with 2, and says what there is', async () => {
  for (const words of ['fly', 'doctor --fast', 'check-config me', 'serve now']) {
    const { exitCode, out, err } = await line.run(words)
    expect({ words, exitCode, out }).toEqual({ words, exitCode: 2, out: '' })
    expect(err).toContain('propromo-chat')
  }
})

test('check-config tells every fault at once, without a secret', async () => {
  const { exitCode, out, err } = await line.run('check-config', {
    PORT: 'http',
    DATABASE_URL: `mysql://propromo:${SECRET}@db/propromo`,
    JWT_PRIVATE_KEY: SECRET,
  })
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
  for (const name of ['PORT', 'DATABASE_URL', 'JWT_PRIVATE_KEY']) expect(err).toMatch(new RegExp(`^ *${name}: `, 'm'))
  expect(err).not.toContain(SECRET)
})

test('check-config shows what is in effect, and what looks like a setting but is none; secrets are left out', async () => {
  const { exitCode, out, err } = await line.run('check-config', {
    DATABASE_URL: `postgres://chat:${SECRET}@db.internal:5432/propromo?sslkey=${SECRET}`,
    CHAT_STORAGE_URL: `redis://operator:${SECRET}@cache.internal:6380`,
    JWT_PRIVATE_KEY: KEY,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.internal:4318',
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${SECRET}`,
    LIMIT_TEXT_BYTES: '0',
    LIMIT_TEXTS_BYTES: '7',
  })
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  expect(out).toMatch(/limits\.textBytes +no limit/)
  expect(out).toMatch(/port +1993/)
  expect(out).toContain('db.internal:5432/propromo')
  expect(out).toContain('cache.internal')
  expect(out).toContain('http://collector.internal:4318/v1/traces')
  expect(out).toContain('LIMIT_TEXTS_BYTES was not read')
  expect(out).not.toContain(SECRET)
  expect(out).not.toContain(KEY)
  expect(readdirSync(line.folder)).toEqual([]) // It only reads.
})

test('keys does what keys.sh does', async () => {
  const made = await line.run('keys rs512 here', { JWT_PRIVATE_KEY_PASSPHRASE: SECRET })
  expect(made.exitCode).toBe(0)
  expect(existsSync(join(line.folder, 'here/private.pem'))).toBe(true)
  const checked = await line.run('keys check here', { JWT_PRIVATE_KEY_PASSPHRASE: SECRET })
  expect(checked).toMatchObject({ exitCode: 0, out: expect.stringContaining('RSA key ok, 4096 bits') })
  expect((await line.run('keys check here', { JWT_PRIVATE_KEY_PASSPHRASE: 'another' })).exitCode).toBe(1)
})

test('serve is what npm start is: it serves, and SIGTERM for the launcher ends both in order', async () => {
  const port = await freePort()
  const launcher = Bun.spawn([Bun.which('node') ?? '', join(import.meta.dir, '../bin/propromo-chat.js'), 'serve'], {
    cwd: line.folder,
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port) },
    stdout: 'pipe',
  })
  const reader = launcher.stdout.getReader()
  const { value } = await reader.read()
  expect(new TextDecoder().decode(value)).toStartWith('Propromo Chat is open at')
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  launcher.kill('SIGTERM')
  expect(await launcher.exited).toBe(0)
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
})

test('doctor finds nothing to mend on a fresh machine, and says what is only for trying out', async () => {
  const { exitCode, out } = await line.run('doctor', { PORT: String(await freePort()) })
  expect(exitCode).toBe(0)
  expect(out).toMatch(/^note {3}accounts are the demo accounts/m)
  expect(out).toMatch(/^note {3}no JWT_PRIVATE_KEY/m)
  expect(out).toMatch(/^ok .*chat\.sqlite can be written$/m)
  expect(out).toMatch(/^ok .*its disk has/m)
  expect(out).toEndWith('Nothing has to be mended\n')
})

test('doctor tells of a port that is taken, a file that is no SQLite, and a certificate that has expired', async () => {
  const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const [file, cert, key] = ['chat.sqlite', 'cert.pem', 'key.pem'].map((name) => join(line.folder, name))
  writeFileSync(file ?? '', 'not a database, and long enough to be read as one that is broken'.repeat(20))
  chmodSync(line.folder, 0o755)
  const asked = join(line.folder, 'asked.pem')
  openssl(`req -newkey rsa:2048 -nodes -subj /CN=chat.example.com -keyout ${key} -out ${asked}`)
  openssl(`x509 -req -days -1 -in ${asked} -signkey ${key} -out ${cert}`)
  const { exitCode, out } = await line.run('doctor', {
    PORT: String(taken.port),
    CHAT_STORAGE_URL: `sqlite:${file}`,
    TLS_CERT: cert ?? '',
    TLS_KEY: key ?? '',
    PUBLIC_URL: 'https://127.0.0.1:1',
  })
  taken.stop(true)
  expect(exitCode).toBe(1)
  expect(out).toMatch(/^FAULT {2}PORT: \d+ is in use/m)
  expect(out).toMatch(/^FAULT {2}it cannot be read as SQLite/m)
  expect(out).toMatch(/^FAULT {2}TLS_CERT: the certificate expired on 20/m)
  expect(out).toMatch(/^FAULT {2}TLS_CERT: the certificate is not for 127\.0\.0\.1/m)
  expect(out).toMatch(/^note {3}others on this machine may read it/m)
  expect(out).toEndWith('To be mended: 4\n')
})
