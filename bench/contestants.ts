// Who takes part: ours, the floor below it, and two peers. Each is a process on the servers' core.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DialectName } from './load/dialects.ts'
import { nodeScript } from './peers/node-script.ts'
import { BUN, type Pinned, ROOT, SERVER_CORE, startPinned } from './pinned.ts'
import { type Crowd, furnish } from './place.ts'

export type ContestantName = 'ours' | 'floor' | 'ws' | 'socket.io'

export interface Contestant {
  readonly dialect: DialectName
  readonly port: number
  readonly pid: number
  /** What tickets for it are signed with; empty where there are none. */
  readonly secret: string
  /** Everything it has said so far. */
  output(): string
  stop(): Promise<void>
}

export interface Setting {
  readonly crowd: Crowd
  /** Where messages are kept, when that is not a SQLite file of its own. */
  readonly storageUrl?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Flags of the runtime, such as those of its profiler. */
  readonly flags?: readonly string[]
  /** What tickets are signed with, where several processes are to believe the same ones. */
  readonly secret?: string
}

/** Also when the bench is broken off: a store of a bench is large. */
const folders = new Set<string>()
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A bench says more in a second than people do in a day. */
const LIFTED = {
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
  LIMIT_SOCKETS: '0',
  LIMIT_UPGRADES_PER_S: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_LOGINS_PER_MINUTE: '0',
}
const READY = /open at https?:\/\/[^:/]+:(\d+)/

/** Starts one for as long as `work` takes. When that fails, what the server said stands beside the reason. */
export async function during<Result>(
  name: ContestantName,
  setting: Setting,
  work: (contestant: Contestant) => Promise<Result>,
): Promise<Result> {
  const contestant = await start(name, setting)
  try {
    return await work(contestant)
  } catch (error) {
    throw explained(error, [contestant])
  } finally {
    await contestant.stop()
  }
}

export function explained(error: unknown, contestants: readonly Contestant[]): Error {
  const said = contestants.map((contestant) => contestant.output().trim().split('\n').slice(-5).join('\n'))
  const why = error instanceof Error ? error.message : String(error)
  return new Error(`${why}; the server said: ${said.join('\n')}`, { cause: error })
}

export async function start(name: ContestantName, setting: Setting): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-bench-'))
  folders.add(folder)
  try {
    const { process: server, dialect, secret } = await startIn(folder, name, setting)
    const stop = async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { dialect, port: Number(server.found[1]), pid: server.pid, secret, output: server.output, stop }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

interface Started {
  readonly process: Pinned
  readonly dialect: DialectName
  readonly secret: string
}

async function startIn(folder: string, name: ContestantName, setting: Setting): Promise<Started> {
  const { flags = [], storageUrl } = setting
  const at = (command: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    startPinned({
      core: SERVER_CORE,
      command,
      environment: { PORT: '0', ...environment },
      ready: READY,
    })
  const peer = async (file: string, environment: Readonly<Record<string, string>> = {}) =>
    at(['node', await nodeScript(join(import.meta.dir, 'peers', file))], environment)
  switch (name) {
    case 'ours': {
      const secret = setting.secret ?? randomBytes(32).toString('base64')
      const environment = await ourEnvironment(folder, secret, setting)
      return { process: await at([BUN, ...flags, 'server/main.ts'], environment), dialect: 'v1', secret }
    }
    case 'floor':
      return { process: await at([BUN, ...flags, join(ROOT, 'bench/peers/floor.ts')]), dialect: 'floor', secret: '' }
    case 'ws':
      return { process: await peer('ws-broadcast.ts'), dialect: 'ws', secret: '' }
    case 'socket.io': {
      const environment = storageUrl ? { REDIS_URL: storageUrl } : {}
      return { process: await peer('socket-io.ts', environment), dialect: 'socket.io', secret: '' }
    }
  }
}

async function ourEnvironment(folder: string, secret: string, setting: Setting) {
  const accounts = join(folder, 'accounts.sqlite')
  await furnish(accounts, setting.crowd)
  return {
    ...LIFTED,
    DATABASE_URL: `sqlite:${accounts}`,
    CHAT_STORAGE_URL: setting.storageUrl ?? `sqlite:${join(folder, 'chat.sqlite')}`,
    JWT_PRIVATE_KEY: secret,
    ...setting.environment,
  }
}
