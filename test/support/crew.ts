// A server of several processes that share a port: who they are, and which of them has whose socket.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type Environment, type Server, startServer } from './server.ts'

const LISTENING = '0A'
const ESTABLISHED = '01'

export interface Crew extends Server {
  /** Those that serve; the server itself only leads them. */
  workers(): readonly number[]
  /** How many sockets of clients each of them has, by pid. */
  sockets(): ReadonlyMap<number, number>
  /** Those that listen on the port. */
  listening(): readonly number[]
}

/** Ends what a test that failed has left behind. */
const leftovers = new Set<() => void>()
process.on('exit', () => {
  for (const end of leftovers) end()
})

export async function startCrew(environment: Environment): Promise<Crew> {
  const server = await startServer({ WORKERS: '3', ...environment })
  // With PORT=0 only the greeting knows.
  const [, origin = ''] = /open at ([^\s"]+)/.exec(server.output()) ?? []
  const port = Number(new URL(origin).port)
  const seen = new Set<number>()
  const workers = () => {
    const children = childrenOf(server.pid)
    for (const child of children) seen.add(child)
    return children
  }
  const end = () => {
    for (const pid of [...seen, server.pid]) if (belongs(pid, environment)) process.kill(pid, 'SIGKILL')
  }
  workers()
  leftovers.add(end)
  return {
    ...server,
    origin,
    port,
    get pid() {
      return server.pid
    },
    workers,
    sockets: () => new Map(workers().map((pid) => [pid, socketsOf(pid, port, ESTABLISHED)])),
    listening: () => workers().filter((pid) => socketsOf(pid, port, LISTENING) > 0),
    remove: async () => {
      await server.remove()
      end()
      leftovers.delete(end)
    },
  }
}

/** The processes that this one has started and that are still there. */
export function childrenOf(pid: number): readonly number[] {
  const found = Bun.spawnSync(['pgrep', '-P', String(pid)]).stdout.toString()
  return found.split('\n').filter(Boolean).map(Number)
}

export function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function socketsOf(pid: number, port: number, state: string): number {
  const own = new Set(inodesOf(pid))
  const rows = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1))
  return rows.filter((row) => {
    const [, local = '', , its, , , , , , inode = ''] = row.trim().split(/\s+/)
    return its === state && Number.parseInt(local.split(':')[1] ?? '', 16) === port && own.has(inode)
  }).length
}

function inodesOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? []
      return inode ? [inode] : []
    })
  } catch {
    return [] // It, or one of its sockets, has just gone.
  }
}

/** Whether the process is still one of those: its number may be another's by now. */
function belongs(pid: number, { CHAT_STORAGE_URL = '' }: Environment): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CHAT_STORAGE_URL=${CHAT_STORAGE_URL}\0`)
  } catch {
    return false
  }
}
