// The audit in Redis: a stream, whose entries Redis itself can neither change nor move.
import type { Audit, AuditEntry } from '../../ports/audit.ts'
import { AUDIT_KEY } from './keys.ts'
import type { Connection } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { listIn, textIn } from './reply.ts'

/** KEYS: the stream. ARGV: when it happened, and the entry. Clocks of processes differ: what is noted later stands later. */
const NOTE = script(
  [
    `
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
return redis.call('XADD', KEYS[1], string.format('%.0f', math.max(last, tonumber(ARGV[1]))) .. '-*', 'entry', ARGV[2])`,
  ],
  { timely: true, durable: true },
)

export function redisAudit(connection: Connection): Audit {
  return {
    async note(entry) {
      await connection.run(NOTE, [AUDIT_KEY], [entry.at, JSON.stringify(entry)])
    },

    async read({ since = 0, after, limit }) {
      for (let from = after === undefined ? `${since}-0` : `(${after}`; ; ) {
        const range = ['XRANGE', AUDIT_KEY, from, '+', 'COUNT', String(limit)]
        const found = listIn(await connection.send(AUDIT_KEY, range, { repeatable: true })).map(notedIn)
        const wanted = found.filter(({ entry }) => entry.at >= since)
        const last = found.at(-1)
        // A page of what was noted late, and happened too early, is no end.
        if (wanted.length > 0 || found.length < limit || !last) return wanted
        from = `(${last.place}`
      }
    },

    async forget(before) {
      const since = Math.max(0, before) // Redis knows no time before 1970.
      await connection.send(AUDIT_KEY, ['XTRIM', AUDIT_KEY, 'MINID', `${since}-0`], { repeatable: true })
    },
  }

  function notedIn(item: Parameters<typeof listIn>[0]) {
    const [place, fields] = listIn(item)
    return { place: textIn(place), entry: JSON.parse(textIn(listIn(fields)[1])) as AuditEntry }
  }
}
