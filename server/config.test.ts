// The environment, read once: what stands for nothing, what lifts a limit, and what is told when it cannot be used.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openssl } from '../test/support/openssl.ts'
import { isLoopback, readConfig, readKeepMessagesDays } from './config.ts'
import { ConfigFaults } from './faults.ts'

type Environment = Readonly<Record<string, string>>

const SECRET = 'geheim-Wort-4711'
const LIMITS = {
  LIMIT_LOGINS_PER_MINUTE: 'loginsPerMinute',
  LIMIT_TICKETS_PER_MINUTE: 'ticketsPerMinute',
  LIMIT_UPGRADES_PER_S: 'upgradesPerSecond',
  LIMIT_SOCKETS_PER_MEMBER: 'socketsPerMember',
  LIMIT_SOCKETS_PER_ADDRESS: 'socketsPerAddress',
  LIMIT_SOCKETS: 'sockets',
  LIMIT_TEXT_BYTES: 'textBytes',
  LIMIT_BACKLOG_BYTES: 'backlogBytes',
} as const
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-config-'))
  for (const name of ['chat', 'other']) {
    const files = `-keyout ${join(folder, `${name}.key`)} -out ${join(folder, `${name}.crt`)}`
    openssl(`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost ${files}`)
  }
  writeFileSync(join(folder, 'notes.txt'), 'neither a certificate nor a key')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what is not set', () => {
  test('an empty environment is a chat for trying out, for this machine alone', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 1993,
      tls: null,
      publicOrigin: null,
      allowedOrigins: [],
      accounts: { kind: 'demo' },
      passwordsAt: null,
      issuers: [],
      storage: { kind: 'sqlite', path: 'data/chat.sqlite' },
      workers: 1,
      keys: { algorithm: 'HS256' },
      madeUpSecret: true,
      plainHistory: 100,
      limits: { textBytes: 16 * 1024, backlogBytes: 1024 * 1024 },
    })
  })

  test('a variable that is set to nothing is not set', () => {
    const variables = [
      ...[
        'HOST',
        'PORT',
        'TLS_CERT',
        'TLS_KEY',
        'PUBLIC_URL',
        'ALLOWED_ORIGINS',
        'FRAME_ANCESTORS',
        'TRUSTED_PROXIES',
        'DEV_MODE',
        'DATABASE_URL',
        'CHAT_STORAGE_URL',
      ],
      ...[
        'JWT_ALGORITHM',
        'JWT_PRIVATE_KEY',
        'JWT_PRIVATE_KEY_PASSPHRASE',
        'JWT_PUBLIC_KEY',
        'JWT_PREVIOUS_PUBLIC_KEY',
      ],
      ...['PLAIN_HISTORY', ...Object.keys(LIMITS)],
    ]
    const { keys: _, ...nothing } = readConfig({})
    const { keys: __, ...empty } = readConfig(Object.fromEntries(variables.map((variable) => [variable, ''])))
    expect(empty).toEqual(nothing)
  })

  test('the configuration is one value, and nobody changes it afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })
})

describe('DEV_MODE', () => {
  test('[T1] false is production: keys and accounts of their own, and both are told of when they are missing', () => {
    expect(named({ DEV_MODE: 'false' })).toEqual(['DATABASE_URL', 'JWT_PRIVATE_KEY'])
    expect(named({ DEV_MODE: 'false', JWT_ALGORITHM: 'HS256' })).toEqual(['DATABASE_URL', 'JWT_PRIVATE_KEY'])
    const secret = { JWT_ALGORITHM: 'HS256', JWT_PRIVATE_KEY: Buffer.alloc(32, 'x').toString('base64') }
    expect(named({ DEV_MODE: 'false', ...secret })).toEqual(['DATABASE_URL'])
    const whole = { DEV_MODE: 'false', ...secret, DATABASE_URL: 'postgres://chat@db/propromo' }
    expect(named(whole)).toEqual([])
    // It would be gone with the process, and nothing about the start would say so.
    expect(named({ ...whole, CHAT_STORAGE_URL: 'sqlite::memory:' })).toEqual(['CHAT_STORAGE_URL'])
    expect(named({ CHAT_STORAGE_URL: 'sqlite::memory:' })).toEqual([])
  })

  test('true, or nothing, needs nothing more; anything else is told of', () => {
    expect(readConfig({ DEV_MODE: 'true' }).madeUpSecret).toBe(true)
    for (const DEV_MODE of ['1', '0', 'TRUE', 'yes', 'False', 'production', ' ']) {
      expect(named({ DEV_MODE })).toEqual(['DEV_MODE'])
    }
  })
})

