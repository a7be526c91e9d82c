// The environment, read once. Every setting with its default and its reason; docs/configure.md says the same in prose.
import type { Issuer } from './adapters/issuers/issuers.ts'
import { type Address, isRedisAddress, parseAddress } from './adapters/redis/lines/address.ts'
import { readTls, type Tls } from './certificate.ts'
import type { TicketKeys } from './chat/ticket.ts'
import { Faults } from './faults.ts'
import { Proxies } from './http/proxies.ts'
import { isPrivate, readIssuers } from './issuers.ts'
import { hasKeys, readKeys } from './keys.ts'
import { type WatchSettings, watchSettings } from './watch/settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Config {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly tls: Tls | null
  /** The one origin that the server answers to, such as `https://chat.example.com`; `null` goes by the Host header. */
  readonly publicOrigin: string | null
  readonly allowedOrigins: readonly string[]
  /** Whose pages may show ours in a frame. */
  readonly frameAncestors: readonly string[]
  /** Who is believed when they say for whom they ask. */
  readonly proxies: Proxies
  readonly accounts: { readonly kind: 'demo' } | { readonly kind: 'postgres' | 'sqlite'; readonly at: string }
  /** Where Propromo's site checks passwords, such as `https://propromo.example`; `null` checks them against the database's hashes. */
  readonly passwordsAt: string | null
  readonly storage:
    | { readonly kind: 'sqlite'; readonly path: string }
    | { readonly kind: 'redis'; readonly address: Address }
  /** Processes that share the port. */
  readonly workers: number
  readonly keys: TicketKeys
  /** Servers that may vouch for somebody (rule L11). */
  readonly issuers: readonly Issuer[]
  /** Whether the signing secret was made up at start: tickets then do not outlive the process. */
  readonly madeUpSecret: boolean
  /** How many of a room's latest messages a plain session gets on joining (rule P2). */
  readonly plainHistory: number
  /** How long a process that has been told to stop still lets people in, while it says that it is not ready. */
  readonly drainSeconds: number
  /** How long what was said is kept, where a room has no time of its own. Infinity is for ever. */
  readonly keepMessagesDays: number
  /** How long what was noted for the audit is kept. */
  readonly keepAuditDays: number
  readonly limits: Limits
  readonly watch: WatchSettings
}

/** Each is one variable, and 0 lifts it (here: Infinity). */
export interface Limits {
  /** Failed logins for one account from one address in a minute. */
  readonly loginsPerMinute: number
  /** Tickets of one account, by any of its sign-ins. */
  readonly ticketsPerMinute: number
  /** WebSocket handshakes that this process looks at. */
  readonly upgradesPerSecond: number
  /** Open sockets of one account and of one address, over all processes (rule C9); and all of them in this process. */
  readonly socketsPerMember: number
  readonly socketsPerAddress: number
  readonly sockets: number
  /** UTF-8 bytes of one message. */
  readonly textBytes: number
  /** Bytes of one frame: a message of the longest text fits even if the client escapes every byte of it. */
  readonly frameBytes: number
  /** Messages, edits, reactions and the like of one member in ten seconds. */
  readonly sendsPer10s: number
  /** Bytes that may wait for a client that does not read. */
  readonly backlogBytes: number
}

/** What a lifted limit on texts still leaves to one frame. */
const MOST_FRAME_BYTES = 16 * 1024 * 1024

/** A hundred years: more is for ever. */
export const MOST_DAYS = 36_500

const STORAGE_FORMS =
  'use sqlite:<path>, redis://<host>:6379, redis+cluster://<host>:6379,<host>:6379 or redis+sentinel://<host>:26379/<master>'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.replace(/^\[(.+)\]$/, '$1')) || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Whether others than this machine may come, by themselves or through whoever is in front. */
export function isOpenToOthers({ host, publicOrigin, proxies }: Pick<Config, 'host' | 'publicOrigin' | 'proxies'>) {
  if (!isLoopback(host) || proxies.networks.length > 0) return true
  return publicOrigin !== null && !isLoopback(new URL(publicOrigin).hostname)
}

