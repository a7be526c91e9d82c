// A process on a core of its own: the figures are for servers on one core, with the load on the other.
import { join } from 'node:path'

export const SERVER_CORE = 0
export const LOAD_CORE = 1
export const ROOT = join(import.meta.dir, '..')
export const BUN = join(ROOT, 'node_modules/.bin/bun')

export interface Pinned {
  readonly pid: number
  /** What the pattern found in the output that said it was ready. */
  readonly found: RegExpExecArray
  /** Everything it has said so far. */
  output(): string
  /** Ends it by its own pid: orderly, and after a while for good. */
  stop(): Promise<void>
}

export interface Command {
  readonly core: number
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Found in its output as soon as it is ready. */
  readonly ready: RegExp
}

const START_MILLISECONDS = 20_000
const STOP_MILLISECONDS = 8_000

/** Whoever breaks the bench off should not have to look for what it started. */
const alive = new Set<Bun.Subprocess>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    console.error(`broken off by ${signal}`)
    for (const running of alive) running.kill('SIGKILL')
    process.exit(1)
  })
}

export async function startPinned({ core, command, environment, ready }: Command): Promise<Pinned> {
  const running = Bun.spawn(['taskset', '-c', String(core), ...command], {
    cwd: ROOT,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
  })
  endWithBench(running)
  let output = ''
  const isReady = Promise.withResolvers<RegExpExecArray>()
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) {
      output += decoder.decode(bytes, { stream: true })
      const found = ready.exec(output)
      if (found) isReady.resolve(found)
    }
  }
  Promise.all([read(running.stdout), read(running.stderr)]).then(() => isReady.reject(notStarted(command, output)))
  const late = setTimeout(() => isReady.reject(notStarted(command, output)), START_MILLISECONDS)
  const stop = async () => {
    running.kill('SIGTERM')
    const forGood = setTimeout(() => running.kill('SIGKILL'), STOP_MILLISECONDS)
    await running.exited
    clearTimeout(forGood)
  }
  try {
    return { pid: running.pid, found: await isReady.promise, output: () => output, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(late)
  }
}

/** Ends with the bench, however that ends. */
export function endWithBench(running: Bun.Subprocess): void {
  alive.add(running)
  running.exited.then(() => alive.delete(running))
}

function notStarted(command: readonly string[], output: string): Error {
  return new Error(`${command.join(' ')} did not start: ${output.trim() || 'it said nothing'}`)
}
