// Several processes that share a port: this one starts them, starts another where one ends, and takes all of them along when it stops.
import { randomBytes } from 'node:crypto'
import { type FromWorker, Gathering, type ToWorker } from './gather.ts'

/** How long after the end of a process another takes its place: one that cannot start must not be tried without a pause. */
const PAUSE_MILLISECONDS = 1_000

/** What a worker is told by the process that started it. */
export interface WorkerOrders {
  /** The port that the first of them found. */
  readonly port: number
  /** Of the demo accounts, where they have a password of their own: one hash for all, since another one would end every sign-in. */
  readonly demoHash: string | undefined
}

/** What a worker says when it is open. */
export interface WorkerReport {
  readonly url: string
}

const ORDERS = 'PROPROMO_CHAT_WORKER'

/** What this process was started with, if it is a worker. */
export function workerOrders(env: Readonly<Record<string, string | undefined>>): WorkerOrders | null {
  const orders = env[ORDERS]
  return orders ? (JSON.parse(orders) as WorkerOrders) : null
}

/** It has said itself what is wrong. */
export class WorkerFailed extends Error {}

export interface Crew {
  /** The address that all of them listen on. */
  readonly url: string
  /** Ends all of them, each in order; resolves when they have ended. */
  stop(): Promise<void>
}

/** Starts `count` workers, and resolves when all of them are open. Throws when the first cannot start: it has said why. */
export async function startWorkers(count: number, orders: WorkerOrders, command: readonly string[]): Promise<Crew> {
  const running = new Set<Bun.Subprocess>()
  const gathering = new Gathering()
  let stopping = false
  let begun = false
  // Tickets that one of them issues have to be believed by the others.
  const secret = process.env['JWT_PRIVATE_KEY'] || randomBytes(32).toString('base64')

  const first = await start(orders)
  const shared = { ...orders, port: Number(new URL(first.url).port) || orders.port }
  begun = true
  await Promise.all(Array.from({ length: count - 1 }, () => start(shared)))
  return { url: first.url, stop }

  function start(with_: WorkerOrders): Promise<WorkerReport> {
    const report = Promise.withResolvers<WorkerReport>()
    const worker = Bun.spawn([...command], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, JWT_PRIVATE_KEY: secret, [ORDERS]: JSON.stringify(with_) },
      ipc: (message: WorkerReport | FromWorker) =>
        'url' in message ? report.resolve(message) : gathering.hear(colleague, message),
      onExit: (_worker, exitCode, signal) => {
        running.delete(worker)
        gathering.left(colleague, stopping)
        report.reject(new WorkerFailed('a process of the server could not start'))
        if (!stopping) replace(`${signal ?? `code ${exitCode}`}`)
      },
    })
    const colleague = { send: (message: ToWorker) => worker.send(message) }
    running.add(worker)
    gathering.joined(colleague)
    return report.promise
  }

  function replace(ended: string): void {
    if (!begun) return // It has said why it could not start.
    setTimeout(() => {
      if (stopping) return // Told to stop, all at once, it ended before this one knew.
      console.error(`A process of the server ended (${ended}): another takes its place`)
      start(shared).catch((error: unknown) => console.error(`Another process: ${error}`))
    }, PAUSE_MILLISECONDS)
  }

  async function stop(): Promise<void> {
    stopping = true
    await Promise.all(
      [...running].map((worker) => {
        worker.kill('SIGTERM')
        return worker.exited
      }),
    )
  }
}
