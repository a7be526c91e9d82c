// A server process on a core of its own, as the figures ask for: the load runs on the other one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const SERVER_CORE = 0
export const LOAD_CORE = 1

export interface PinnedServer {
  readonly origin: string
  readonly pid: number
  stop(): Promise<void>
}

export async function startPinned(environment: Readonly<Record<string, string>>): Promise<PinnedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-bench-'))
  const command = ['taskset', '-c', String(SERVER_CORE), './node_modules/.bin/bun', 'server/main.ts']
  const server = Bun.spawn(command, {
    cwd: join(import.meta.dir, '..'),
    stdout: 'pipe',
    stderr: 'inherit',
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}`,
      ...environment,
    },
  })
  let said = ''
  for await (const bytes of server.stdout) {
    said += new TextDecoder().decode(bytes)
    const [, origin] = /open at (\S+)\n/.exec(said) ?? []
    if (origin) {
      const stop = async () => {
        server.kill('SIGTERM')
        await server.exited
        rmSync(folder, { recursive: true, force: true })
      }
      return { origin, pid: server.pid, stop }
    }
  }
  throw new Error(`the server did not start: ${said}`)
}

/** Moves this process, which makes the load, to the other core. */
export function pinLoad(): void {
  Bun.spawnSync(['taskset', '-a', '-p', '-c', String(LOAD_CORE), String(process.pid)], { stdout: 'ignore' })
}
