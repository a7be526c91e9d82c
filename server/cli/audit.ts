// `audit`: what was noted, as lines of JSON.
import { instantIn } from '../../protocol/instant.ts'
import type { AuditEntry } from '../ports/audit.ts'
import { harmless } from '../watch/lines.ts'
import { type Environment, Misused, obey, readWords } from './asked.ts'
import { withStorage } from './with-storage.ts'

export const usage = `npm run --silent audit -- [--since <moment>] [--what <kind>]

Prints what was noted for the audit, oldest first, one JSON object a line; docs/privacy.md tells what is noted.
--since   a date (2026-05-04), a moment in UTC (2026-05-04T09:30:00Z), or days back from now (7d)
--what    one kind alone: login, vouched, refused, signed_out_everywhere, deleted_for_another, exported, erased,
          expired, retention_set`

const PAGE = 500
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    const text = { type: 'string' } as const
    const { values } = readWords(args, { since: text, what: text }, [0, 0])
    const since = values.since === undefined ? 0 : momentIn(values.since)
    await withStorage(env, async ({ audit }) => {
      for (let after: string | undefined; ; ) {
        const page = await audit.read({ since, limit: PAGE, ...(after === undefined ? {} : { after }) })
        const wanted = page.filter(({ entry }) => values.what === undefined || entry.what === values.what)
        const lines = wanted.map(({ entry }) => harmless(JSON.stringify(told(entry))))
        if (lines.length > 0) console.log(lines.join('\n'))
        after = page.at(-1)?.place
        if (after === undefined) return
      }
    })
    return 0
  })
}

function told({ at, cutoff, ...rest }: AuditEntry) {
  const before = cutoff === undefined ? {} : { cutoff: new Date(cutoff).toISOString() }
  return { at: new Date(at).toISOString(), ...rest, ...before }
}

function momentIn(held: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(held) ?? []
  if (days) return Date.now() - Number(days) * DAY_MILLISECONDS
  const moment = instantIn(/^\d{4}-\d\d-\d\d$/.test(held) ? `${held}T00:00:00Z` : held)
  if (moment !== null) return moment
  throw new Misused(`Cannot tell when ${JSON.stringify(held)} is`)
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
