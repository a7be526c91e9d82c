// Keys in every form that people have them in, made by the real openssl: files in a folder of their own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openssl } from './openssl.ts'

/** Of the encrypted ones. */
export const PASSPHRASE = 'a long passphrase: with = and / in it'

export interface KeyFiles {
  readonly folder: string
  /** The path of one of them, and its text. */
  at(file: string): string
  pem(file: string): string
  remove(): void
}

/** By the commands of keys.sh, but for 2048 bits where they say 4096: it is a matter of seconds, not of form. */
export function makeKeyFiles(): KeyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-keys-'))
  const at = (file: string) => join(folder, file)
  const pem = (file: string) => readFileSync(at(file), 'utf8')
  writeFileSync(at('passphrase'), PASSPHRASE)
  const secretly = `-passin file:${at('passphrase')}`
  openssl(
    `genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass file:${at('passphrase')} -out ${at('encrypted.pem')}`,
  )
  openssl(`rsa -in ${at('encrypted.pem')} ${secretly} -pubout -outform PEM -out ${at('public.pem')}`)
  openssl(`rsa -in ${at('encrypted.pem')} ${secretly} -RSAPublicKey_out -out ${at('public.pkcs1.pem')}`)
  openssl(`pkey -in ${at('encrypted.pem')} ${secretly} -out ${at('plain.pem')}`)
  openssl(`rsa -in ${at('plain.pem')} -traditional -out ${at('pkcs1.pem')}`)
  openssl(
    `rsa -in ${at('plain.pem')} -traditional -aes256 -passout file:${at('passphrase')} -out ${at('pkcs1.encrypted.pem')}`,
  )
  openssl(`req -x509 -key ${at('plain.pem')} -days 3650 -subj /CN=propromo.chat -sha512 -out ${at('certificate.pem')}`)
  writeFileSync(at('both.pem'), pem('plain.pem') + pem('certificate.pem'))
  openssl(
    `req -x509 -newkey rsa:2048 -keyout ${at('other.pem')} -out ${at('other.pem')} -days 3650 -nodes -subj /CN=propromo.chat -sha512`,
  )
  writeFileSync(at('other.public.pem'), openssl(`x509 -in ${at('other.pem')} -pubkey -noout`))
  openssl(`genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out ${at('weak.pem')}`)
  openssl(`rsa -in ${at('weak.pem')} -pubout -out ${at('weak.public.pem')}`)
  openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${at('ec.pem')}`)
  openssl(`pkey -in ${at('ec.pem')} -pubout -out ${at('ec.public.pem')}`)
  return { folder, at, pem, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
