// The keys that sign tickets, in every form that people have them in, made by the real openssl; and what is wrong with the others.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { openssl } from '../test/support/openssl.ts'
import { type TicketKeys, Tickets } from './chat/ticket.ts'
import { ConfigFaults, Faults } from './faults.ts'
import { readKeys } from './keys.ts'

const PASSPHRASE = 'a long passphrase: with = and / in it'
const ACCOUNT = { id: '2', email: 'customer@example.com', name: 'Käthe', passwordMark: 'mark' }
let folder: string

/** The seed document's commands, but for 2048 bits where they say 4096: it is a matter of seconds, not of form. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-keys-'))
  writeFileSync(at('passphrase'), PASSPHRASE)
  const secretly = `-passin file:${at('passphrase')}`
  openssl(
    `genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass file:${at('passphrase')} -out ${at('encrypted.pem')}`,
  )
  openssl(`rsa -in ${at('encrypted.pem')} ${secretly} -pubout -outform PEM -out ${at('public.pem')}`)
  openssl(`rsa -in ${at('encrypted.pem')} ${secretly} -RSAPublicKey_out -out ${at('public.pkcs1.pem')}`)
  openssl(`pkey -in ${at('encrypted.pem')} ${secretly} -out ${at('plain.pem')}`)
  openssl(`rsa -in ${at('plain.pem')} -traditional -out ${at('pkcs1.pem')}`)
  openssl(
    `rsa -in ${at('plain.pem')} -traditional -aes256 -passout file:${at('passphrase')} -out ${at('pkcs1.encrypted.pem')}`,
  )
  openssl(`req -x509 -key ${at('plain.pem')} -days 3650 -subj /CN=propromo.chat -sha512 -out ${at('certificate.pem')}`)
  writeFileSync(at('both.pem'), pem('plain.pem') + pem('certificate.pem'))
  openssl(
    `req -x509 -newkey rsa:2048 -keyout ${at('other.pem')} -out ${at('other.pem')} -days 3650 -nodes -subj /CN=propromo.chat -sha512`,
  )
  writeFileSync(at('other.public.pem'), openssl(`x509 -in ${at('other.pem')} -pubkey -noout`))
  openssl(`genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out ${at('weak.pem')}`)
  openssl(`rsa -in ${at('weak.pem')} -pubout -out ${at('weak.public.pem')}`)
  openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${at('ec.pem')}`)
  openssl(`pkey -in ${at('ec.pem')} -pubout -out ${at('ec.public.pem')}`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('RS512', () => {
  const privateKeys = ['plain.pem', 'encrypted.pem', 'pkcs1.pem', 'pkcs1.encrypted.pem', 'both.pem'] as const
  for (const file of privateKeys) {
    test(`[T1] ${file} signs tickets, as text, as text in one line, with Windows line ends, and as a path`, async () => {
      const text = pem(file)
      const forms = {
        text,
        'in one line': text.trim().replaceAll('\n', '\\n'),
        Windows: text.replaceAll('\n', '\r\n'),
        indented: `\n  ${text}\n`,
        'with something before it': `Bag Attributes\n    friendlyName: chat\n${text}`,
        path: at(file),
        'relative path': relative(process.cwd(), at(file)),
      }
      const results = Object.entries(forms).map(([form, held]) => {
        const { keys, told } = read({
          JWT_ALGORITHM: 'RS512',
          JWT_PRIVATE_KEY: held,
          JWT_PRIVATE_KEY_PASSPHRASE: PASSPHRASE,
        })
        return { form, algorithm: keys?.algorithm, kid: keys?.kid, told }
      })
      const { keys } = read({ JWT_ALGORITHM: 'RS512', JWT_PRIVATE_KEY: pem('plain.pem') })
      expect(results).toEqual(
        Object.keys(forms).map((form) => ({ form, algorithm: 'RS512', kid: keys?.kid, told: [] })),
      )
    })
  }

  test('[T1] what it signs is RS512 to everyone who has the public key', async () => {
    const token = await issued(good({ JWT_PRIVATE_KEY: at('encrypted.pem'), JWT_PRIVATE_KEY_PASSPHRASE: PASSPHRASE }))
    const [head = '', body = '', signature = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg: 'RS512' })
    writeFileSync(at('signed'), `${head}.${body}`)
    writeFileSync(at('signature'), Buffer.from(signature, 'base64url'))
    const verify = `dgst -sha512 -verify ${at('public.pem')} -signature ${at('signature')} ${at('signed')}`
    expect(openssl(verify)).toContain('Verified OK')
  })

  test('[T1] the public key may be PEM, PKCS#1, a certificate, the file with both, or left out', () => {
    const derived = good({ JWT_PRIVATE_KEY: at('plain.pem') })
    for (const file of ['public.pem', 'public.pkcs1.pem', 'certificate.pem', 'both.pem']) {
      for (const held of [at(file), pem(file), pem(file).trim().replaceAll('\n', '\\n')]) {
        const keys = good({ JWT_PRIVATE_KEY: at('plain.pem'), JWT_PUBLIC_KEY: held })
        expect([...keys.verifying.keys()]).toEqual([...derived.verifying.keys()])
      }
    }
  })

  test('[T2] while keys change, tickets of the one before are believed, and new ones are signed with the new one', async () => {
    const before = good({ JWT_PRIVATE_KEY: at('plain.pem') })
    for (const previous of ['public.pem', 'certificate.pem', 'public.pkcs1.pem']) {
      await expectRotation(before, good({ JWT_PRIVATE_KEY: at('other.pem'), JWT_PREVIOUS_PUBLIC_KEY: at(previous) }))
    }
    await expectNoRotation(before, good({ JWT_PRIVATE_KEY: at('other.pem') }))
  })

  test('[E2] each fault names its variable and what would do, and shows nothing of a key', () => {
    const plain = { JWT_ALGORITHM: 'RS512', JWT_PRIVATE_KEY: at('plain.pem') }
    const encrypted = { JWT_ALGORITHM: 'RS512', JWT_PRIVATE_KEY: pem('encrypted.pem') }
    const headless = pem('plain.pem').split('\n').slice(1, -2)
    const secretOf48 = 'Zk3/vQ8sT1uYw5xR7pLmN2bHcJdKfGgA4e6i9oXzVtSrQ0/PqWnEyUaB1hDjCkMl'
    expectFaults([
      ['JWT_PRIVATE_KEY', { JWT_ALGORITHM: 'RS512' }, 'keys.sh'],
      ['JWT_PRIVATE_KEY', { JWT_ALGORITHM: 'RS512', JWT_PUBLIC_KEY: at('public.pem') }, 'keys.sh'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: at('weak.pem') }, '2048'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: pem('ec.pem') }, 'RSA'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: at('public.pem') }, 'keys.sh'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: at('certificate.pem') }, 'keys.sh'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: at('nowhere.pem') }, 'path'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: folder }, 'path'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: headless.join('\n') }, 'BEGIN'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: secretOf48 }, 'BEGIN'],
      ['JWT_PRIVATE_KEY', { DEV_MODE: 'false', JWT_PRIVATE_KEY: secretOf48 }, 'BEGIN'],
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: pem('plain.pem').slice(0, 600) }, 'keys.sh'],
      [
        'JWT_PRIVATE_KEY',
        { ...plain, JWT_PRIVATE_KEY: pem('plain.pem').replace(headless[3] ?? '', 'A'.repeat(64)) },
        'openssl',
      ],
      ['JWT_PRIVATE_KEY_PASSPHRASE', encrypted, 'passphrase'],
      ['JWT_PRIVATE_KEY_PASSPHRASE', { ...encrypted, JWT_PRIVATE_KEY_PASSPHRASE: '' }, 'passphrase'],
      ['JWT_PRIVATE_KEY_PASSPHRASE', { ...encrypted, JWT_PRIVATE_KEY_PASSPHRASE: `${PASSPHRASE} ` }, 'made with'],
      ['JWT_PUBLIC_KEY', { ...plain, JWT_PUBLIC_KEY: at('other.public.pem') }, 'keys.sh check'],
      ['JWT_PUBLIC_KEY', { ...plain, JWT_PUBLIC_KEY: at('other.pem') }, 'keys.sh check'],
      ['JWT_PUBLIC_KEY', { ...plain, JWT_PUBLIC_KEY: pem('plain.pem') }, 'openssl rsa'],
      ['JWT_PUBLIC_KEY', { ...plain, JWT_PUBLIC_KEY: secretOf48 }, 'BEGIN'],
      ['JWT_PREVIOUS_PUBLIC_KEY', { ...plain, JWT_PREVIOUS_PUBLIC_KEY: at('weak.public.pem') }, '2048'],
      ['JWT_PREVIOUS_PUBLIC_KEY', { ...plain, JWT_PREVIOUS_PUBLIC_KEY: at('ec.public.pem') }, 'RSA'],
      ['JWT_PREVIOUS_PUBLIC_KEY', { ...plain, JWT_PREVIOUS_PUBLIC_KEY: at('nowhere.pem') }, 'path'],
    ])
  })

  test('[T1] three wrong keys are three faults', () => {
    const { keys, told } = read({
      JWT_ALGORITHM: 'RS512',
      JWT_PRIVATE_KEY: at('weak.pem'),
      JWT_PUBLIC_KEY: at('nowhere.pem'),
      JWT_PREVIOUS_PUBLIC_KEY: at('ec.public.pem'),
    })
    expect(keys).toBeNull()
    const variables = told.map((fault) => fault.split(':', 1)[0])
    expect(variables).toEqual(['JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'JWT_PREVIOUS_PUBLIC_KEY'])
  })
})

describe('HS256', () => {
  const secret = (bytes: number) => Buffer.alloc(bytes, 'the secret of the chat').toString('base64')

  test('[T1] what openssl rand -base64 32 prints signs tickets, and the public key is the same or left out', async () => {
    const made = openssl('rand -base64 32')
    for (const JWT_PUBLIC_KEY of ['', made, made.trim()]) {
      const keys = good({ JWT_ALGORITHM: 'HS256', JWT_PRIVATE_KEY: made, JWT_PUBLIC_KEY })
      const [head = '', body = '', signature] = (await issued(keys)).split('.')
      const hmac = new Bun.CryptoHasher('sha256', Buffer.from(made, 'base64')).update(`${head}.${body}`)
      expect(hmac.digest('base64url')).toBe(signature ?? '')
      expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg: 'HS256' })
    }
  })

  test('[T1] without a secret one is made up, another each time', () => {
    const [one, other] = [good({}), good({})]
    expect([one.algorithm, other.algorithm]).toEqual(['HS256', 'HS256'])
    expect(one.kid).not.toBe(other.kid)
  })

  test('[T2] while secrets change, tickets of the one before are believed, and new ones are signed with the new one', async () => {
    const [old, fresh] = [openssl('rand -base64 32'), openssl('rand -base64 32')]
    const before = good({ JWT_PRIVATE_KEY: old })
    await expectRotation(before, good({ JWT_PRIVATE_KEY: fresh, JWT_PREVIOUS_PUBLIC_KEY: old }))
    await expectNoRotation(before, good({ JWT_PRIVATE_KEY: fresh }))
  })

  test('[E2] each fault names its variable and what would do, and shows nothing of a secret', () => {
    const development = { JWT_ALGORITHM: 'HS256', JWT_PRIVATE_KEY: secret(32) }
    expect(read({ ...development, JWT_PRIVATE_KEY: secret(32) }).told).toEqual([])
    expectFaults([
      ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: secret(31) }, 'openssl rand -base64 32'],
      ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: 'geheim' }, 'openssl rand -base64 32'],
      [
        'JWT_PRIVATE_KEY',
        { ...development, JWT_PRIVATE_KEY: 'correct horse battery staple, and then some!' },
        'base64',
      ],
      ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: pem('plain.pem') }, 'RS512'],
      ['JWT_PUBLIC_KEY', { ...development, JWT_PUBLIC_KEY: secret(33) }, 'JWT_PUBLIC_KEY'],
      ['JWT_PREVIOUS_PUBLIC_KEY', { ...development, JWT_PREVIOUS_PUBLIC_KEY: secret(16) }, 'openssl rand'],
      ['JWT_PREVIOUS_PUBLIC_KEY', { ...development, JWT_PREVIOUS_PUBLIC_KEY: 'no base64, this' }, 'base64'],
    ])
  })
})

describe('which algorithm', () => {
  test('[T1] JWT_ALGORITHM decides, then DEV_MODE, then what the key looks like', () => {
    const algorithm = (env: Environment) => read(env).keys?.algorithm
    const rsa = { JWT_PRIVATE_KEY: pem('plain.pem') }
    const hmac = { JWT_PRIVATE_KEY: openssl('rand -base64 32') }
    expect(algorithm({ ...rsa })).toBe('RS512')
    expect(algorithm({ JWT_PRIVATE_KEY: at('plain.pem') })).toBe('RS512')
    expect(algorithm({ ...hmac })).toBe('HS256')
    expect(algorithm({ ...rsa, DEV_MODE: 'false' })).toBe('RS512')
    expect(algorithm({ ...hmac, DEV_MODE: 'true' })).toBe('HS256')
    expect(algorithm({ ...rsa, DEV_MODE: 'true', JWT_ALGORITHM: 'RS512' })).toBe('RS512')
    expect(algorithm({ ...hmac, DEV_MODE: 'false', JWT_ALGORITHM: 'HS256' })).toBe('HS256')
    expect(algorithm({ DEV_MODE: 'true' })).toBe('HS256')
    expectFaults([
      ['JWT_PRIVATE_KEY', { DEV_MODE: 'false' }, 'keys.sh'],
      ['JWT_PRIVATE_KEY', { ...hmac, DEV_MODE: 'false' }, 'BEGIN'],
      ['JWT_PRIVATE_KEY', { ...rsa, DEV_MODE: 'true' }, 'RS512'],
    ])
  })

  test('[T1] no other algorithm is taken, and none least of all', () => {
    const names = ['none', 'RS256', 'HS512', 'hs256', 'ES512', ' RS512', 'null']
    expectFaults(
      names.map((JWT_ALGORITHM) => ['JWT_ALGORITHM', { JWT_ALGORITHM, JWT_PRIVATE_KEY: at('plain.pem') }, 'RS512']),
    )
  })

  test('[T1] nor does the path of a key that is not there', () => {
    for (const path of [
      '/run/secrets/propromo_chat_jwt_private_key_rs512',
      '/run/secrets/the/private/key/of/the/whole/chat',
    ]) {
      for (const more of [{}, { JWT_ALGORITHM: 'HS256' }]) {
        const faults = new Faults()
        readKeys({ JWT_PRIVATE_KEY: path, ...more }, faults)
        expect(() => faults.throwIfAny()).toThrow(ConfigFaults)
      }
    }
  })

  test('[T1] the path of a key never becomes the secret itself, whatever the file is called', () => {
    mkdirSync(at('secrets'))
    const path = at('secrets/jwt-private-key-of-the-chat')
    writeFileSync(path, pem('plain.pem'))
    expect(read({ JWT_PRIVATE_KEY: path }).keys?.algorithm ?? 'refused').not.toBe('HS256')
  })
})

type Environment = Readonly<Record<string, string>>
type Fault = readonly [variable: string, environment: Environment, remedy: string]

function read(environment: Environment): { keys: TicketKeys | null; told: readonly string[] } {
  const faults = new Faults()
  const keys = readKeys(environment, faults)
  try {
    faults.throwIfAny()
  } catch (error) {
    if (error instanceof ConfigFaults) return { keys, told: error.faults }
    throw error
  }
  return { keys, told: [] }
}

function good(environment: Environment): TicketKeys {
  const { keys, told } = read(environment)
  if (!keys || told.length > 0) throw new Error(`these keys should do: ${told.join('\n')}`)
  return keys
}

/** Each is one fault, told as `VARIABLE: what it held; what would do`, with no piece of a secret in it. */
function expectFaults(faults: readonly Fault[]): void {
  for (const [variable, environment, remedy] of faults) {
    const { told } = read(environment)
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${variable}: [^;]+; .*${remedy.replace(/[.]/g, '\\.')}`))])
    const { DEV_MODE: _, JWT_ALGORITHM: __, ...secrets } = environment
    expect(Object.values(secrets).filter((held) => isSecret(held) && shows(told.join(), held))).toEqual([])
  }
}

function isSecret(held: string): boolean {
  return held.length > 5 && !held.startsWith(folder)
}

/** Whether any 12 characters of the secret, or all of a shorter one, stand in the text. */
function shows(text: string, secret: string): boolean {
  const width = Math.min(12, secret.length)
  const pieces = Array.from({ length: secret.length - width + 1 }, (_, start) => secret.slice(start, start + width))
  return pieces.some(
    (piece) => !piece.includes('-----') && !/ (?:PRIVATE|PUBLIC)? ?KEY/.test(piece) && text.includes(piece),
  )
}

function ticketsOf(keys: TicketKeys): Tickets {
  return new Tickets(keys, Date.now, (bytes) =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url'),
  )
}

async function issued(keys: TicketKeys): Promise<string> {
  return (await ticketsOf(keys).issue(ACCOUNT, 'sign-in', null)).token
}

async function believes(keys: TicketKeys, token: string): Promise<string> {
  return ticketsOf(keys)
    .read(token)
    .then(
      ({ account }) => account,
      ({ code }: { code: string }) => code,
    )
}

async function expectRotation(before: TicketKeys, after: TicketKeys): Promise<void> {
  expect(await believes(after, await issued(before))).toBe(ACCOUNT.id)
  expect(await believes(after, await issued(after))).toBe(ACCOUNT.id)
  expect(await believes(before, await issued(after))).toBe('ticket_invalid')
}

async function expectNoRotation(before: TicketKeys, after: TicketKeys): Promise<void> {
  expect(await believes(after, await issued(before))).toBe('ticket_invalid')
}

function at(file: string): string {
  return join(folder, file)
}

function pem(file: string): string {
  return readFileSync(at(file), 'utf8')
}
