// A private Redis Cluster: some masters with their replicas, which fail over within seconds.
import { freePort } from './ports.ts'
import { RedisServer, until } from './redis.ts'

export interface ClusterOptions {
  readonly masters?: number
  /** Of each master. */
  readonly replicas?: number
  readonly appendonly?: boolean
}

interface KnownNode {
  readonly id: string
  readonly port: number
  /** Of the master that it copies; `-` when it is one itself. */
  readonly master: string
  readonly failed: boolean
  readonly slots: readonly (readonly [first: number, last: number])[]
}

const SLOTS = 16_384
const SETTINGS = [
  ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-replica-validity-factor', '0'],
  ...['--cluster-allow-replica-migration', 'no', '--repl-ping-replica-period', '1'],
]

export class RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** Of the nodes that were killed and not started again. */
  readonly #down = new Set<RedisServer>()

  /** A cluster where every node says that all is well. */
  static async start({ masters = 3, replicas = 0, appendonly = true }: ClusterOptions = {}): Promise<RedisCluster> {
    const begun = Array.from({ length: masters * (1 + replicas) }, async () => {
      const settings = [...SETTINGS, '--cluster-port', String(await freePort())]
      return RedisServer.start({ appendonly, settings })
    })
    const cluster = new RedisCluster(await Promise.all(begun))
    try {
      await cluster.#join(masters)
    } catch (error) {
      await cluster.remove()
      throw error
    }
    return cluster
  }

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes
  }

  /** `127.0.0.1:port` of every node. */
  get addresses(): readonly string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  get url(): string {
    return `redis+cluster://${this.addresses.join(',')}`
  }

  /** The master that holds the key, as those who are alive see it. */
  async nodeOf(key: string | number): Promise<RedisServer> {
    return this.#server(await this.#masterOf(key))
  }

  async replicaOf(key: string | number): Promise<RedisServer> {
    const { id } = await this.#masterOf(key)
    const replica = (await this.#known()).find(({ master, failed }) => master === id && !failed)
    if (!replica) throw new Error(`the master of ${key} has no replica`)
    return this.#server(replica)
  }

  /** The replica takes the place of the key's master without losing a write. */
  async failover(key: string | number): Promise<void> {
    const replica = await this.replicaOf(key)
    await until('the replica is in step', async () =>
      /master_link_status:up/.test(await replica.cli('INFO', 'replication')),
    )
    await replica.cli('CLUSTER', 'FAILOVER')
    await until('the replica is the master', async () => (await this.nodeOf(key)) === replica)
    await this.#settled()
  }

  /** Kills the key's master, and waits until a replica has taken its place. `revive` starts it again. */
  async crash(key: string | number): Promise<RedisServer> {
    const master = await this.nodeOf(key)
    this.#down.add(master)
    await master.kill()
    await until('a replica has taken over', async () => (await this.nodeOf(key)) !== master)
    await this.#settled()
    return master
  }

  async revive(node: RedisServer): Promise<void> {
    await node.restart()
    this.#down.delete(node)
    await this.#settled()
  }

  /** Gives the slot of the key, with all that is in it, to another master; gives back which. */
  async moveSlot(key: string | number): Promise<RedisServer> {
    const slot = await this.slotOf(key)
    const from = await this.#masterOf(slot)
    const to = (await this.#known()).find(({ id, slots }) => id !== from.id && slots.length > 0)
    if (!to) throw new Error('there is nobody to give the slot to')
    const [source, target] = [this.#server(from), this.#server(to)]
    await target.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
    await source.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id)
    for (;;) {
      const keys = await source.cli('CLUSTER', 'GETKEYSINSLOT', slot, 100)
      if (keys === '') break
      await source.cli('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...keys.split('\n'))
    }
    // The one that takes it first: were it the last, the slot would be nobody's for a moment.
    for (const server of [target, source]) await server.cli('CLUSTER', 'SETSLOT', slot, 'NODE', to.id)
    await until('all know of the move', () =>
      this.#all(async (node) => {
        return ownerIn(await nodesKnownTo(node), slot)?.id === to.id
      }),
    )
    return target
  }

  async slotOf(key: string | number): Promise<number> {
    return typeof key === 'number' ? key : Number(await this.#alive().cli('CLUSTER', 'KEYSLOT', key))
  }

  async flush(): Promise<void> {
    const masters = (await this.#known()).filter(({ master, failed }) => master === '-' && !failed)
    await Promise.all(masters.map((master) => this.#server(master).flush()))
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()))
  }

  async #join(masters: number): Promise<void> {
    const [first, ...others] = this.nodes
    if (!first) return
    await Promise.all(this.nodes.map((node, index) => node.cli('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)))
    for (const node of others) {
      const [, busPort = ''] = /@(\d+)/.exec(await node.cli('CLUSTER', 'NODES')) ?? []
      await first.cli('CLUSTER', 'MEET', '127.0.0.1', node.port, busPort)
    }
    for (const [index, node] of this.nodes.slice(0, masters).entries()) {
      const edge = (at: number) => Math.floor((at * SLOTS) / masters)
      await node.cli('CLUSTER', 'ADDSLOTSRANGE', edge(index), edge(index + 1) - 1)
    }
    await until('all nodes have met', () =>
      this.#all(async (node) => (await nodesKnownTo(node)).length === this.nodes.length),
    )
    const copying = this.nodes.slice(masters).map((node, index) => this.#copies(node, this.nodes[index % masters]))
    await Promise.all(copying)
    await this.#settled()
  }

  async #copies(node: RedisServer, master: RedisServer | undefined): Promise<void> {
    if (master) await node.cli('CLUSTER', 'REPLICATE', await master.cli('CLUSTER', 'MYID'))
    await until('the replica copies', async () => /master_link_status:up/.test(await node.cli('INFO', 'replication')))
  }

  /** Every node that lives says that all is well, and all of them mean the same by it. */
  async #settled(): Promise<void> {
    await until('all is well on every node, and all agree', async () => {
      const views = await Promise.all(this.#living().map((node) => this.#viewOf(node)))
      return views.every((view) => view !== null && view === views[0])
    })
  }

  /** Who of the living keeps what or copies whom, as the node has it; `null` as long as something is amiss. */
  async #viewOf(node: RedisServer): Promise<string | null> {
    if (!/cluster_state:ok/.test(await node.cli('CLUSTER', 'INFO'))) return null
    const known = await nodesKnownTo(node)
    const living = this.#living().map(({ port }) => known.find((one) => one.port === port))
    const idle = living.some((one) => !one || one.failed || (one.master === '-' && one.slots.length === 0))
    return idle ? null : JSON.stringify(living)
  }

  async #all(isSo: (node: RedisServer) => Promise<boolean>): Promise<boolean> {
    return (await Promise.all(this.#living().map(isSo))).every(Boolean)
  }

  async #masterOf(key: string | number): Promise<KnownNode> {
    const slot = await this.slotOf(key)
    const owner = ownerIn(await this.#known(), slot)
    if (!owner) throw new Error(`slot ${slot} is nobody's`)
    return owner
  }

  #known(): Promise<readonly KnownNode[]> {
    return nodesKnownTo(this.#alive())
  }

  #alive(): RedisServer {
    const [alive] = this.#living()
    if (!alive) throw new Error('no node of the cluster is alive')
    return alive
  }

  #living(): readonly RedisServer[] {
    return this.nodes.filter((node) => !this.#down.has(node))
  }

  #server({ port }: KnownNode): RedisServer {
    const server = this.nodes.find((node) => node.port === port)
    if (!server) throw new Error(`no node of ours has port ${port}`)
    return server
  }
}

function ownerIn(nodes: readonly KnownNode[], slot: number): KnownNode | undefined {
  return nodes.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last))
}

async function nodesKnownTo(node: RedisServer): Promise<readonly KnownNode[]> {
  const lines = (await node.cli('CLUSTER', 'NODES')).split('\n').filter(Boolean)
  return lines.map((line) => {
    const [id = '', address = '', flags = '', master = '-', , , , , ...slots] = line.split(' ')
    const port = Number(/:(\d+)@/.exec(address)?.[1])
    return {
      id,
      port,
      master,
      failed: flags.split(',').some((flag) => flag.startsWith('fail')),
      slots: slots.flatMap(rangeOf),
    }
  })
}

/** A slot on its way from or to another node stands in brackets; its owner is still the one who lists it plainly. */
function rangeOf(slots: string): [number, number][] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(slots) ?? []
  return first === undefined ? [] : [[Number(first), Number(last)]]
}