/** Reads every setting before it complains, and then of all of them at once: throws `ConfigFaults`. */
export function readConfig(env: Environment): Config {
  const faults = new Faults()
  const production = developmentMode(env, faults) === false
  const keys = readKeys(env, faults)
  const storage = storageOf(env, faults)
  const textBytes = limit(env, 'LIMIT_TEXT_BYTES', 16 * 1024, faults)
  const config = {
    host: env['HOST'] || '127.0.0.1', // Nobody but this machine, until somebody decides otherwise.
    port: count(env, 'PORT', 1993, faults, 65_535),
    tls: readTls(env, faults),
    publicOrigin: origin('PUBLIC_URL', env['PUBLIC_URL'], faults),
    allowedOrigins: origins('ALLOWED_ORIGINS', env, faults),
    frameAncestors: origins('FRAME_ANCESTORS', env, faults),
    proxies: proxies(env, faults),
    accounts: accounts(env, production, faults),
    passwordsAt: passwordsAt(env, faults),
    storage,
    workers: workers(env, storage, faults),
    madeUpSecret: !hasKeys(env),
    issuers: readIssuers(env, faults),
    watch: watchSettings(env, faults),
    drainSeconds: count(env, 'DRAIN_SECONDS', 0, faults, 600),
    plainHistory: count(env, 'PLAIN_HISTORY', 100, faults, 10_000),
    keepMessagesDays: keepMessagesDays(env, faults),
    keepAuditDays: limit(env, 'KEEP_AUDIT_DAYS', 365, faults, MOST_DAYS),
    limits: {
      loginsPerMinute: limit(env, 'LIMIT_LOGINS_PER_MINUTE', 10, faults),
      ticketsPerMinute: limit(env, 'LIMIT_TICKETS_PER_MINUTE', 300, faults),
      upgradesPerSecond: limit(env, 'LIMIT_UPGRADES_PER_S', 2_000, faults),
      socketsPerMember: limit(env, 'LIMIT_SOCKETS_PER_MEMBER', 100, faults),
      socketsPerAddress: limit(env, 'LIMIT_SOCKETS_PER_ADDRESS', 2_000, faults),
      sockets: limit(env, 'LIMIT_SOCKETS', 20_000, faults),
      textBytes,
      frameBytes: Math.min(textBytes * 6 + 4096, MOST_FRAME_BYTES),
      sendsPer10s: limit(env, 'LIMIT_SENDS_PER_10S', 200, faults),
      backlogBytes: limit(env, 'LIMIT_BACKLOG_BYTES', 1024 * 1024, faults),
    },
  }
  if (production && config.madeUpSecret && keys) {
    faults.add('JWT_PRIVATE_KEY', 'held nothing', 'with DEV_MODE=false tickets need a key of their own: ./keys.sh')
  }
  if (production && storage.kind === 'sqlite' && storage.path === ':memory:') {
    faults.add(
      'CHAT_STORAGE_URL',
      'held sqlite::memory:',
      'with DEV_MODE=false messages are kept: give the path of a file',
    )
  }
  faults.throwIfAny()
  if (!keys) throw new Error('unreachable: keys are missing without a fault')
  return Object.freeze({ ...config, keys })
}

/** Where messages are kept, for commands that need to know nothing else. Throws `ConfigFaults`. */
export function readStorage(env: Environment): Config['storage'] {
  const faults = new Faults()
  const storage = storageOf(env, faults)
  faults.throwIfAny()
  return storage
}

/** For how long, for commands that need to know nothing else. Throws `ConfigFaults`. */
export function readKeepMessagesDays(env: Environment): number {
  const faults = new Faults()
  const days = keepMessagesDays(env, faults)
  faults.throwIfAny()
  return days
}

function developmentMode(env: Environment, faults: Faults): boolean | undefined {
  const held = env['DEV_MODE']
  if (!held) return undefined
  if (held === 'true' || held === 'false') return held === 'true'
  faults.add('DEV_MODE', `held ${quoted(held)}`, 'use true (trying out) or false (production), or leave it out')
  return undefined
}

function accounts(env: Environment, production: boolean, faults: Faults): Config['accounts'] {
  const url = env['DATABASE_URL']
  if (!url) {
    const remedy = "with DEV_MODE=false there are no demo accounts: give the URL of Propromo's Postgres"
    if (production) faults.add('DATABASE_URL', 'held nothing', remedy)
    return { kind: 'demo' }
  }
  if (/^postgres(?:ql)?:\/\//.test(url) && isWhole(url)) return { kind: 'postgres', at: url }
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1]
  if (path) return { kind: 'sqlite', at: path }
  const remedy =
    'use postgres://<role>:<password>@<host>:5432/<database>, special characters percent-encoded, or sqlite:<path>'
  faults.add('DATABASE_URL', `held ${scheme(url)}`, remedy)
  return { kind: 'demo' }
}

