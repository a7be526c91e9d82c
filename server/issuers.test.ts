// TICKET_ISSUERS: what is said of an entry that cannot be used, whatever slipped into it.
import { expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { ConfigFaults, Faults } from './faults.ts'
import { readIssuers } from './issuers.ts'

const ISSUER = 'https://propromo.example'

test('[E2] a key or a password that slipped in where a path belongs is repeated by no fault', () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const [, body = ''] = pem.split('\n')
  for (const slipped of [pem, pem.replaceAll('\n', '\\n'), body, `user:${body}@propromo.example/keys.json`]) {
    for (const entry of [`${ISSUER}=${slipped}`, slipped]) {
      const [fault = '', ...more] = faultsOf(entry)
      expect(fault).toStartWith('TICKET_ISSUERS: held ')
      expect([fault, ...more].join()).not.toContain(body.slice(0, 12))
    }
  }
})

test('a path that leads nowhere is named, with whom it was for', () => {
  const [fault] = faultsOf(`${ISSUER}=/etc/propromo-chat/missing.pem`)
  expect(fault).toContain(`held the path /etc/propromo-chat/missing.pem for ${ISSUER}, which cannot be read (ENOENT)`)
})

test('why something cannot be read is told, also where it may be no path', () => {
  const [fault] = faultsOf(`${ISSUER}=/run/secrets/nobodys_issuer`)
  expect(fault).toContain(`held something for ${ISSUER} that cannot be read (ENOENT)`)
})

function faultsOf(list: string): readonly string[] {
  const faults = new Faults()
  expect(readIssuers({ TICKET_ISSUERS: list }, faults)).toEqual([])
  try {
    faults.throwIfAny()
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults
    throw error
  }
  return []
}
