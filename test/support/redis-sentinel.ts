// A private Redis watched by Sentinels: one master, one replica, and three who agree on which is which.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { type RedisOptions, RedisServer, redisCli, spawnRedis, until } from './redis.ts'

const SENTINELS = 3
const QUORUM = 2

export class RedisSentinel {
  /** What the Sentinels call the master. */
  readonly name = 'chat'
  readonly servers: readonly RedisServer[]
  readonly ports: readonly number[]
  readonly #folder: string
  readonly #sentinels: readonly Bun.Subprocess[]

  /** All Sentinels know of each other, of the master and of its replica. */
  static async start({ appendonly = true }: Pick<RedisOptions, 'appendonly'> = {}): Promise<RedisSentinel> {
    const master = await RedisServer.start({ appendonly, settings: ['--repl-ping-replica-period', '1'] })
    const replicaof = ['--replicaof', '127.0.0.1', String(master.port)]
    const replica = await RedisServer.start({ appendonly, settings: [...replicaof, '--repl-ping-replica-period', '1'] })
    const ports = [await freePort(), await freePort(), await freePort()].slice(0, SENTINELS)
    const sentinel = new RedisSentinel([master, replica], ports)
    try {
      await sentinel.#settled()
    } catch (error) {
      await sentinel.remove()
      throw error
    }
    return sentinel
  }

  private constructor(servers: readonly [master: RedisServer, replica: RedisServer], ports: readonly number[]) {
    this.servers = servers
    this.ports = ports
    this.#folder = mkdtempSync(join(tmpdir(), 'propromo-sentinel-'))
    this.#sentinels = ports.map((port) => this.#spawn(port, servers[0].port))
  }

  /** `127.0.0.1:port` of every Sentinel. */
  get addresses(): readonly string[] {
    return this.ports.map((port) => `127.0.0.1:${port}`)
  }

  get url(): string {
    return `redis+sentinel://${this.addresses.join(',')}/${this.name}`
  }

  /** As the Sentinels have it now. */
  async master(): Promise<RedisServer> {
    const ports = await Promise.all(this.ports.map((port) => this.#masterPort(port)))
    const server = this.servers.find(({ port }) => ports.every((said) => said === port))
    if (!server) throw new Error('the Sentinels do not agree')
    return server
  }

  /** The replica takes the master's place: in good order, or because the master was killed. Gives back the former master. */
  async failover(how: 'graceful' | 'crash' = 'graceful'): Promise<RedisServer> {
    const former = await this.master()
    if (how === 'crash') await former.kill()
    else await redisCli(this.ports[0] ?? 0, ['SENTINEL', 'FAILOVER', this.name])
    await until('the replica is the master', async () => {
      const master = await this.master()
      return master !== former && /role:master/.test(await master.cli('INFO', 'replication'))
    })
    return former
  }

  async remove(): Promise<void> {
    for (const sentinel of this.#sentinels) sentinel.kill('SIGKILL')
    await Promise.all([
      ...this.#sentinels.map(({ exited }) => exited),
      ...this.servers.map((server) => server.remove()),
    ])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #spawn(port: number, masterPort: number): Bun.Subprocess {
    const file = join(this.#folder, `${port}.conf`) // Sentinels write down there what they learn.
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${this.#folder}`,
      `sentinel monitor ${this.name} 127.0.0.1 ${masterPort} ${QUORUM}`,
      `sentinel down-after-milliseconds ${this.name} 700`,
      `sentinel failover-timeout ${this.name} 3000`,
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    return spawnRedis([file, '--sentinel'])
  }

  async #settled(): Promise<void> {
    await until('the Sentinels know all', async () => {
      const answers = await Promise.all(this.ports.map((port) => redisCli(port, ['SENTINEL', 'MASTER', this.name])))
      return answers.every((answer) => {
        const lines = answer.split('\n')
        const value = (name: string) => Number(lines[lines.indexOf(name) + 1])
        return value('num-slaves') === 1 && value('num-other-sentinels') === SENTINELS - 1
      })
    })
  }

  async #masterPort(sentinel: number): Promise<number> {
    const [, port] = (await redisCli(sentinel, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name])).split('\n')
    return Number(port)
  }
}
