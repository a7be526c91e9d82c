// A Redis that has gone mad in the hand of a test: what it answers is passed on, but for every few answers, which become garbage.
import { connect, createServer, type Socket } from 'node:net'

/** What becomes of an answer; `before` is the last one that went over the same connection. */
export type Garble = (answer: Buffer, before: Buffer) => Buffer

export interface GarblingProxy {
  readonly port: number
  /** How many answers have become something else. */
  readonly garbled: number
  /** From now on every so manieth answer of each connection becomes this. */
  garble(how: Garble, every: number): void
  /** From now on everything is passed on as it is. */
  behave(): void
  remove(): Promise<void>
}

export async function startGarblingProxy(port: number): Promise<GarblingProxy> {
  const open = new Set<Socket>()
  let how: Garble | null = null
  let every = 1
  let garbled = 0
  const proxy = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port })
    let answers = 0
    let before: Buffer = Buffer.alloc(0)
    server.on('data', (answer: Buffer) => {
      const isTurn = how !== null && ++answers % every === 0
      if (isTurn) garbled += 1
      client.write(isTurn && how ? how(answer, before) : answer)
      before = answer
    })
    client.on('data', (bytes: Buffer) => server.write(bytes))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no address')
  return {
    port: address.port,
    get garbled() {
      return garbled
    },
    garble: (wanted, often) => {
      how = wanted
      every = often
    },
    behave: () => {
      how = null
    },
    remove: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        proxy.close(() => resolve())
      }),
  }
}
