// How much is noted of refusals: each wrong password, and of a flood only that there was one.
import { expect, test } from 'bun:test'
import { DAY_MILLISECONDS } from '../../protocol/instant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Audit, AuditEntry } from '../ports/audit.ts'
import { Auditor } from './auditor.ts'

const FROM = { from: '192.0.2.1', request: 'POST /login' }

function auditing(note: (entry: AuditEntry) => void = () => undefined, keepDays = 365) {
  const noted: AuditEntry[] = []
  const forgotten: number[] = []
  const audit: Audit = {
    async note(entry) {
      note(entry)
      noted.push(entry)
    },
    read: async () => [],
    async forget(before) {
      forgotten.push(before)
    },
  }
  const clock = { now: Date.UTC(2026, 4, 4) }
  return { auditor: new Auditor(audit, keepDays, () => clock.now), noted, forgotten, clock }
}

test('a wrong password is noted each time, and anything else once a minute for each address', () => {
  const { auditor, noted, clock } = auditing()
  for (let turn = 0; turn < 3; turn++) {
    auditor.refused('wrong_credentials', FROM)
    auditor.refused('ticket_invalid', FROM)
    auditor.refused('ticket_invalid', { ...FROM, from: '192.0.2.2' })
    auditor.refused('not_found', FROM)
  }
  expect(noted.map(({ code, from }) => `${code} ${from}`).toSorted()).toEqual([
    'ticket_invalid 192.0.2.1',
    'ticket_invalid 192.0.2.2',
    ...Array.from({ length: 3 }, () => 'wrong_credentials 192.0.2.1'),
  ])
  clock.now += 60_000
  auditor.refused('ticket_invalid', FROM)
  expect(noted).toHaveLength(6)
})

test('of a flood from everywhere 300 a minute are noted, and then how many more there were', () => {
  const { auditor, noted, clock } = auditing()
  for (let turn = 0; turn < 1_000; turn++) auditor.refused('wrong_credentials', { ...FROM, from: `address ${turn}` })
  expect(noted).toHaveLength(300)
  clock.now += 60_000
  auditor.refused('wrong_credentials', FROM)
  expect(noted.slice(300).map(({ what, many }) => ({ what, many }))).toEqual([
    { what: 'refused_more', many: 700 },
    { what: 'refused', many: undefined },
  ])
})

test('how many more there were is noted too when nothing is refused any more, and when the chat stops', async () => {
  const { auditor, noted, clock } = auditing()
  const flood = (many: number) => {
    for (let turn = 0; turn < many; turn++) auditor.refused('wrong_credentials', FROM)
  }
  const more = () => noted.flatMap(({ what, many }) => (what === 'refused_more' ? [many] : []))
  flood(1_000)
  auditor.turnMinute()
  expect(more()).toEqual([])
  clock.now += 60_000
  auditor.turnMinute()
  auditor.turnMinute()
  expect(more()).toEqual([700])
  flood(310)
  await auditor.stop()
  await auditor.stop()
  expect(more()).toEqual([700, 10])
})

test('[E2] what was typed as an email is noted only if it looks like one', () => {
  const { auditor, noted } = auditing()
  const typed = [
    'customer@example.com',
    'hunter2',
    'P@ssw0rd',
    'a@b',
    'my p@ss.word',
    'x@y.z1',
    `${'x'.repeat(300)}@e.com`,
  ]
  for (const email of typed) auditor.refused('wrong_credentials', { ...FROM, email })
  expect(noted.map(({ email }) => email)).toEqual(['customer@example.com', ...typed.slice(1).map(() => undefined)])
})

test('what has had its time is forgotten, and nothing where everything is kept', async () => {
  const { auditor, forgotten, clock } = auditing()
  await auditor.sweep()
  expect(forgotten).toEqual([clock.now - 365 * DAY_MILLISECONDS])
  const endless = auditing(undefined, Number.POSITIVE_INFINITY)
  await endless.auditor.sweep()
  expect(endless.forgotten).toEqual([])
})

test('what must not happen without a trace does not, while nothing can be noted', async () => {
  const { auditor } = auditing(() => {
    throw new Refusal('store_unavailable', 'Cannot reach the message store')
  })
  expect(auditor.note({ what: 'exported' })).rejects.toThrow('Cannot reach the message store')
})
