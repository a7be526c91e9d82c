// Two servers that issue tickets: one as in development, with a secret, and one as in production, with a key pair.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Claims, claims, hmac, jwt, madeUpSecret } from './forging.ts'
import { openssl } from './openssl.ts'
import { type AdmissionBody, CUSTOMER, PASSWORD, post } from './people.ts'
import { startPostgres } from './postgres.ts'
import { type Server, startServer } from './server.ts'
import { Propromo } from './tables.ts'

export const HS256 = { alg: 'HS256', typ: 'JWT' } as const

export interface Issuers {
  readonly propromo: Propromo
  /** Signs with HS256, because nothing says otherwise. */
  readonly development: Server
  readonly secret: Buffer
  /** Signs with RS512 and a key made by openssl. */
  readonly production: Server
  readonly privatePem: string
  readonly publicPem: string
  readonly publicKey: KeyObject
  remove(): Promise<void>
}

export async function startIssuers({ rsaBits = 2048 } = {}): Promise<Issuers> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-keys-'))
  makeKeys(folder, rsaBits)
  const postgres = await startPostgres('dummy/test.sql')
  const propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  const secret = madeUpSecret()
  const rs512 = { JWT_ALGORITHM: 'RS512', JWT_PRIVATE_KEY: join(folder, 'private.pem') }
  const common = { DATABASE_URL: postgres.url, LIMIT_UPGRADES_PER_S: '0' } // Forged tickets come by the hundred.
  const [development, production] = await Promise.all([
    startServer({ ...common, JWT_PRIVATE_KEY: secret }),
    startServer({ ...common, ...rs512 }),
  ])
  const publicPem = readFileSync(join(folder, 'public.pem'), 'utf8')
  return {
    propromo,
    development,
    secret: Buffer.from(secret, 'base64'),
    production,
    privatePem: readFileSync(join(folder, 'private.pem'), 'utf8'),
    publicPem,
    publicKey: createPublicKey(publicPem),
    remove: async () => {
      await propromo.close()
      await Promise.all([development.remove(), production.remove()])
      await postgres.remove()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A login, answered as rule L2 says. */
export async function admit(server: Server, email = CUSTOMER, room?: string): Promise<AdmissionBody> {
  const answer = await post(server, '/login', { email, password: PASSWORD, ...(room ? { monitor_id: room } : {}) })
  if (answer.status !== 200) throw new Error(`${email} could not log in: ${await answer.text()}`)
  return (await answer.json()) as AdmissionBody
}

/** A ticket of the customer with the development server's own signature, right but for `changes`. */
export function sealed({ secret }: Issuers, changes: Claims = {}): string {
  return jwt(HS256, { ...claims('2', CUSTOMER), ...changes }, hmac(secret))
}

function makeKeys(folder: string, bits: number): void {
  const privatePem = join(folder, 'private.pem')
  openssl(`genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${bits} -out ${privatePem}`)
  openssl(`rsa -in ${privatePem} -pubout -out ${join(folder, 'public.pem')}`)
}
