// Free ports of this machine, which stay free until they are used: neither the kernel nor a test beside this one gives them away.
import { createServer } from 'node:net'

/** Above those of services, and below those that Linux gives to whoever wants any (`ip_local_port_range`). */
const FIRST = 11_000
const MANY = 21_000

/** Not where servers listen: Caddy speaks HTTP/3 over UDP. */
const CLAIMS = '127.19.93.1'
/** They are held until the process ends. */
const claims = new Set<unknown>()

export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * MANY)
    if ((await claim(port)) && (await isFree(port))) return port
  }
}

/** Whoever holds the number over UDP, at an address that nothing else uses, has claimed it among all processes. */
async function claim(port: number): Promise<boolean> {
  try {
    const held = await Bun.udpSocket({ hostname: CLAIMS, port })
    held.unref()
    claims.add(held)
    return true
  } catch (error) {
    if (!isInUse(error)) throw error
    return false
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => (isInUse(error) ? resolve(false) : reject(error)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
