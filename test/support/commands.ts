// The operator's commands, run as an operator runs them: processes of their own beside the server.
import { join } from 'node:path'
import type { Environment, Server } from './server.ts'

const ROOT = join(import.meta.dir, '../..')

export interface Outcome {
  readonly exitCode: number
  /** What it printed for people or programs, and what it complained about. */
  readonly out: string
  readonly complaint: string
}

/** `command('backup', server, 'copy.sqlite')`: with the server's own storage, unless the environment names another. */
export async function command(
  name: string,
  storage: Server | Environment,
  ...words: readonly string[]
): Promise<Outcome> {
  const child = started('pipe', name, storage, words)
  const [out, complaint, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { exitCode, out, complaint }
}

/** As `command`, with what it prints in this file. */
export async function commandInto(
  file: string,
  name: string,
  storage: Server | Environment,
  ...words: readonly string[]
): Promise<Omit<Outcome, 'out'>> {
  const child = started(Bun.file(file), name, storage, words)
  const [complaint, exitCode] = await Promise.all([new Response(child.stderr).text(), child.exited])
  return { exitCode, complaint }
}

/** The command under way, for whoever does not wait for its end. */
export function started<Out extends 'pipe' | Bun.BunFile>(
  stdout: Out,
  name: string,
  storage: Server | Environment,
  words: readonly string[],
) {
  const environment = 'folder' in storage && typeof storage.folder === 'string' ? storageOf(storage.folder) : storage
  return Bun.spawn([join(ROOT, 'node_modules/.bin/bun'), join(ROOT, `server/cli/${name}.ts`), ...words], {
    cwd: ROOT,
    stdin: 'ignore',
    stdout,
    stderr: 'pipe',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...(environment as Environment) },
  })
}

/** As `command`, for what has to go well; gives back what it printed. */
export async function commanded(...asked: Parameters<typeof command>): Promise<string> {
  const { exitCode, out, complaint } = await command(...asked)
  if (exitCode !== 0) throw new Error(`${asked[0]} ended with ${exitCode}: ${complaint}${out}`)
  return out
}

export function storageOf(folder: string): Environment {
  return { CHAT_STORAGE_URL: `sqlite:${join(folder, 'chat.sqlite')}` }
}