describe('numbers', () => {
  test('messages are kept for ever unless somebody says for how many days, and 0 says for ever too', () => {
    for (const [held, days] of [
      [undefined, Number.POSITIVE_INFINITY],
      ['0', Number.POSITIVE_INFINITY],
      ['90', 90],
    ] as const) {
      expect(readConfig({ KEEP_MESSAGES_DAYS: held }).keepMessagesDays).toBe(days)
      expect(readKeepMessagesDays({ KEEP_MESSAGES_DAYS: held })).toBe(days)
    }
    for (const held of ['-1', '1.5', '30d', '36501', 'forever']) {
      expect(named({ KEEP_MESSAGES_DAYS: held })).toEqual(['KEEP_MESSAGES_DAYS'])
    }
  })

  test('what was noted is kept for a year unless somebody says otherwise, and 0 says for ever', () => {
    for (const [held, days] of [
      [undefined, 365],
      ['0', Number.POSITIVE_INFINITY],
      ['36500', 36_500],
    ] as const) {
      expect(readConfig({ KEEP_AUDIT_DAYS: held }).keepAuditDays).toBe(days)
    }
    for (const held of ['-1', '1.5', '36501']) expect(named({ KEEP_AUDIT_DAYS: held })).toEqual(['KEEP_AUDIT_DAYS'])
  })

  test('every limit is one variable, and 0 lifts it', () => {
    for (const [variable, limit] of Object.entries(LIMITS)) {
      expect(readConfig({ [variable]: '0' }).limits[limit]).toBe(Number.POSITIVE_INFINITY)
      expect(readConfig({ [variable]: '7' }).limits[limit]).toBe(7)
    }
  })

  test('what is no whole number in range is told of, and nothing near it is taken instead', () => {
    const bad = ['-1', '1.5', '1e3', '0x10', ' 5', '5 ', '+5', 'NaN', 'Infinity', '٣', '1_000', '9'.repeat(40), 'many']
    for (const variable of ['PORT', 'PLAIN_HISTORY', ...Object.keys(LIMITS)]) {
      for (const held of bad)
        expect(faultsOf({ [variable]: held })).toEqual([expect.stringContaining(JSON.stringify(held))])
      expect(named({ [variable]: 'many' })).toEqual([variable])
    }
    expect(named({ PORT: '65536' })).toEqual(['PORT'])
    expect(named({ PLAIN_HISTORY: '10001' })).toEqual(['PLAIN_HISTORY'])
    expect(readConfig({ PORT: '0', PLAIN_HISTORY: '0' })).toMatchObject({ port: 0, plainHistory: 0 })
    expect(readConfig({ PORT: '65535', PLAIN_HISTORY: '10000' })).toMatchObject({ port: 65_535, plainHistory: 10_000 })
  })
})

