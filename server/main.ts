// Where it begins: the environment is read, and one process serves, or several that share the port.
import { randomBytes } from 'node:crypto'
import { type Config, isOpenToOthers, readConfig } from './config.ts'
import { Gathered, type ToWorker } from './gather.ts'
import { mostOpenFiles } from './open-files.ts'
import { OWN_COMMAND } from './own-files.ts'
import { type Serving, serve } from './serve.ts'
import { explain, greeting, listening, warnings } from './start.ts'
import type { Lines } from './watch/lines.ts'
import { openLog } from './watch/log.ts'
import { startWorkers, WorkerFailed, workerOrders } from './workers.ts'

try {
  process.umask(0o077) // What people said to each other is not for everyone on this machine to read.
  const config = readConfig(process.env)
  const lines = openLog(config.watch.log)
  const orders = workerOrders(process.env)
  if (orders) await work({ ...config, port: orders.port }, orders.demoHash, lines)
  else await open(config, lines)
} catch (error) {
  if (!(error instanceof WorkerFailed)) for (const line of explain(error).split('\n')) console.error(line)
  process.exit(1)
}

/** The process that was asked for: it serves by itself, or leads those that do. */
async function open(config: Config, lines: Lines): Promise<void> {
  const open = config.accounts.kind === 'demo' && isOpenToOthers(config)
  const demoPassword = open ? randomBytes(9).toString('base64url') : undefined
  const demoHash = demoPassword && (await Bun.password.hash(demoPassword, { algorithm: 'bcrypt', cost: 12 }))
  // Processes that share a port would share it with anybody's: this one looks first whether it is free.
  if (config.workers > 1 || config.tls?.files) look(config)
  const serving = config.workers > 1 ? await lead(config, demoHash) : await serve(config, { lines, demoHash })
  lines.say(greeting(config, serving.url, demoPassword))
  for (const warning of warnings(config, mostOpenFiles())) lines.line('warn', warning)
  stopOn(serving, () =>
    lines.say('Stopping: no one new comes in, what was sent is kept, and everyone is told to come back'),
  )
}

function lead(config: Config, demoHash: string | undefined): Promise<Serving> {
  return startWorkers(config.workers, { port: config.port, demoHash }, OWN_COMMAND)
}

function look(config: Config): void {
  const { host: hostname, port } = config
  listening(config, () => Bun.listen({ hostname, port, socket: { data: () => undefined } })).stop(true)
}

/** One of several processes. It ends with the one that started it, however that ends. */
async function work(config: Config, demoHash: string | undefined, lines: Lines): Promise<void> {
  const gathered = new Gathered((message) => process.send?.(message))
  const serving = await serve(config, { lines, demoHash, sum: () => gathered.sum() })
  process.on('message', (message: ToWorker) => {
    gathered
      .hear(message, () => serving.read())
      .catch((error: unknown) => console.error(`Cannot count what this process has done: ${error}`))
  })
  const stop = stopOn(serving, () => undefined)
  process.on('disconnect', stop)
  process.send?.({ url: serving.url })
}

function stopOn(serving: Serving, say: () => void): () => Promise<void> {
  let stopping = false
  const stop = async () => {
    if (stopping) return // A second signal must not cut short what the first has begun.
    stopping = true
    say()
    await serving.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  return stop
}
