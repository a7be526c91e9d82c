// A machine for the commands of a page: its folders, ports and services are a test's own, and what it has of root is played.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { Terminal } from './terminal.ts'

const ROOT = join(import.meta.dir, '../..')
const CLONED = [
  'client',
  'deploy',
  'dummy',
  'protocol',
  'server',
  'web',
  'keys.sh',
  'package.json',
  'tsconfig.json',
  'LICENSE',
]
const DEBIANS_REDIS = '/etc/redis/redis.conf'
/** A block may build the program, or wait for services. */
const MOST_SECONDS = 100
/** Drops what only root can do, and is postgres where it is asked to be. */
const SUDO = `#!/bin/bash
words=()
while [ $# -gt 0 ]; do
  case $1 in
    --preserve-env=*) ;;
    -u) shift; export PGHOST=127.0.0.1 PGPORT=$OWN_PGPORT PGUSER=$1 ;;
    *) break ;;
  esac
  shift
done
while [ $# -gt 0 ]; do
  case $1 in -o | -g) shift ;; *) words+=("$1") ;; esac
  shift
done
exec "\${words[@]}"
`

export class OwnMachine {
  readonly folder: string
  /** What people write in the browser's address. */
  readonly address: string
  readonly #changes: Readonly<Record<string, string>>
  readonly #shell: Terminal
  readonly #postgres: Postgres
  #blocks = 0

  static async start(): Promise<OwnMachine> {
    const folder = mkdtempSync(join(tmpdir(), 'propromo-machine-'))
    const postgres = await startPostgres()
    const [chat, other, redis, tls, plain, admin] = await Promise.all(Array.from({ length: 6 }, freePort))
    return new OwnMachine(folder, postgres, { chat, other, redis, tls, plain, admin } as Ports)
  }

  private constructor(folder: string, postgres: Postgres, ports: Ports) {
    this.folder = folder
    this.#postgres = postgres
    this.address = `localhost:${ports.tls}`
    const postgresPort = new URL(postgres.url).port
    this.#changes = {
      'chat.example.com': this.address,
      '1993': String(ports.chat),
      '1994': String(ports.other),
      '127.0.0.1:6379': `127.0.0.1:${ports.redis}`,
      '127.0.0.1:5432': `127.0.0.1:${postgresPort}`,
      'redis-cli': `redis-cli -p ${ports.redis}`,
      '/etc/': `${folder}/etc/`,
      '/usr/local/bin/': `${folder}/usr/local/bin/`,
      '/var/lib/': `${folder}/var/lib/`,
    }
    this.#furnish(ports.redis)
    this.#shell = Terminal.run(['bash', '--norc', '-e'], {
      folder: join(folder, 'clone'),
      path: [join(folder, 'bin'), join(folder, 'usr/local/bin')],
      environment: {
        MACHINE: folder,
        HOME: folder,
        XDG_DATA_HOME: join(folder, 'var/lib/caddy/.local/share'),
        XDG_CONFIG_HOME: folder,
        OWN_PGPORT: postgresPort,
        CADDY_GLOBALS: `admin 127.0.0.1:${ports.admin}\nhttp_port ${ports.plain}\ndefault_bind 127.0.0.1\nskip_install_trust\n`,
      },
    })
  }

  /** Runs these lines in the one shell of the machine; resolves to all that was printed, and rejects when a line fails. */
  async run(lines: string): Promise<string> {
    const number = ++this.#blocks
    const own = Object.entries(this.#changes).reduce((text, [from, to]) => text.replaceAll(from, to), lines)
    const file = join(this.folder, `block-${number}`)
    writeFileSync(file, `${own}\n`)
    const before = this.#shell.output.length
    this.#shell.type(`. ${file} 2>&1; echo "end of block ${number}"`)
    const ended = await Promise.race([
      this.#shell.shows(`end of block ${number}\n`, { seconds: MOST_SECONDS }).then(() => true),
      this.#shell.exited.then(() => false),
    ])
    const printed = this.#shell.output.slice(before)
    if (!ended) throw new Error(`this failed:\n${own}\n\n${printed}\n${this.#shell.errors}\n${this.log()}`)
    return printed
  }

  /** Everything that its services have said. */
  log(): string {
    return Bun.spawnSync(['sh', '-c', `tail -n 20 ${this.folder}/log/* 2> /dev/null`]).stdout.toString()
  }

  async remove(): Promise<void> {
    const chats = ['1993', '1994'].map((port) => `propromo-chat@${this.#changes[port]}`)
    const stopped = Bun.spawn([join(this.folder, 'bin/systemctl'), 'stop', ...chats, 'caddy', 'redis-server'], {
      env: { PATH: process.env['PATH'] ?? '', MACHINE: this.folder },
    })
    await stopped.exited
    this.#shell.endInput()
    await this.#shell.exited
    await this.#postgres.remove()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A fresh clone with what `npm ci` brings, the programs that are played, and Redis as Debian has just installed it. */
  #furnish(redisPort: number): void {
    const at = (path: string) => join(this.folder, path)
    for (const path of [
      'bin',
      'clone',
      'usr/local/bin',
      'etc/systemd/system',
      'etc/redis',
      'etc/caddy',
      'var/lib/redis',
      'run',
    ])
      mkdirSync(at(path), { recursive: true })
    for (const each of CLONED) cpSync(join(ROOT, each), at(`clone/${each}`), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), at('clone/node_modules'))
    writeFileSync(at('bin/sudo'), SUDO)
    chmodSync(at('bin/sudo'), 0o755)
    copyFileSync(join(import.meta.dir, 'hand-systemctl.sh'), at('bin/systemctl'))
    const debians = existsSync(DEBIANS_REDIS) ? readFileSync(DEBIANS_REDIS, 'utf8') : 'save 3600 1\nappendonly no\n'
    const kept = debians
      .split('\n')
      .filter((line) => !/^(port|bind|dir|daemonize|logfile|pidfile|supervised|repl-diskless-sync-delay) /.test(line))
    writeFileSync(
      at('etc/redis/redis.conf'),
      [...kept, `port ${redisPort}`, 'bind 127.0.0.1', `dir ${at('var/lib/redis')}`, 'repl-diskless-sync-delay 0'].join(
        '\n',
      ),
    )
  }
}

interface Ports {
  readonly chat: number
  readonly other: number
  readonly redis: number
  readonly tls: number
  readonly plain: number
  readonly admin: number
}
