// The secrets that sign tickets with HS256, as openssl makes them, and what is wrong with others.
import { expect, test } from 'bun:test'
import { openssl } from '../test/support/openssl.ts'
import { expectFaults, expectNoRotation, expectRotation, good, issued, read } from '../test/support/read-keys.ts'

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
  const rsa = openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048')
  expect(read({ ...development, JWT_PRIVATE_KEY: secret(32) }).told).toEqual([])
  expectFaults([
    ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: secret(31) }, 'openssl rand -base64 32'],
    ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: 'geheim' }, 'openssl rand -base64 32'],
    ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: 'correct horse battery staple, and then some!' }, 'base64'],
    ['JWT_PRIVATE_KEY', { ...development, JWT_PRIVATE_KEY: rsa }, 'RS512'],
    ['JWT_PUBLIC_KEY', { ...development, JWT_PUBLIC_KEY: secret(33) }, 'JWT_PUBLIC_KEY'],
    ['JWT_PREVIOUS_PUBLIC_KEY', { ...development, JWT_PREVIOUS_PUBLIC_KEY: secret(16) }, 'openssl rand'],
    ['JWT_PREVIOUS_PUBLIC_KEY', { ...development, JWT_PREVIOUS_PUBLIC_KEY: 'no base64, this' }, 'base64'],
  ])
})
