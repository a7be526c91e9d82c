// The keys that tickets are signed with, from the environment: HS256 from a base64 secret, RS512 from PEM.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { TicketKeys } from './chat/ticket.ts'
import type { Faults } from './faults.ts'

type Environment = Readonly<Record<string, string | undefined>>

const LEAST_SECRET_BYTES = 32
const LEAST_RSA_BITS = 2048

/** The ticket keys that the environment names, or `null` after adding what is wrong with it to `faults`. */
export function readKeys(env: Environment, faults: Faults): TicketKeys | null {
  switch (algorithmOf(env, faults)) {
    case 'HS256':
      return secretKeys(env, faults)
    case 'RS512':
      return rsaKeys(env, faults)
    case null:
      return null
  }
}

export function hasKeys(env: Environment): boolean {
  return Boolean(env['JWT_PRIVATE_KEY'])
}

function algorithmOf(env: Environment, faults: Faults): TicketKeys['algorithm'] | null {
  const named = env['JWT_ALGORITHM']
  if (named === 'HS256' || named === 'RS512') return named
  if (named) {
    faults.add('JWT_ALGORITHM', `held ${JSON.stringify(named)}`, 'use HS256 (development) or RS512 (production)')
    return null
  }
  if (env['DEV_MODE'] === 'true') return 'HS256'
  if (env['DEV_MODE'] === 'false') return 'RS512'
  const key = env['JWT_PRIVATE_KEY'] ?? ''
  return key.includes('-----BEGIN') || key.endsWith('.pem') || existsSync(key) ? 'RS512' : 'HS256'
}

function secretKeys(env: Environment, faults: Faults): TicketKeys | null {
  const secret = readSecret('JWT_PRIVATE_KEY', env, faults)
  const previous = readSecret('JWT_PREVIOUS_PUBLIC_KEY', env, faults)
  const other = readSecret('JWT_PUBLIC_KEY', env, faults)
  if (!secret && hasKeys(env)) return null
  if (secret && other && !secret.equals(other)) {
    const remedy = 'with HS256 there is one secret: leave JWT_PUBLIC_KEY out, or set both to the same'
    faults.add('JWT_PUBLIC_KEY', 'held another secret than JWT_PRIVATE_KEY', remedy)
  }
  const signing = secret ?? randomBytes(LEAST_SECRET_BYTES)
  const verifying = [signing, ...(previous ? [previous] : [])]
  return {
    algorithm: 'HS256',
    kid: kidOf(signing),
    signing,
    verifying: new Map(verifying.map((key) => [kidOf(key), key])),
  }
}

function readSecret(variable: string, env: Environment, faults: Faults): Buffer | null {
  const text = env[variable]?.trim()
  if (!text) return null
  const remedy = 'make one with: openssl rand -base64 32'
  // The letters of a path can be base64 too, and would make a secret that anyone can guess.
  if (existsSync(text)) {
    faults.add(variable, 'held the path of a file', `HS256 takes the secret itself, RS512 a path; ${remedy}`)
    return null
  }
  if (!isBase64(text)) {
    faults.add(variable, 'held something that is not base64', `${remedy} (for a PEM key set JWT_ALGORITHM=RS512)`)
    return null
  }
  const secret = Buffer.from(text, 'base64')
  if (secret.length >= LEAST_SECRET_BYTES) return secret
  faults.add(
    variable,
    `held a secret of ${secret.length} bytes`,
    `HS256 needs at least ${LEAST_SECRET_BYTES}: ${remedy}`,
  )
  return null
}

/** Either alphabet, not both at once; and with a slash in it never the path of a file that is not there. */
function isBase64(text: string): boolean {
  if (!/^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(text)) return false
  return !text.includes('/') || /[A-Z]/.test(text)
}

function rsaKeys(env: Environment, faults: Faults): TicketKeys | null {
  if (!hasKeys(env)) {
    faults.add(
      'JWT_PRIVATE_KEY',
      'held nothing',
      'RS512 needs a private key, as PEM text or a path to it: ./keys.sh rs512',
    )
    return null
  }
  const privateKey = readPrivateKey(env, faults)
  const publicKey = readPublicKey('JWT_PUBLIC_KEY', env, faults)
  const previous = readPublicKey('JWT_PREVIOUS_PUBLIC_KEY', env, faults)
  if (!privateKey) return null

  const derived = createPublicKey(privateKey)
  if (publicKey && !derBytes(publicKey).equals(derBytes(derived))) {
    const remedy = 'take the public key out of the private one (./keys.sh check says how), or leave JWT_PUBLIC_KEY out'
    faults.add('JWT_PUBLIC_KEY', 'held a key that does not belong to JWT_PRIVATE_KEY', remedy)
  }
  const verifying = [derived, ...(previous ? [previous] : [])]
  return {
    algorithm: 'RS512',
    kid: kidOf(derBytes(derived)),
    signing: privateKey,
    verifying: new Map(verifying.map((key) => [kidOf(derBytes(key)), key])),
  }
}

