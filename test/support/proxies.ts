// Caddy and nginx in front of a chat, each with the configuration in deploy/, on a free port of this machine.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { freePort } from './ports.ts'
import { provide } from './provide.ts'

const ROOT = join(import.meta.dir, '../..')
const RUN = readFileSync(join(ROOT, 'docs/run.md'), 'utf8')

/** A proxy in front of a chat. */
export interface Front {
  readonly origin: string
  readonly port: number
  /** Everything that it has logged. */
  log(): string
  remove(): Promise<void>
}

/** `caddy adapt` reads our file; only what belongs to the machine of an operator is changed afterwards. Its certificate is its own. */
export async function startCaddy(chatPort: number): Promise<Front> {
  provide('caddy')
  const folder = mkdtempSync(join(tmpdir(), 'propromo-caddy-'))
  const port = await freePort()
  const origin = `https://127.0.0.1:${port}`
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const file = join(ROOT, 'deploy/caddy/Caddyfile')
  const adapted = run(['caddy', 'adapt', '--config', file, '--adapter', 'caddyfile'], {
    ...env,
    CHAT_ADDRESS: origin,
    CHAT_UPSTREAM: `127.0.0.1:${chatPort}`,
  })
  const config = JSON.parse(adapted) as {
    admin?: object
    apps: { http: { servers: Record<string, { listen: string[]; automatic_https?: object }> }; pki?: object }
  }
  config.admin = { disabled: true }
  config.apps.pki = { certificate_authorities: { local: { install_trust: false } } }
  for (const server of Object.values(config.apps.http.servers)) {
    server.listen = [`127.0.0.1:${port}`]
    server.automatic_https = { disable_redirects: true }
  }
  writeFileSync(join(folder, 'caddy.json'), JSON.stringify(config))
  return started(['caddy', 'run', '--config', join(folder, 'caddy.json')], { folder, env, origin, port })
}

/** The line of docs/run.md, with another address and the file that it names; nothing in that is changed but for ports, and where the CA is trusted. */
export async function runCaddyAsWritten(chatPort: number): Promise<Front> {
  provide('caddy')
  const folder = mkdtempSync(join(tmpdir(), 'propromo-caddy-'))
  const [port, plain, admin] = [await freePort(), await freePort(), await freePort()]
  const globals = `{\n\tadmin 127.0.0.1:${admin}\n\thttp_port ${plain}\n\tdefault_bind 127.0.0.1\n\tskip_install_trust\n`
  mkdirSync(join(folder, 'deploy/caddy'), { recursive: true })
  const file = readFileSync(join(ROOT, 'deploy/caddy/Caddyfile'), 'utf8')
  writeFileSync(join(folder, 'deploy/caddy/Caddyfile'), file.replace(/^\{\n/m, globals))
  const [, line = 'false'] = /^CHAT_ADDRESS=\S+ (caddy run .*)$/m.exec(RUN) ?? []
  const origin = `https://localhost:${port}`
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    ...{ CHAT_ADDRESS: origin, CHAT_TLS: 'tls internal', CHAT_UPSTREAM: `127.0.0.1:${chatPort}` },
  }
  return started(['sh', '-c', `cd ${folder} && exec ${line}`], { folder, env, origin, port })
}

export interface Nginx extends Front {
  /** Where it sends on whoever comes without TLS. */
  readonly plainOrigin: string
  /** As docs/run.md reloads it. */
  reload(): void
}

/** Renamed by the command of docs/run.md; then ports and files are those of the test, and `changes` are replaced besides. */
export async function startNginx(chatPort: number, changes: Readonly<Record<string, string>> = {}): Promise<Nginx> {
  provide('nginx')
  const folder = mkdtempSync(join(tmpdir(), 'propromo-nginx-'))
  mkdirSync(join(folder, 'log'))
  const certificate = makeCertificate('chat')
  const [port, plain] = [await freePort(), await freePort()]
  const [, rename = 'false'] = /^(sed .* deploy\/nginx\/propromo-chat\.conf) > /m.exec(RUN) ?? []
  const renamed = run(['sh', '-c', `cd ${ROOT} && ${rename}`], { PATH: process.env['PATH'] ?? '' })
  const own: Readonly<Record<string, string>> = {
    '127.0.0.1:1993': `127.0.0.1:${chatPort}`,
    'listen 80;': `listen 127.0.0.1:${plain};`,
    'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
    '/etc/letsencrypt/live/chat.propromo.example/fullchain.pem': certificate.cert,
    '/etc/letsencrypt/live/chat.propromo.example/privkey.pem': certificate.key,
    '/var/log/nginx': join(folder, 'log'),
    ...changes,
  }
  const text = Object.entries(own).reduce((so, [from, to]) => {
    if (!so.includes(from)) throw new Error(`deploy/nginx/propromo-chat.conf has no ${JSON.stringify(from)}`)
    return so.replaceAll(from, to)
  }, renamed)
  writeFileSync(join(folder, 'propromo-chat.conf'), text)
  writeFileSync(join(folder, 'nginx.conf'), around(folder))
  const command = ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'log/nginx.log')]
  const env = { PATH: `${process.env['PATH']}:/usr/sbin` }
  run([...command, '-t'], env)
  const proxy = await started(command, { folder, env, origin: `https://127.0.0.1:${port}`, port })
  const remove = async () => {
    await proxy.remove()
    certificate[Symbol.dispose]()
  }
  const [, check = 'false', again = 'false'] = /^(nginx -t) && (nginx -s reload)$/m.exec(RUN) ?? []
  const reload = () => {
    for (const line of [check, again]) run([...command, ...line.split(' ').slice(1)], env)
  }
  return { ...proxy, plainOrigin: `http://127.0.0.1:${plain}`, reload, remove }
}

/** What Debian's own nginx.conf has around the files of conf.d, without anything outside this folder. */
function around(folder: string): string {
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log ${folder}/log/nginx.log;
    events { worker_connections 256; }
    http {
      access_log ${folder}/log/access.log;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join('\n')}
      include ${folder}/propromo-chat.conf;
    }`
}

interface Place {
  readonly folder: string
  readonly env: Record<string, string>
  readonly origin: string
  readonly port: number
}

async function started(command: string[], { folder, env, origin, port }: Place): Promise<Front> {
  const output = join(folder, 'output')
  const running = Bun.spawn(command, {
    env,
    stdin: 'ignore',
    stdout: Bun.file(output),
    stderr: Bun.file(`${output}.2`),
  })
  const files = [
    output,
    `${output}.2`,
    ...['nginx', 'access', 'propromo-chat', 'propromo-chat.error'].map((name) => join(folder, `log/${name}.log`)),
  ]
  const log = () => files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n')
  while (!(await answers(origin))) {
    if (running.exitCode !== null) throw new Error(`${command[0]} did not start:\n${log()}`)
    await Bun.sleep(20)
  }
  const remove = async () => {
    running.kill('SIGTERM')
    await running.exited
    rmSync(folder, { recursive: true, force: true })
  }
  return { origin, port, log, remove }
}

async function answers(origin: string): Promise<boolean> {
  return fetch(`${origin}/health`, { tls: { rejectUnauthorized: false } }).then(
    () => true,
    () => false,
  )
}

function run(command: string[], env: Record<string, string>): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { env, stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  return stdout.toString()
}
