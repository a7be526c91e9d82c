// Certificates of its own for 127.0.0.1, by the real openssl.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openssl } from './openssl.ts'

export interface Certificate extends Disposable {
  /** Paths of the PEM files. */
  readonly cert: string
  readonly key: string
}

export function makeCertificate(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-certificate-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'
  openssl(`req -x509 ${kind} -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`)
  return { cert, key, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