function readPrivateKey(env: Environment, faults: Faults): KeyObject | null {
  const variable = 'JWT_PRIVATE_KEY'
  const pem = readPem(variable, env, faults)
  if (pem === null) return null
  const block = blockOf(pem, /(?:ENCRYPTED |RSA )?PRIVATE KEY/)
  if (!block) {
    faults.add(variable, 'held no PEM block of a private key', 'make one with: ./keys.sh rs512')
    return null
  }
  const encrypted = block.includes('ENCRYPTED')
  const passphrase = env['JWT_PRIVATE_KEY_PASSPHRASE']
  if (encrypted && !passphrase) {
    faults.add('JWT_PRIVATE_KEY_PASSPHRASE', 'held nothing', 'the private key is encrypted: set its passphrase')
    return null
  }
  try {
    const key = createPrivateKey(encrypted ? { key: block, passphrase: passphrase ?? '' } : block)
    return strongEnough(variable, key, faults)
  } catch {
    if (encrypted)
      faults.add('JWT_PRIVATE_KEY_PASSPHRASE', 'does not open the private key', 'set the one it was made with')
    else faults.add(variable, 'held a private key that cannot be read', 'try: openssl rsa -in private.pem -check')
    return null
  }
}

/** A public key as PEM, or the one inside an X.509 certificate. */
function readPublicKey(variable: string, env: Environment, faults: Faults): KeyObject | null {
  if (!env[variable]) return null
  const pem = readPem(variable, env, faults)
  if (pem === null) return null
  const block = blockOf(pem, /(?:RSA )?PUBLIC KEY/)
  const certificate = blockOf(pem, /CERTIFICATE/)
  try {
    if (block) return strongEnough(variable, createPublicKey(block), faults)
    if (certificate) return strongEnough(variable, new X509Certificate(certificate).publicKey, faults)
  } catch {
    // Told below: what cannot be read is, to whoever set it, as good as not there.
  }
  faults.add(variable, 'held no readable public key or X.509 certificate', 'try: openssl rsa -in private.pem -pubout')
  return null
}

/** PEM text, also with its line ends written as `\n`, or a path to it. */
function readPem(variable: string, env: Environment, faults: Faults): string | null {
  const held = env[variable] ?? ''
  if (held.includes('-----BEGIN')) return held.replaceAll('\\n', '\n')
  try {
    return readFileSync(held, 'utf8')
  } catch (error) {
    // Only what is surely a path is repeated: anything without a dot might be a secret.
    const looksLikePath = /^[\w./~-]{1,200}$/.test(held) && held.includes('.')
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not readable'
    const what = looksLikePath
      ? `held the path ${held}, which cannot be read (${reason})`
      : 'held neither PEM text nor a path'
    faults.add(variable, what, 'use PEM text that begins with -----BEGIN, or the path of such a file')
    return null
  }
}

function blockOf(pem: string, label: RegExp): string | undefined {
  return pem.match(new RegExp(`-----BEGIN (${label.source})-----[\\s\\S]*?-----END \\1-----`))?.[0]
}

function strongEnough(variable: string, key: KeyObject, faults: Faults): KeyObject | null {
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (key.asymmetricKeyType === 'rsa' && bits && bits >= LEAST_RSA_BITS) return key
  const what = key.asymmetricKeyType === 'rsa' ? `an RSA key of ${bits} bits` : `a key of type ${key.asymmetricKeyType}`
  faults.add(variable, `held ${what}`, `RS512 needs RSA with at least ${LEAST_RSA_BITS} bits: ./keys.sh rs512`)
  return null
}

function derBytes(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** Short, because it travels in every ticket; it names a key and keeps nothing secret. */
function kidOf(bytes: Buffer): string {
  return createHash('sha256').update('propromo.chat kid').update(bytes).digest('base64url').slice(0, 8)
}
