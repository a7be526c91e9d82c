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
  readonly folder: string
  stop(): Promise<void>
}

export interface Setting {
  readonly crowd: Crowd
  /** Where messages are kept, when that is not a SQLite file of its own. */
  readonly storageUrl?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Flags of the runtime, such as those of its profiler. */
  readonly flags?: readonly string[]
  /** The servers' core unless another is named. */
  readonly core?: number
  /** What tickets are signed with, where several processes are to believe the same ones. */
  readonly secret?: string
}

/** A bench says more in a second than people do in a day. */
const LIFTED = {
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
  LIMIT_UPGRADES_PER_S: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_LOGINS_PER_MINUTE: '0',
}
const READY = /open at https?:\/\/[^:/]+:(\d+)/

export async function start(name: ContestantName, setting: Setting): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-bench-'))
  try {
    const { process, dialect, secret } = await startIn(folder, name, setting)
    const stop = async () => {
      await process.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { dialect, port: Number(process.found[1]), pid: process.pid, secret, folder, stop }
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
      core: setting.core ?? SERVER_CORE,
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
