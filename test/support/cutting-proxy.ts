// A bad network in the hand of a test: TCP between client and server that is cut in the middle, or falls silent.
import { connect, createServer, type Socket } from 'node:net'

/** After how many bytes, each way, the next connections are cut; what is not said is not cut. */
export interface Cut {
  readonly toServer?: number
  readonly toClient?: number
}

export interface CuttingProxy {
  readonly origin: string
  /** How many connections there have been. */
  readonly connections: number
  /** From the next connection on, one of these each, and after the last one none. */
  plan(cuts: readonly Cut[]): void
  /** Cuts every connection that is open. */
  cut(): void
  /** What is open stays open, but not a byte goes through any more. */
  silence(): void
  remove(): Promise<void>
}

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const open = new Set<Socket>()
  let cuts: readonly Cut[] = []
  let connections = 0
  const proxy = createServer((client) => {
    connections += 1
    const [cut = {}, ...others] = cuts
    cuts = others
    const server = connect({ host: '127.0.0.1', port })
    const pair = [client, server] as const
    const end = () => {
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    pass(client, server, cut.toServer, end)
    pass(server, client, cut.toClient, end)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no address')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    get connections() {
      return connections
    },
    plan: (planned) => {
      cuts = planned
    },
    cut: () => {
      for (const socket of open) socket.destroy()
    },
    silence: () => {
      for (const socket of open) socket.removeAllListeners('data')
      for (const socket of open) socket.on('data', () => undefined)
    },
    remove: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        proxy.close(() => resolve())
      }),
  }
}

/** Passes bytes on until there were `most`; those go through, and then both ends are gone. */
function pass(from: Socket, to: Socket, most: number | undefined, end: () => void): void {
  let passed = 0
  from.on('data', (bytes: Buffer) => {
    const rest = most === undefined ? bytes.length : most - passed
    passed += bytes.length
    const last = most !== undefined && passed >= most
    if (!last) to.write(bytes)
    else to.write(bytes.subarray(0, rest), end)
  })
}
