// Our server with its demo accounts on a core of its own, for a load that runs on the other one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUN, LOAD_CORE, SERVER_CORE, startPinned as startProcess } from './pinned.ts'

export interface PinnedServer {
  readonly origin: string
  readonly pid: number
  stop(): Promise<void>
}

export async function startPinned(environment: Readonly<Record<string, string>>): Promise<PinnedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-bench-'))
  const storage = { PORT: '0', CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}` }
  const server = await startProcess({
    core: SERVER_CORE,
    command: [BUN, 'server/main.ts'],
    environment: { ...storage, ...environment },
    ready: /open at (\S+)\n/,
  })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { origin: server.found[1] ?? '', pid: server.pid, stop }
}

/** Moves this process, which makes the load, to the other core. */
export function pinLoad(): void {
  Bun.spawnSync(['taskset', '-a', '-p', '-c', String(LOAD_CORE), String(process.pid)], { stdout: 'ignore' })
}
