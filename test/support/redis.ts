// A private Redis: a real process on a free port of loopback, its data in a temporary folder, ended by its own pid.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PATIENCE_MILLISECONDS } from './patience.ts'
import { freePort } from './ports.ts'

export interface RedisOptions {
  /** Whether every write is on disk before it is answered, as redis.yml has it. */
  readonly appendonly?: boolean
  /** More settings, as on the command line: `['--maxmemory', '10mb']`. */
  readonly settings?: readonly string[]
}

/** `REDIS_SERVER` names another server to test with, such as valkey-server. */
const binary = process.env['REDIS_SERVER'] ?? 'redis-server'

const ANSWER_MILLISECONDS = 5_000
export class RedisServer {
  readonly port: number
  readonly url: string
  readonly folder: string
  readonly #command: readonly string[]
  #process: Bun.Subprocess | undefined

  /** A server that answers. */
  static async start({ appendonly = true, settings = [] }: RedisOptions = {}): Promise<RedisServer> {
    const durable = appendonly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
    const server = new RedisServer(await freePort(), [
      ...['--save', '', '--maxmemory-policy', 'noeviction', '--repl-diskless-sync-delay', '0', ...durable, ...settings],
    ])
    await server.restart()
    return server
  }

  private constructor(port: number, settings: readonly string[]) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}`
    this.folder = mkdtempSync(join(tmpdir(), 'propromo-redis-'))
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder]
    this.#command = [...place, '--daemonize', 'no', ...settings]
  }

  get pid(): number {
    if (!this.#process) throw new Error('this Redis does not run')
    return this.#process.pid
  }

  /** What `redis-cli` prints, without the last line break. An error that Redis answers is thrown. */
  cli(...words: readonly (string | number)[]): Promise<string> {
    return redisCli(this.port, words)
  }

  /** Ends it in its tracks: what is not on disk is lost. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child) return
    this.#process = undefined
    child.kill('SIGKILL')
    await child.exited
  }

  /** Freezes it: connections stay open and nothing is answered, as with a machine that hangs. */
  stop(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  cont(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  /** Starts it again on the same port with the data that is on disk. */
  async restart(): Promise<void> {
    await this.kill()
    this.#process = spawnRedis(this.#command)
    await until(`Redis on port ${this.port} answers`, async () => (await this.cli('PING')) === 'PONG')
  }

  /** Starts it again with nothing, as after a lost disk. In a cluster it still knows its place. */
  async restartEmpty(): Promise<void> {
    await this.kill()
    for (const file of readdirSync(this.folder)) {
      if (file !== 'nodes.conf') rmSync(join(this.folder, file), { recursive: true })
    }
    await this.restart()
  }

  /** Throws its data away while it runs. */
  async flush(): Promise<void> {
    await this.cli('FLUSHALL')
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Runs no longer than the tests, even if they are killed: the runner tells nobody when it ends, so the kernel has to. */
export function spawnRedis(settings: readonly string[]): Bun.Subprocess {
  const tether = Bun.which('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : []
  return Bun.spawn([...tether, binary, ...settings], { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
}

export async function redisCli(port: number, words: readonly (string | number)[]): Promise<string> {
  const command = [cliBinary(), '-e', '-h', '127.0.0.1', '-p', String(port), ...words.map(String)]
  const child = Bun.spawn(command, {
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: ANSWER_MILLISECONDS,
    killSignal: 'SIGKILL',
  })
  const [out, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`redis-cli ${words.join(' ')}: ${(error || out).trim()}`)
  return out.replace(/\r?\n$/, '')
}

/** Asks again and again until it is so; an error counts as no. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  milliseconds = PATIENCE_MILLISECONDS,
): Promise<void> {
  const giveUpAt = performance.now() + milliseconds
  let last: unknown
  while (performance.now() < giveUpAt) {
    const so = await isSo().catch((error: unknown) => {
      last = error
      return false
    })
    if (so) return
    await Bun.sleep(20)
  }
  throw new Error(`waited ${milliseconds} ms in vain until ${what}`, { cause: last })
}

function cliBinary(): string {
  return ['redis-cli', 'valkey-cli'].find((name) => Bun.which(name)) ?? 'redis-cli'
}
