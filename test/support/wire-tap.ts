// A wire between a client and a server of this machine, which a test can make lossy in one direction.
import { connect, createServer, type Server, type Socket } from 'node:net'

export class WireTap {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #lossy = new Set<Socket>()

  static start(target: number): Promise<WireTap> {
    return new Promise((resolve, reject) => {
      const server = createServer()
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(new WireTap(server, typeof address === 'object' && address ? address.port : 0, target))
      })
    })
  }

  private constructor(server: Server, port: number, target: number) {
    this.#server = server
    this.port = port
    server.on('connection', (client) => this.#join(client, connect(target, '127.0.0.1')))
  }

  /** From now on, whatever the server sends with this word in it is lost, on every connection that is open now. Gives back how many are. */
  lose(word: string): number {
    for (const socket of this.#sockets) this.#lossy.add(socket)
    this.#word = word
    return this.#lossy.size
  }

  #word = ''
  #lost = 0
  #said = ''

  /** How often something was lost so far. */
  get lost(): number {
    return this.#lost
  }

  /** All that clients have said so far. */
  get said(): string {
    return this.#said
  }

  async remove(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, server: Socket): void {
    this.#sockets.add(client)
    client.on('data', (bytes) => {
      this.#said += bytes.toString('latin1')
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (this.#lossy.has(client) && bytes.includes(this.#word)) this.#lost++
      else client.write(bytes)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        other.destroy()
        this.#sockets.delete(client)
        this.#lossy.delete(client)
      })
    }
  }
}
