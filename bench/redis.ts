// A Redis of the bench's own, kept on disk as redis.yml has it, on a free port and in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOAD_CORE, startPinned } from './pinned.ts'

/**
 * On the load's core, not the server's: in a deployment it is another machine, and the row asks what one core of server
 * does. Where ours is slower than the floor, that core has time to spare; the table says how much Redis took of it.
 */
export const REDIS_CORE = LOAD_CORE

export interface Redis {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-bench-redis-'))
  const port = await freePort()
  const kept = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--save', '']
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...kept]
  const redis = await startPinned({ core: REDIS_CORE, command, environment: {}, ready: /Ready to accept connections/ })
  const stop = async () => {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `redis://127.0.0.1:${port}`, pid: redis.pid, stop }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
