// Whoever runs the chat proves it with the key of its tickets, for questions whose answers are for no stranger.
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { TicketKeys } from './ticket.ts'

/** Another than that of tickets, so that neither can pass for the other. */
const ISSUER = 'propromo.chat operator'
const PROOF_SECONDS = 60

/** Good for a minute, and for nothing but questions. */
export async function proofOf(keys: TicketKeys, now: () => number): Promise<string> {
  const issuedAt = Math.floor(now() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: keys.algorithm, kid: keys.kid })
    .setIssuer(ISSUER)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + PROOF_SECONDS)
    .sign(keys.signing)
}

export async function isOperator(keys: TicketKeys, proof: string | undefined, now: () => number): Promise<boolean> {
  if (!proof) return false
  try {
    const key = keys.verifying.get(decodeProtectedHeader(proof).kid ?? keys.kid)
    if (!key) return false
    const currentDate = new Date(now())
    const claims = { issuer: ISSUER, requiredClaims: ['iat', 'exp'], maxTokenAge: PROOF_SECONDS, currentDate }
    await jwtVerify(proof, key, { algorithms: [keys.algorithm], ...claims })
    return true
  } catch {
    return false
  }
}
