// Where Redis is, as the one setting tells it: `redis://`, `redis+cluster://` or `redis+sentinel://`, each with `rediss` for TLS.

export interface Place {
  readonly host: string
  readonly port: number
}

export interface Address {
  readonly kind: 'single' | 'cluster' | 'sentinel'
  readonly tls: boolean
  /** One for a single Redis; any of the Cluster's nodes; the sentinels. */
  readonly places: readonly [Place, ...Place[]]
  readonly username: string | undefined
  readonly password: string | undefined
  /** 0 but for a single Redis. */
  readonly database: number
  /** What the sentinels call the master; empty without them. */
  readonly master: string
}

const USUAL_PORT = { single: 6379, cluster: 6379, sentinel: 26379 } as const
const SCHEME = /^redis(s?)(?:\+(cluster|sentinel))?:\/\//

/** Whether the text means to be such an address. */
export function isRedisAddress(text: string): boolean {
  return /^rediss?(?:\+[a-z]*)?:/i.test(text)
}

/** Throws an error whose sentence says what is wrong with it, and never repeats what may be a secret. */
export function parseAddress(text: string): Address {
  const scheme = SCHEME.exec(text)
  if (!scheme)
    throw new Error('an address begins with redis://, redis+cluster:// or redis+sentinel:// (rediss for TLS)')
  const kind = kindOf(scheme[2])
  const rest = text.slice(scheme[0].length)
  if (/[?#]/.test(rest)) throw new Error('an address holds no ? and no #: in a password they are written %3F and %23')
  const at = rest.lastIndexOf('@')
  const slash = rest.indexOf('/', at + 1)
  const hosts = rest.slice(at + 1, slash < 0 ? undefined : slash)
  const path = slash < 0 ? '' : rest.slice(slash + 1)
  return {
    kind,
    tls: scheme[1] === 's',
    places: placesOf(kind, hosts),
    ...credentialsOf(at < 0 ? '' : rest.slice(0, at)),
    database: kind === 'single' ? databaseOf(path) : 0,
    master: kind === 'sentinel' ? masterOf(path) : kind === 'cluster' ? noPath(path) : '',
  }
}

/** For people and logs: where it is, without the credentials. */
export function describeAddress({ kind, tls, places, database, master }: Address): string {
  const where = places.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ')
  const over = tls ? ' over TLS' : ''
  switch (kind) {
    case 'single':
      return `Redis, ${where}${database === 0 ? '' : `/${database}`}${over}`
    case 'cluster':
      return `Redis Cluster, ${where}${over}`
    case 'sentinel':
      return `Redis, ${master} by Sentinel at ${where}${over}`
  }
}

function kindOf(name: string | undefined): Address['kind'] {
  return name === 'cluster' || name === 'sentinel' ? name : 'single'
}

function placesOf(kind: Address['kind'], text: string): Address['places'] {
  const [first, ...others] = text.split(',').map((part) => placeOf(part, USUAL_PORT[kind]))
  if (!first) throw new Error('an address names a host')
  if (kind === 'single' && others.length > 0) {
    throw new Error('redis:// names one host: redis+cluster:// and redis+sentinel:// take several')
  }
  return [first, ...others]
}

function placeOf(text: string, usualPort: number): Place {
  const [, bracketed, name, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = bracketed ?? name
  // What stands there may be the rest of a password with a character that should have been encoded.
  if (!host)
    throw new Error('each host is a name or an IP address and a port; a special character of a password is %-encoded')
  const number = port === undefined ? usualPort : Number(port)
  if (number < 1 || number > 65_535) throw new Error('a port is a number from 1 to 65535')
  return { host, port: number }
}

function credentialsOf(text: string): Pick<Address, 'username' | 'password'> {
  const colon = text.indexOf(':')
  const username = decoded(colon < 0 ? text : text.slice(0, colon))
  const password = decoded(colon < 0 ? '' : text.slice(colon + 1))
  if (username && !password) throw new Error('a user needs a password: redis://<user>:<password>@<host>')
  return { username: username || undefined, password: password || undefined }
}

function decoded(text: string): string {
  if (/[/@:,\s]/.test(text))
    throw new Error('special characters of a user or a password are %-encoded, such as %40 for @')
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('a percent sign of a user or a password is written %25')
  }
}

function databaseOf(path: string): number {
  if (!/^\d{0,5}$/.test(path)) throw new Error('after the host stands nothing, or the number of a database')
  return Number(path)
}

function masterOf(path: string): string {
  if (!/^[\w.-]+$/.test(path)) throw new Error('redis+sentinel:// ends with the name of the master, such as /mymaster')
  return path
}

function noPath(path: string): string {
  if (path !== '') throw new Error('a Cluster has one database only: nothing stands after its hosts')
  return ''
}
