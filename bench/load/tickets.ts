// Tickets that the bench signs itself, with the secret that the server was given: a thousand logins measure something else.
import { SignJWT } from 'jose'
import { ISSUER } from '../place.ts'

const SECONDS = 300

export async function signTicket(account: number, email: string, secret: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ email })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(String(account))
    .setJti(crypto.randomUUID())
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + SECONDS)
    .sign(Buffer.from(secret, 'base64'))
}
