// What the server says when it starts, and when it cannot.
import { describeAddress } from './adapters/redis/lines/address.ts'
import { type Config, isLoopback } from './config.ts'
import { ConfigFaults } from './faults.ts'
import { tooFewFiles } from './open-files.ts'
import type { TraceSettings } from './watch/traces/settings.ts'

/** Three calm lines: where it is, what it keeps where, and what about it is only for trying out. */
export function greeting(config: Config, url: string, demoPassword: string | undefined): string {
  return [
    `Propromo Chat is open at ${whereOf(config, url.replace(/\/$/, ''))}`,
    `Accounts: ${accountsOf(config)}${passwordsOf(config)}. Messages: ${storageOf(config)}. Tickets: ${config.keys.algorithm}`,
    tryingOut(config, demoPassword),
  ].join('\n')
}

/** What works, and should not stay as it is. `mostFiles` is what a process may have open, `null` where it is not known or not asked. */
export function warnings({ watch: { traces }, accounts, limits }: Config, mostFiles: number | null): readonly string[] {
  const isTriedOut = accounts.kind === 'demo' // By fewer people than any limit.
  const sentences = [
    ...(traces ? headersInTheOpen(traces) : []),
    ...(isTriedOut ? [] : tooFewFiles(limits.sockets, mostFiles)),
  ]
  return sentences.map((sentence) => `WARNING: ${sentence}`)
}

/** Whatever a collector is told beside the spans is most likely what it knows us by. */
export function headersInTheOpen({ collector, headers }: TraceSettings): readonly string[] {
  const { protocol, hostname } = new URL(collector)
  if (!headers || protocol === 'https:' || isLoopback(hostname)) return []
  const remedy = 'use https, or a collector on this machine that passes traces on'
  return [
    `OTEL_EXPORTER_OTLP_HEADERS: go to ${hostname} without TLS, where anybody on the way can read them and whatever they keep secret; ${remedy}`,
  ]
}

/** Why the server did not start, and what would help. */
export function explain(error: unknown): string {
  if (error instanceof ConfigFaults) {
    if (error.faults.length === 1) return `${error.message}. ${error.faults[0]}`
    return [`${error.message}:`, ...error.faults.map((fault) => `  ${fault}`)].join('\n')
  }
  return `Cannot start: ${reasonOf(error)}`
}

/** Opens something that a variable names; when that fails, says which variable, what it held and what would do. */
export function opening<Opened>(variable: string, held: string, remedy: string, open: () => Opened): Opened {
  try {
    return open()
  } catch (error) {
    throw new ConfigFaults([`${variable}: held ${held}, which cannot be opened (${reasonOf(error)}); ${remedy}`])
  }
}

export function listening<Server>({ host, port }: Config, listen: () => Server): Server {
  try {
    return listen()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new ConfigFaults([`PORT: held ${port}, which is in use; stop what uses it, or take another`])
    }
    if (code === 'EACCES') throw new ConfigFaults([`PORT: held ${port}, which takes more rights; take one over 1023`])
    throw new ConfigFaults([
      `HOST: held ${host}, where nothing can listen (${reasonOf(error)}); use an address of this machine`,
    ])
  }
}

/** Says why something was refused: the same reason once a second, since anybody can give one as often as they like. */
export function quietly(clock: () => number, subject: string): (reason: string) => void {
  const saidAt = new Map<string, number>()
  return (reason) => {
    if (clock() - (saidAt.get(reason) ?? Number.NEGATIVE_INFINITY) < 1_000) return
    saidAt.set(reason, clock())
    console.error(`${subject} was refused: ${reason}`)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function whereOf({ publicOrigin }: Config, listening: string): string {
  return publicOrigin ? `${publicOrigin} (listening on ${listening})` : listening
}

function accountsOf({ accounts }: Config): string {
  switch (accounts.kind) {
    case 'demo':
      return 'demo, in memory'
    case 'postgres': {
      const { hostname, port, pathname } = new URL(accounts.at)
      return `Postgres, ${hostname}:${port || 5432}${pathname}`
    }
    case 'sqlite':
      return `SQLite, ${accounts.at}`
  }
}

function passwordsOf({ passwordsAt }: Config): string {
  return passwordsAt ? `, passwords checked by ${new URL(passwordsAt).host}` : ''
}

function storageOf({ storage, workers }: Config): string {
  if (storage.kind === 'sqlite') return `SQLite, ${storage.path}`
  return `${describeAddress(storage.address)}${workers > 1 ? `, shared by ${workers} processes` : ''}`
}

function tryingOut(config: Config, demoPassword: string | undefined): string {
  const parts = [
    ...(config.accounts.kind === 'demo' ? [demoAccounts(demoPassword)] : []),
    ...(config.madeUpSecret ? ['tickets are signed with a secret made up just now (JWT_PRIVATE_KEY keeps one)'] : []),
  ]
  if (parts.length === 0) return 'Nothing about this start is only for trying out'
  return `ONLY FOR TRYING OUT: ${parts.join('; ')}`
}

function demoAccounts(password: string | undefined): string {
  const whose = 'customer@example.com and scrum.master@example.com log in'
  if (password === undefined) return `${whose} with the password "password" (DATABASE_URL brings real accounts)`
  return `${whose} with the password "${password}", made up for this start because others can reach it`
}
