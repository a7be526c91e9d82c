// A load balancer as plain as can be: TCP, to the servers in turn, and past those that nobody listens at.
import { connect, createServer, type Socket } from 'node:net'

export interface Balancer {
  readonly origin: string
  readonly port: number
  /** From now on new connections go to these; what is open stays where it is. */
  turnTo(ports: readonly number[]): void
  remove(): Promise<void>
}

export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let servers = ports
  let turn = 0
  const balancer = createServer((client) => pair(client, servers.length))
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve))
  const address = balancer.address()
  if (typeof address !== 'object' || !address) throw new Error('the balancer has no address')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    turnTo: (ports) => {
      servers = ports
    },
    remove: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        balancer.close(() => resolve())
      }),
  }

  function pair(client: Socket, tries: number): void {
    const server = connect({ host: '127.0.0.1', port: servers[turn++ % servers.length] ?? 0 })
    client.on('error', () => server.destroy())
    client.on('close', () => server.destroy())
    server.once('error', () => {
      client.removeAllListeners()
      if (tries > 1 && !client.destroyed)
        pair(
          client.on('error', () => undefined),
          tries - 1,
        )
      else client.destroy()
    })
    server.once('connect', () => {
      server.removeAllListeners('error').on('error', () => client.destroy())
      server.on('close', () => client.destroy())
      for (const socket of [client, server]) open.add(socket.setNoDelay(true).once('close', () => open.delete(socket)))
      client.pipe(server).pipe(client)
    })
  }
}