function passwordsAt(env: Environment, faults: Faults): string | null {
  const held = env['PROPROMO_API_URL']
  if (!held) return null
  const remedy = "use the address of Propromo's site, such as https://propromo.example"
  const url = URL.canParse(held) ? new URL(held) : null
  const isAddress = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  if (!isAddress)
    faults.add('PROPROMO_API_URL', `held ${url ? 'an address with more than a path' : scheme(held)}`, remedy)
  else if (!isPrivate(url)) faults.add('PROPROMO_API_URL', 'held an address without TLS, where passwords go', remedy)
  else if (!env['DATABASE_URL'])
    faults.add('DATABASE_URL', 'held nothing', 'with PROPROMO_API_URL the rest is read there')
  else return url.href
  return null
}

/** A special character of a password that is not encoded moves the ends of the other parts, so each has to look like itself. */
function isWhole(url: string): boolean {
  try {
    const { username, password, hostname, pathname } = new URL(url)
    const readable = [username, password].every((part) => typeof decodeURIComponent(part) === 'string')
    return readable && hostname !== '' && /^(?:\/[^/@:]*)?$/.test(pathname)
  } catch {
    return false
  }
}

function storageOf(env: Environment, faults: Faults): Config['storage'] {
  const url = env['CHAT_STORAGE_URL'] || 'sqlite:data/chat.sqlite'
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1]
  if (path) return { kind: 'sqlite', path }
  if (!isRedisAddress(url)) faults.add('CHAT_STORAGE_URL', `held ${scheme(url)}`, STORAGE_FORMS)
  else {
    try {
      return { kind: 'redis', address: parseAddress(url) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      faults.add('CHAT_STORAGE_URL', 'held an address of Redis that cannot be read', reason)
    }
  }
  return { kind: 'sqlite', path: '' }
}

function keepMessagesDays(env: Environment, faults: Faults): number {
  const days = count(env, 'KEEP_MESSAGES_DAYS', 0, faults, MOST_DAYS)
  return days === 0 ? Number.POSITIVE_INFINITY : days
}

function workers(env: Environment, storage: Config['storage'], faults: Faults): number {
  const many = Math.max(1, count(env, 'WORKERS', 1, faults, 64))
  if (many > 1 && storage.kind === 'sqlite') {
    const remedy = 'processes hear each other through Redis: give CHAT_STORAGE_URL one, or leave WORKERS out'
    faults.add('WORKERS', `held ${many}, with messages in SQLite`, remedy)
  }
  return many
}

function origins(variable: string, env: Environment, faults: Faults): readonly string[] {
  return list(variable, env).flatMap((text) => origin(variable, text, faults) ?? [])
}

function proxies(env: Environment, faults: Faults): Proxies {
  const remedy = 'use addresses and networks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8, separated by commas'
  const good = list('TRUSTED_PROXIES', env).filter((text) => {
    try {
      return new Proxies([text])
    } catch {
      faults.add('TRUSTED_PROXIES', `held ${quoted(text)}`, remedy)
      return false
    }
  })
  return new Proxies(good)
}

function list(variable: string, env: Environment): readonly string[] {
  const held = (env[variable] ?? '').split(',').map((text) => text.trim())
  return held.filter(Boolean)
}

/** A web origin in its one spelling, or `null`. `ws` and `wss` count as `http` and `https` (rule C6). */
function origin(variable: string, held: string | undefined, faults: Faults): string | null {
  if (!held) return null
  const url = URL.canParse(held) ? new URL(held.replace(/^ws/i, 'http')) : null
  const isWeb = url && (url.protocol === 'http:' || url.protocol === 'https:')
  if (isWeb && !url.username && url.pathname === '/' && !held.includes('*')) return url.origin
  const what = isWeb ? `an address at ${quoted(url.host)} that is more than an origin` : scheme(held)
  faults.add(variable, `held ${what}`, 'use an origin such as https://chat.example.com')
  return null
}

function limit(
  env: Environment,
  variable: string,
  usual: number,
  faults: Faults,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const held = count(env, variable, usual, faults, most)
  return held === 0 ? Number.POSITIVE_INFINITY : held
}

function count(env: Environment, variable: string, usual: number, faults: Faults, most: number): number {
  const held = env[variable]
  if (!held) return usual
  const number = /^\d{1,16}$/.test(held) ? Number(held) : Number.NaN
  if (number <= most) return number
  faults.add(variable, `held ${quoted(held)}`, `use a whole number from 0 to ${most}`)
  return usual
}

/** What a URL is, without what it may hold: everything after the scheme can be a secret. */
function scheme(url: string): string {
  const [, name] = /^([a-z][a-z+]{0,20}):/i.exec(url) ?? []
  return name ? `a URL of the kind ${name}:` : 'something that is no URL'
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
