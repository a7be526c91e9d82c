// What every audit has to do: keep all that was noted, in order, until its time is over.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Audit, AuditEntry } from './audit.ts'

export interface AuditUnderTest {
  readonly audit: Audit
  close(): Promise<void>
}

const START = Date.UTC(2026, 4, 4)

/** `make` gives an empty audit. */
export function auditContract(name: string, make: () => Promise<AuditUnderTest>): void {
  describe(`the audit in ${name}`, () => {
    let under: AuditUnderTest
    let audit: Audit

    beforeEach(async () => {
      under = await make()
      audit = under.audit
    })
    afterEach(() => under.close())

    const noted = (minute: number, more: Partial<AuditEntry> = {}): AuditEntry => {
      return { at: START + minute * 60_000, what: 'login', email: `${minute}@example.com`, ...more }
    }
    const entries = async (range: { since?: number; after?: string; limit?: number } = {}) =>
      (await audit.read({ limit: 100, ...range })).map(({ entry }) => entry)

    test('what was noted is read to the letter, in the order in which it was noted', async () => {
      const all: AuditEntry[] = [
        noted(1, { account: '7', from: '2001:db8::1', request: 'POST /login' }),
        noted(2, { what: 'refused', code: 'ticket_spent', email: '"ö\u0000😀\n@example.com' }),
        noted(3, { what: 'erased', many: 12_345, by: 'operator', room: 'a/b%3D' }),
      ]
      for (const entry of all) await audit.note(entry)
      expect(await entries()).toEqual(all)
    })

    test('of what is noted at once nothing is lost', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, many) => audit.note(noted(1, { many }))))
      const many = (await entries()).map((entry) => entry.many ?? -1)
      expect(many.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, index) => index))
    })

    test('it is read from a moment on, and page by page', async () => {
      for (let minute = 0; minute < 10; minute++) await audit.note(noted(minute))
      expect(await entries({ since: noted(7).at })).toEqual([noted(7), noted(8), noted(9)])
      expect(await entries({ since: noted(7).at + 1 })).toEqual([noted(8), noted(9)])
      const walked: AuditEntry[] = []
      for (let after: string | undefined; ; ) {
        const page = await audit.read({ since: noted(2).at, limit: 3, ...(after === undefined ? {} : { after }) })
        walked.push(...page.map(({ entry }) => entry))
        after = page.at(-1)?.place
        if (page.length < 3) break
      }
      expect(walked).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((minute) => noted(minute)))
    })

    test('a clock that steps back loses nothing', async () => {
      await audit.note(noted(5))
      await audit.note(noted(3))
      await audit.note(noted(6))
      expect(await entries()).toEqual([noted(5), noted(3), noted(6)])
      expect(await entries({ since: noted(5).at })).toEqual([noted(5), noted(6)])
    })

    test('nothing is forgotten that is kept since before 1970', async () => {
      await audit.note(noted(1))
      for (const before of [0, -1, -36_500 * 24 * 60 * 60 * 1000]) await audit.forget(before)
      expect(await entries()).toEqual([noted(1)])
    })

    test('only what has had its time is forgotten', async () => {
      for (let minute = 0; minute < 10; minute++) await audit.note(noted(minute))
      await audit.forget(noted(4).at)
      expect(await entries()).toEqual([4, 5, 6, 7, 8, 9].map((minute) => noted(minute)))
      await audit.forget(noted(2).at)
      await audit.note(noted(10))
      expect(await entries()).toHaveLength(7)
      await audit.forget(noted(60).at)
      expect(await entries()).toEqual([])
      await audit.note(noted(61))
      expect(await entries()).toEqual([noted(61)])
    })
  })
}
