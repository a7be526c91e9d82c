// Addresses of Redis: what is understood, what is refused, and that no secret is ever repeated.
import { describe, expect, test } from 'bun:test'
import { describeAddress, isRedisAddress, parseAddress } from './address.ts'

const NONE = { username: undefined, password: undefined, database: 0, master: '' }

describe('understood', () => {
  test('one Redis, with all that may be left out', () => {
    const place = { host: 'redis.internal', port: 6379 }
    expect(parseAddress('redis://redis.internal')).toEqual({ ...NONE, kind: 'single', tls: false, places: [place] })
    expect(parseAddress('rediss://chat:s%40crt%2F%3A%25@redis.internal:7000/3')).toEqual({
      kind: 'single',
      tls: true,
      places: [{ host: 'redis.internal', port: 7000 }],
      username: 'chat',
      password: 's@crt/:%',
      database: 3,
      master: '',
    })
    expect(parseAddress('redis://:only@10.0.0.1/')).toMatchObject({
      username: undefined,
      password: 'only',
      database: 0,
    })
    expect(parseAddress('redis://[::1]:6380')).toMatchObject({ places: [{ host: '::1', port: 6380 }] })
  })

  test('a Cluster by some of its nodes', () => {
    const { kind, tls, places } = parseAddress('rediss+cluster://chat:secret@one,two:7001,[fe80::1]:7002')
    expect([kind, tls]).toEqual(['cluster', true])
    expect(places).toEqual([
      { host: 'one', port: 6379 },
      { host: 'two', port: 7001 },
      { host: 'fe80::1', port: 7002 },
    ])
  })

  test('a master by its Sentinels and its name', () => {
    const { kind, places, master, password } = parseAddress('redis+sentinel://:secret@one,two:26380/my-master.1')
    expect([kind, master, password]).toEqual(['sentinel', 'my-master.1', 'secret'])
    expect(places).toEqual([
      { host: 'one', port: 26379 },
      { host: 'two', port: 26380 },
    ])
  })

  test('what is meant to be one, right or wrong, is told from other addresses', () => {
    for (const meant of ['redis://', 'rediss:', 'REDIS://x', 'redis+ring://x']) expect(isRedisAddress(meant)).toBe(true)
    for (const other of ['sqlite:redis://', 'postgres://x', 'redisx://x', '']) expect(isRedisAddress(other)).toBe(false)
  })
})

describe('refused', () => {
  const wrong = [
    ['redis:/x', 'begins with'],
    ['REDIS://x', 'begins with'],
    ['redis+ring://x', 'begins with'],
    ['redis://', 'each host'],
    ['redis://:hunter2@', 'each host'],
    ['redis://hunter2@host', 'a user needs a password'],
    ['redis://chat:hunter2@one,two', 'names one host'],
    ['redis://chat:hunter2@host:0', 'from 1 to 65535'],
    ['redis://chat:hunter2@host:99999', 'from 1 to 65535'],
    ['redis://chat:hunter2@host:6379/chat', 'the number of a database'],
    ['redis://chat:hunter2@host:6379/1/2', 'the number of a database'],
    ['redis://chat:hunter2@host?db=1', '%3F'],
    ['redis://chat:hunter2#@host', '%23'],
    ['redis://chat:hunter2/@host', '%-encoded'],
    ['redis://chat:hun@ter2@host', '%-encoded'],
    ['redis://chat:hun:ter2@host', '%-encoded'],
    ['redis://chat:hunter2%@host', '%25'],
    ['redis://chat:hunter2%zz@host', '%25'],
    ['redis://ho st', 'each host'],
    ['redis://host:', 'each host'],
    ['redis://host:6379x', 'each host'],
    ['redis+cluster://chat:hunter2@one,,two', 'each host'],
    ['redis+cluster://chat:hunter2@one/1', 'one database only'],
    ['redis+sentinel://chat:hunter2@one', 'name of the master'],
    ['redis+sentinel://chat:hunter2@one/a b', 'name of the master'],
  ] as const

  for (const [text, why] of wrong) {
    test(text, () => {
      const reason = refusalOf(text)
      expect(reason).toContain(why)
      for (const secret of ['hunter', 'hun', 'ter2']) expect(reason).not.toContain(secret)
    })
  }
})

test('[E2] what is said of an address holds no credentials', () => {
  const said = (text: string) => describeAddress(parseAddress(text))
  expect(said('redis://chat:hunter2@host/2')).toBe('Redis, host:6379/2')
  expect(said('rediss://chat:hunter2@[::1]')).toBe('Redis, [::1]:6379 over TLS')
  expect(said('redis+cluster://chat:hunter2@one,two:7001')).toBe('Redis Cluster, one:6379, two:7001')
  expect(said('redis+sentinel://chat:hunter2@one/chat')).toBe('Redis, chat by Sentinel at one:26379')
})

function refusalOf(text: string): string {
  try {
    return `it was understood as ${JSON.stringify(parseAddress(text))}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
