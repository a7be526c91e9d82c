// What the server says when it starts, and when it cannot.
import type { Config } from './config.ts'
import { ConfigFaults } from './faults.ts'

/** Three calm lines: where it is, what it keeps where, and what about it is only for trying out. */
export function greeting(config: Config, url: string, demoPassword: string | undefined): string {
  return [
    `Propromo Chat is open at ${config.publicOrigin ?? url.replace(/\/$/, '')}`,
    `Accounts: ${accountsOf(config)}. Messages: SQLite, ${config.storagePath}. Tickets: ${config.keys.algorithm}`,
    tryingOut(config, demoPassword),
  ].join('\n')
}

/** Why the server did not start, and what would help. */
export function explain(error: unknown): string {
  if (error instanceof ConfigFaults)
    return [`${error.message}:`, ...error.faults.map((fault) => `  ${fault}`)].join('\n')
  if (!(error instanceof Error)) return `Cannot start: ${String(error)}`
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'Cannot listen: the port is in use. Stop what uses it, or set PORT to another'
  }
  return `Cannot start: ${error.message}`
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
