// `audit`: what was noted, as lines of JSON.
import { DAY_MILLISECONDS, instantIn } from '../../protocol/instant.ts'
import { harmless } from '../chat/controls.ts'
import type { Audit, AuditEntry, AuditWhat } from '../ports/audit.ts'
import { type Environment, Misused, obey, readWords } from './asked.ts'
import { print } from './out.ts'
import { withStorage } from './with-storage.ts'

const KINDS: Readonly<Record<AuditWhat, true>> = {
  login: true,
  vouched: true,
  refused: true,
  refused_more: true,
  signed_out_everywhere: true,
  deleted_for_another: true,
  exported: true,
  erased: true,
  expired: true,
  retention_set: true,
}

export const usage = `propromo-chat audit [--since <moment>] [--what <kind>] (from the sources also: npm run --silent audit -- …)

Prints what was noted for the audit, oldest first, one JSON object a line; docs/privacy.md tells what is noted.
--since   a date (2026-05-04), a moment in UTC (2026-05-04T09:30:00Z), or days back from now (7d)
--what    one kind alone: ${Object.keys(KINDS).join(', ')}`

const PAGE = 500

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    const text = { type: 'string' } as const
    const { values } = readWords(args, { since: text, what: text }, [0, 0])
    const since = values.since === undefined ? 0 : momentIn(values.since)
    const { what } = values
    // Nothing of a kind that there is not would look as if nothing had happened.
    if (what !== undefined && !Object.hasOwn(KINDS, what))
      throw new Misused(`Cannot tell what ${JSON.stringify(what)} is`)
    await withStorage(env, ({ audit }) => print(linesOf(audit, since, what)))
    return 0
  })
}

async function* linesOf(audit: Audit, since: number, what: string | undefined): AsyncGenerator<string> {
  for (let after: string | undefined; ; ) {
    const page = await audit.read({ since, limit: PAGE, ...(after === undefined ? {} : { after }) })
    const wanted = page.filter(({ entry }) => what === undefined || entry.what === what)
    yield wanted.map(({ entry }) => `${harmless(JSON.stringify(told(entry)))}\n`).join('')
    after = page.at(-1)?.place
    if (after === undefined) return
  }
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