describe('origins', () => {
  test('[C6] each is brought to its one spelling', () => {
    const spellings = {
      'https://chat.example.com': 'https://chat.example.com',
      'https://chat.example.com/': 'https://chat.example.com',
      'HTTPS://Chat.Example.com:443': 'https://chat.example.com',
      'http://127.0.0.1:1993': 'http://127.0.0.1:1993',
      'wss://chat.example.com': 'https://chat.example.com',
      'ws://localhost:8080': 'http://localhost:8080',
      'https://[::1]:8443': 'https://[::1]:8443',
      'https://bücher.example': 'https://xn--bcher-kva.example',
    }
    for (const [held, origin] of Object.entries(spellings))
      expect(readConfig({ PUBLIC_URL: held }).publicOrigin).toBe(origin)
    const ALLOWED_ORIGINS = ` ${Object.keys(spellings).join(' ,, ')}, `
    expect(readConfig({ ALLOWED_ORIGINS }).allowedOrigins).toEqual(Object.values(spellings))
  })

  test('[C6] what is no origin is told of, each by itself, and a wildcard is none', () => {
    const bad = [
      '*',
      'null',
      'chat.example.com',
      'https://*.example.com',
      'https://chat.example.com/app',
      'ftp://x.example',
      'https://',
      '//x',
      'javascript:alert(1)',
      'wsx://chat.example.com',
    ]
    for (const held of bad) {
      expect(named({ PUBLIC_URL: held })).toEqual(['PUBLIC_URL'])
      expect(named({ ALLOWED_ORIGINS: `https://good.example,${held}` })).toEqual(['ALLOWED_ORIGINS'])
    }
    expect(named({ ALLOWED_ORIGINS: bad.join(',') })).toEqual(bad.map(() => 'ALLOWED_ORIGINS'))
  })
})

describe('places', () => {
  test('accounts are in Postgres or in a SQLite file', () => {
    const at = (DATABASE_URL: string) => readConfig({ DATABASE_URL }).accounts
    for (const url of ['postgres://chat:word@db:5432/propromo', 'postgresql://chat@db/propromo?sslmode=require']) {
      expect(at(url)).toEqual({ kind: 'postgres', at: url })
    }
    expect(at('sqlite:accounts.sqlite')).toEqual({ kind: 'sqlite', at: 'accounts.sqlite' })
    expect(at('sqlite:///srv/accounts.sqlite')).toEqual({ kind: 'sqlite', at: '/srv/accounts.sqlite' })
    for (const url of ['mysql://db/x', 'db', 'sqlite:', 'postgres:db', 'http://db', 'POSTGRES']) {
      expect(named({ DATABASE_URL: url })).toEqual(['DATABASE_URL'])
    }
  })

  test('messages are in a SQLite file, and what this version cannot do is told of', () => {
    expect(readConfig({ CHAT_STORAGE_URL: 'sqlite:/srv/chat.sqlite' }).storage).toEqual({
      kind: 'sqlite',
      path: '/srv/chat.sqlite',
    })
    expect(readConfig({ CHAT_STORAGE_URL: 'sqlite://chat.sqlite' }).storage).toEqual({
      kind: 'sqlite',
      path: 'chat.sqlite',
    })
    for (const url of ['/srv/chat.sqlite', 'sqlite:', 'mongodb://db']) {
      expect(named({ CHAT_STORAGE_URL: url })).toEqual(['CHAT_STORAGE_URL'])
    }
  })

  test('[E2] a special character that is not encoded in a database password is told of, and not repeated', () => {
    for (const password of [`p@ss/${SECRET}`, `12/${SECRET}`, `100%${SECRET}`, `a/b/${SECRET}`]) {
      const env = { DATABASE_URL: `postgres://chat:${password}@127.0.0.1:5432/propromo` }
      expect(named(env)).toEqual(['DATABASE_URL'])
      expect(faultsOf(env).join()).not.toContain(SECRET)
    }
    expect(readConfig({ DATABASE_URL: 'postgres://chat@127.0.0.1/propromo?sslmode=require' }).accounts.kind).toBe(
      'postgres',
    )
  })

  test('this machine is told from everywhere else', () => {
    for (const host of ['127.0.0.1', '127.0.0.53', '::1', 'localhost']) expect(isLoopback(host)).toBe(true)
    const others = ['0.0.0.0', '::', '', '192.168.0.1', 'chat.example.com', 'localhost.example.com', '1127.0.0.1']
    for (const host of others) expect(isLoopback(host)).toBe(false)
  })

  test('a name is not this machine because it begins like its address', () => {
    expect(isLoopback('127.example.com')).toBe(false)
  })
})

