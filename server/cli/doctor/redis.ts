// Redis as the store: whether it answers, takes writes, keeps them, never evicts, and what time it has.
import { type Address, describeAddress } from '../../adapters/redis/lines/address.ts'
import { type Connection, connect, type Reply } from '../../adapters/redis/lines/connection.ts'
import { compareClocks } from './clocks.ts'
import { type Finding, fault, fine, note, reasonOf } from './finding.ts'

/** Any key will do: nothing is written. */
const KEY = '{propromo-chat doctor}'

export async function lookAtRedis(address: Address): Promise<readonly Finding[]> {
  try {
    const connection = await connect(address)
    try {
      return [fine(`${describeAddress(address)} answers`), ...(await asked(connection))]
    } finally {
      connection.close()
    }
  } catch (error) {
    return [fault(`CHAT_STORAGE_URL: ${reasonOf(error)}`)]
  }
}

async function asked(connection: Connection): Promise<readonly Finding[]> {
  const clock = await compareClocks('Redis', async () => timeIn(await connection.askServer(KEY, ['TIME'])))
  const info = new Map(linesOf(await connection.askServer(KEY, ['INFO', 'everything'])))
  const told = (name: string) => info.get(name) ?? ''
  const old = Number(told('redis_version').split('.')[0]) < 7
  return [
    clock,
    old ? fault(`Redis is ${told('redis_version')}: 7 or newer is needed`) : fine(`Redis is ${told('redis_version')}`),
    told('role') === 'master'
      ? fine('it takes writes')
      : fault(`it is a ${told('role')}: name its master, or the sentinels`),
    told('aof_enabled') === '1' ? await synced(connection) : forgetful(told('connected_slaves') !== '0'),
    told('maxmemory_policy') === 'noeviction'
      ? fine('it never evicts')
      : fault(`its maxmemory-policy is ${told('maxmemory_policy')}: set noeviction, or messages are lost`),
  ]
}

function forgetful(hasReplicas: boolean): Finding {
  const remedy = 'set appendonly yes and appendfsync always, as redis.yml does'
  if (hasReplicas) return note(`it keeps nothing on disk: when it and its replicas stop, messages are lost; ${remedy}`)
  return fault(`it keeps nothing on disk: when it stops, messages are lost; ${remedy}`)
}

/** A careful Redis does not let everybody read its settings. */
async function synced(connection: Connection): Promise<Finding> {
  const reply = await connection.askServer(KEY, ['CONFIG', 'GET', 'appendfsync']).catch(() => null)
  const [, policy = ''] = /"appendfsync"[:,]"(\w+)"/.exec(JSON.stringify(reply)) ?? [] // A map, or a list with older servers.
  if (policy === 'always') return fine('every write is on its disk before it is answered')
  if (policy === '') return note('whether appendfsync is always cannot be asked with this role')
  return note(`its appendfsync is ${policy}: with always, a power cut takes nothing that was confirmed`)
}

function timeIn(reply: Reply): number {
  const [seconds, microseconds] = Array.isArray(reply) ? reply : []
  return Number(seconds) * 1000 + Number(microseconds) / 1000
}

function linesOf(reply: Reply): readonly (readonly [string, string])[] {
  return [...String(reply).matchAll(/^([a-z_]+):(.*?)\r?$/gm)].map(([, name = '', held = '']) => [name, held] as const)
}
