// Which signatures a public key can make. Never by what a statement says of itself alone: that is how secrets get confused with keys.
import type { KeyObject } from 'node:crypto'

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }
const LEAST_RSA_BITS = 2048

/** Signatures by a key pair: with `none` or a shared secret nobody vouches for anything. */
export const SIGNATURES = [...RSA, ...Object.values(CURVES), 'EdDSA'] as const

/** Those that fit this key; none for one that is too weak or of another kind. */
export function algorithmsOf(key: KeyObject): string[] {
  if (key.type !== 'public') return []
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= LEAST_RSA_BITS ? [...RSA] : []
    case 'ec':
      return CURVES[namedCurve] ? [CURVES[namedCurve]] : []
    case 'ed25519':
      return ['EdDSA']
    default:
      return []
  }
}