describe('TLS', () => {
  test('[C1] takes both halves, as text or as a path', () => {
    const [cert, key] = [join(folder, 'chat.crt'), join(folder, 'chat.key')]
    const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
    expect(readConfig({ TLS_CERT: cert, TLS_KEY: key }).tls).toEqual({ ...pair, files: { cert, key } })
    const inOneLine = pair.cert.replaceAll('\n', '\\n')
    expect(readConfig({ TLS_CERT: inOneLine, TLS_KEY: pair.key }).tls).toEqual({ ...pair, files: null })
  })

  test('[C1] halves that are no certificate and key, or do not belong together, are told of', () => {
    const [cert, notes] = [join(folder, 'chat.crt'), join(folder, 'notes.txt')]
    expect(named({ TLS_CERT: cert, TLS_KEY: join(folder, 'other.key') })).toEqual(['TLS_KEY'])
    expect(named({ TLS_CERT: notes, TLS_KEY: notes })).toEqual(['TLS_CERT'])
    expect(named({ TLS_CERT: cert, TLS_KEY: notes })).toEqual(['TLS_KEY'])
    const encrypted = join(folder, 'encrypted.key')
    openssl(`rsa -aes256 -passout pass:${SECRET} -in ${join(folder, 'chat.key')} -out ${encrypted}`)
    expect(faultsOf({ TLS_CERT: cert, TLS_KEY: encrypted })).toEqual([
      'TLS_KEY: held an encrypted key; give it unencrypted, as PEM that only the chat may read',
    ])
  })

  test('[C1] one half without the other, or a file that is not there, is told of', () => {
    const [cert, key, nowhere] = [join(folder, 'chat.crt'), join(folder, 'chat.key'), join(folder, 'nowhere')]
    expect(named({ TLS_CERT: cert })).toEqual(['TLS_KEY'])
    expect(named({ TLS_KEY: key })).toEqual(['TLS_CERT'])
    expect(named({ TLS_CERT: nowhere, TLS_KEY: key })).toEqual(['TLS_CERT'])
    expect(named({ TLS_CERT: nowhere })).toEqual(['TLS_CERT', 'TLS_KEY'])
    expect(named({ TLS_CERT: nowhere, TLS_KEY: nowhere })).toEqual(['TLS_CERT', 'TLS_KEY'])
  })
})

describe('faults', () => {
  test('all of them are told at once, in the form: variable, what it held, what would do', () => {
    const environment = {
      PORT: 'x',
      DEV_MODE: 'x',
      PUBLIC_URL: 'x',
      DATABASE_URL: 'x',
      JWT_ALGORITHM: 'x',
      TLS_KEY: '/nowhere',
    }
    const faults = faultsOf(environment)
    for (const fault of faults) expect(fault).toMatch(/^[A-Z_]+: (held|does) [^;]+; \w.{10,}$/)
    expect(named(environment)).toEqual([...Object.keys(environment), 'TLS_CERT'].toSorted())
  })

  test('[E2] no fault repeats a password, wherever in a variable it stood', () => {
    const urls = [
      `mysql://u:${SECRET}@db/x`,
      `mongodb://:${SECRET}@cache`,
      `${SECRET}://db`,
      `postgres://u:${SECRET}@d b/x`,
    ]
    const credentials = [`https://${SECRET}@chat.example.com`, `https://u:${SECRET}@chat.example.com/x`]
    const elsewhere = [`postgres://u:${SECRET}@db/x`, `redis://:${SECRET}@cache`] // As when two variables were swapped.
    const told = [
      ...urls.flatMap((url) => [faultsOf({ DATABASE_URL: url }), faultsOf({ CHAT_STORAGE_URL: url })]),
      ...[...credentials, ...elsewhere].flatMap((url) => [
        faultsOf({ PUBLIC_URL: url }),
        faultsOf({ ALLOWED_ORIGINS: url }),
      ]),
      ...[`PRIVATE ${SECRET}`, `/${SECRET}/`].map((text) => faultsOf({ TLS_KEY: text, TLS_CERT: text })),
    ]
    for (const faults of told) expect(faults.length).toBeGreaterThan(0)
    expect(told.flat().filter((fault) => fault.includes(SECRET))).toEqual([])
  })
})

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults
    throw error
  }
}

/** The variables that faults are told of, in the order of the alphabet. */
function named(environment: Environment): readonly string[] {
  return faultsOf(environment)
    .map((fault) => fault.split(':', 1)[0] ?? '')
    .toSorted()
}
