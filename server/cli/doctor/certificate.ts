// The certificate: from when to when it is good, and for which name.
import { X509Certificate } from 'node:crypto'
import { DAY_MILLISECONDS } from '../../../protocol/instant.ts'
import type { Config } from '../../config.ts'
import { type Finding, fault, fine, note } from './finding.ts'

const NOTED_DAYS = 14

export function lookAtCertificate({ tls, publicOrigin }: Config, now: number): readonly Finding[] {
  if (!tls) return []
  const { validFromDate, validToDate, ...certificate } = readCertificate(tls.cert)
  const days = Math.floor((validToDate.getTime() - now) / DAY_MILLISECONDS)
  const until = validToDate.toISOString().slice(0, 10)
  return [validity(), ...(publicOrigin ? [name(new URL(publicOrigin).hostname)] : [])]

  function validity(): Finding {
    if (now < validFromDate.getTime()) return fault('TLS_CERT: the certificate is not valid yet: look at the clock')
    if (days < 0) return fault(`TLS_CERT: the certificate expired on ${until}: renew it`)
    if (days < NOTED_DAYS) return note(`TLS_CERT: the certificate expires on ${until}: renew it`)
    return fine(`the certificate is good until ${until}`)
  }

  function name(host: string): Finding {
    if (certificate.isFor(host)) return fine(`it is for ${host}`)
    return fault(`TLS_CERT: the certificate is not for ${host}, which PUBLIC_URL names`)
  }
}

function readCertificate(pem: string) {
  const certificate = new X509Certificate(pem)
  return {
    validFromDate: new Date(certificate.validFrom),
    validToDate: new Date(certificate.validTo),
    isFor: (host: string) => (certificate.checkHost(host) ?? certificate.checkIP(host)) !== undefined,
  }
}
