// TLS_CERT and TLS_KEY: the certificate that the server shows, and the one that has taken its place in the same files since.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Faults } from './faults.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Certificate (chain) and key as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface Tls extends Certificate {
  /** Where it came from, to look there again; `null` where it stood in the environment itself. */
  readonly files: Certificate | null
}

const LOOK_MILLISECONDS = 10_000

export function readTls(env: Environment, faults: Faults): Tls | null {
  const cert = file('TLS_CERT', env, faults)
  const key = file('TLS_KEY', env, faults)
  if (cert !== null && key !== null) {
    const fault = faultOf({ cert, key })
    if (!fault) return { cert, key, files: filesOf(env) }
    faults.add(fault.variable, fault.held, fault.remedy)
    return null
  }
  if (cert === null && env['TLS_KEY']) missingHalf('TLS_CERT', env, faults)
  if (key === null && env['TLS_CERT']) missingHalf('TLS_KEY', env, faults)
  return null
}

/**
 * Looks into the files now and then, and has `use` take what is new there. What cannot be used, half-written or not a pair, is said once
 * and left alone: what was in use stays so. Gives back what stops it.
 */
export function followCertificate(tls: Tls, use: (renewed: Certificate) => void): () => void {
  const { files } = tls
  if (!files) return () => undefined
  let seen: Certificate = tls
  let said = ''
  const looking = setInterval(() => {
    const found = readBoth(files)
    if (found && found.cert === seen.cert && found.key === seen.key) return
    const reason = found ? refusalOf(found, use) : 'one of the files cannot be read'
    if (found && !reason) {
      seen = found
      said = ''
      console.warn('TLS: the certificate was renewed; new connections get the new one')
    } else if (reason && reason !== said) {
      said = reason
      console.error(`TLS: the certificate in the files cannot be used (${reason}); the one before stays in use`)
    }
  }, LOOK_MILLISECONDS)
  return () => clearInterval(looking)
}

function refusalOf(found: Certificate, use: (renewed: Certificate) => void): string {
  const fault = faultOf(found)
  if (fault) return `${fault.variable} ${fault.held}`
  try {
    use(found)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readBoth({ cert, key }: Certificate): Certificate | null {
  try {
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } catch {
    return null
  }
}

function faultOf({ cert, key }: Certificate): { variable: string; held: string; remedy: string } | null {
  const own = readable(() => ownIn(cert))
  if (!own) {
    const remedy = 'give the certificate, with its chain behind it, as PEM'
    return { variable: 'TLS_CERT', held: 'held no readable PEM of a certificate', remedy }
  }
  const secret = readable(() => createPrivateKey(key))
  if (!secret) {
    const held = key.includes('ENCRYPTED') ? 'held an encrypted key' : 'held no readable PEM of a key'
    return { variable: 'TLS_KEY', held, remedy: 'give it unencrypted, as PEM that only the chat may read' }
  }
  if (own.checkPrivateKey(secret)) return null
  const remedy = 'give the key that the certificate was made for'
  return { variable: 'TLS_KEY', held: 'held a key that does not belong to TLS_CERT', remedy }
}

/** Of a chain every part is read: a file that is being written may end in the middle of one. */
function ownIn(cert: string): X509Certificate | undefined {
  const parts = cert.split(/(?=-----BEGIN CERTIFICATE-----)/).filter((part) => part.includes('-----BEGIN'))
  return (parts.length > 0 ? parts : [cert]).map((part) => new X509Certificate(part))[0]
}

function readable<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch {
    return undefined // What was wrong with it, OpenSSL tells in words for nobody.
  }
}

function filesOf({ TLS_CERT: cert = '', TLS_KEY: key = '' }: Environment): Certificate | null {
  return isText(cert) || isText(key) ? null : { cert, key }
}

function missingHalf(variable: string, env: Environment, faults: Faults): void {
  if (!env[variable]) faults.add(variable, 'held nothing', 'TLS needs both TLS_CERT and TLS_KEY, or neither')
}

function file(variable: string, env: Environment, faults: Faults): string | null {
  const held = env[variable]
  if (!held) return null
  if (isText(held)) return held.replaceAll('\\n', '\n')
  try {
    return readFileSync(held, 'utf8')
  } catch {
    faults.add(variable, 'held something that is neither PEM text nor a readable file', 'give PEM text or a path to it')
    return null
  }
}

function isText(held: string): boolean {
  return held.includes('-----BEGIN')
}
