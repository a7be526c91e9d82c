// TICKET_ISSUERS: who may vouch for somebody, each with where the public keys are.
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { algorithmsOf } from './adapters/issuers/algorithms.ts'
import type { Issuer } from './adapters/issuers/issuers.ts'
import type { Faults } from './faults.ts'

const VARIABLE = 'TICKET_ISSUERS'
const FORM =
  'use <iss>=<path of a PEM public key or certificate> or <iss>=<https address of a JWKS>, separated by commas'

type Environment = Readonly<Record<string, string | undefined>>

export function readIssuers(env: Environment, faults: Faults): readonly Issuer[] {
  const entries = (env[VARIABLE] ?? '').split(',').map((text) => text.trim())
  return entries.filter(Boolean).flatMap((entry) => issuerOf(entry, faults) ?? [])
}

/**
 * Whether what goes there and comes back is between the two alone: over TLS, on this machine, or to a name without a dot,
 * which only a private network knows.
 */
export function isPrivate({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return protocol === 'http:' && (/^(?:127(?:\.\d+){3}|\[::1\])$/.test(hostname) || !/[.:]/.test(hostname))
}

function issuerOf(entry: string, faults: Faults): Issuer | null {
  const [, issuer, where] = /^([^=]+)=([^=].*)$/s.exec(entry) ?? []
  if (!issuer || !where || issuer.includes('-----BEGIN')) {
    faults.add(VARIABLE, 'held an entry of another form', FORM)
    return null
  }
  if (!/^[a-z][a-z+.-]*:\/\//i.test(where)) return withKey(issuer, where, faults)
  const url = URL.canParse(where) ? new URL(where) : null
  if (url && isPrivate(url) && !url.username && !url.password) return { issuer, keysAt: url.href }
  faults.add(VARIABLE, `held an address for ${issuer} whose answers somebody on the way could change`, FORM)
  return null
}

function withKey(issuer: string, path: string, faults: Faults): Issuer | null {
  const { pem, reason } = readPem(path)
  if (pem === null) {
    // Only what is surely a path is repeated: somebody may have put the key itself here.
    const isPath = /^[\w./~-]{1,200}$/.test(path) && path.includes('.')
    const what = isPath ? `the path ${path} for ${issuer}, which` : `something for ${issuer} that`
    faults.add(VARIABLE, `held ${what} cannot be read (${reason})`, FORM)
    return null
  }
  const key = publicKeyIn(pem)
  if (key && algorithmsOf(key).length > 0) return { issuer, key }
  const remedy = 'use a public key: RSA with at least 2048 bits, P-256, P-384, P-521 or Ed25519'
  faults.add(VARIABLE, `held the path ${path} for ${issuer}, where there is no key that can be used`, remedy)
  return null
}

function readPem(path: string): { readonly pem: string | null; readonly reason: string } {
  try {
    return { pem: readFileSync(path, 'utf8'), reason: '' }
  } catch (error) {
    return { pem: null, reason: error instanceof Error && 'code' in error ? String(error.code) : 'not readable' }
  }
}

/** A private key is none: whoever can vouch for everybody must not lie about here. */
function publicKeyIn(pem: string): KeyObject | null {
  if (pem.includes('PRIVATE KEY')) return null
  try {
    return pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
  } catch {
    return null
  }
}
