// The RSA keys that sign tickets, in every form that people have them in; what is wrong with others; and which algorithm it is.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { type KeyFiles, makeKeyFiles, PASSPHRASE } from '../test/support/key-files.ts'
import { openssl } from '../test/support/openssl.ts'
import {
  type Environment,
  expectFaults,
  expectNoRotation,
  expectRotation,
  good,
  issued,
  read,
} from '../test/support/read-keys.ts'
import { ConfigFaults, Faults } from './faults.ts'
import { readKeys } from './keys.ts'

let files: KeyFiles
const at = (file: string) => files.at(file)
const pem = (file: string) => files.pem(file)

beforeAll(() => {
  files = makeKeyFiles()
})
afterAll(() => files.remove())

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
      ['JWT_PRIVATE_KEY', { ...plain, JWT_PRIVATE_KEY: files.folder }, 'path'],
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
