// A real server process, started as people start it, on a free port with a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PATIENCE_MILLISECONDS } from './patience.ts'
import { freePort } from './ports.ts'

export interface Server {
  readonly origin: string
  readonly port: number
  readonly folder: string
  readonly pid: number
  /** Everything it has printed so far, both streams. */
  output(): string
  /** Orderly, as a supervisor does it; gives back the exit code when all that it said is here. */
  stop(): Promise<number>
  /** `kill -9`: no time to say goodbye. */
  kill(): Promise<void>
  /** Starts it again after it ended: same port, same folder, same environment but for `changes`. */
  restart(changes?: Environment): Promise<void>
  /** Ends it, if it runs, and removes its folder. */
  remove(): Promise<void>
}

export type Environment = Readonly<Record<string, string>>

/** For servers whose limits are not what is tested. */
export const UNLIMITED: Environment = {
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_UPGRADES_PER_S: '0',
}

const ROOT = join(import.meta.dir, '../..')
const COMMAND = [join(ROOT, 'node_modules/.bin/bun'), 'server/main.ts']

/** Another program than the sources: it runs in the folder of its own, and is told nothing but its port. */
export interface Program {
  readonly command: readonly string[]
}

/** A running server. Without settings of its own it has the defaults, except for the port and where it keeps messages. */
export async function startServer(environment: Environment = {}, program?: Program): Promise<Server> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'propromo-chat-'))
  const origin = `${environment['TLS_CERT'] ? 'https' : 'http'}://127.0.0.1:${port}`
  let output = ''
  let running: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  let said: Promise<unknown>

  const start = async (changes: Environment = {}) => {
    const storage = { CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}` }
    const own = { PORT: String(port), ...(program ? {} : { ...bare(), ...storage }) }
    output = ''
    const started = Bun.spawn([...(program?.command ?? COMMAND)], {
      cwd: program ? folder : ROOT,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...own, ...environment, ...changes },
    })
    running = started
    const ready = Promise.withResolvers<void>()
    const read = async (stream: ReadableStream<Uint8Array>) => {
      for await (const bytes of stream) {
        if (running !== started) return // What an earlier one still had to say is not what this one says.
        output += new TextDecoder().decode(bytes)
        if (output.includes('Propromo Chat is open at')) ready.resolve()
      }
    }
    said = Promise.all([read(started.stdout), read(started.stderr)])
    Promise.all([said, started.exited]).then(() => ready.reject(new Error(`the server did not start:\n${output}`)))
    await ready.promise
  }
  const end = async (signal: NodeJS.Signals) => {
    running.kill(signal)
    return running.exited
  }
  await start()
  return {
    origin,
    port,
    folder,
    get pid() {
      return running.pid
    },
    output: () => output,
    stop: async () => {
      const exitCode = await end('SIGTERM')
      await said
      return exitCode
    },
    kill: async () => {
      await end('SIGKILL')
    },
    restart: start,
    remove: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Outcome {
  readonly exitCode: number
  readonly output: string
}

/** Starts a server that is expected to end by itself, and gives back what it said. */
export async function runServer(environment: Environment): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-chat-'))
  const storage = { CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}` }
  const ended = Bun.spawn(COMMAND, {
    cwd: ROOT,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...bare(), ...storage, ...environment },
    timeout: PATIENCE_MILLISECONDS,
  })
  const [out, err, exitCode] = await Promise.all([
    new Response(ended.stdout).text(),
    new Response(ended.stderr).text(),
    ended.exited,
  ])
  rmSync(folder, { recursive: true, force: true })
  return { exitCode, output: out + err }
}

/** The environment without anything that would configure a server. */
function bare(): Environment {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }
}
