// The audit in SQLite: a table that its own triggers keep from being changed (schema.ts).
import type { Audit, AuditEntry } from '../../ports/audit.ts'
import type { Store } from './store.ts'

interface Row {
  readonly seq: number
  readonly entry: string
}

export function sqliteAudit(store: Store): Audit {
  const add = store.prepare<null, [number, string]>('INSERT INTO audit (at, entry) VALUES (?, ?)')
  const some = store.prepare<Row, [number, number, number]>(
    'SELECT seq, entry FROM audit WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?',
  )
  const keepSince = store.prepare<null, [number]>('UPDATE audit_kept SET since = max(since, ?)')
  const forgetOld = store.prepare<null, [number]>('DELETE FROM audit WHERE at < ?')

  return {
    note: (entry) =>
      store.write(() => {
        add.run(entry.at, JSON.stringify(entry))
      }),
    read: ({ since = 0, after, limit }) =>
      store.read(() =>
        some.all(after === undefined ? 0 : Number(after), since, limit).map(({ seq, entry }) => ({
          place: String(seq),
          entry: JSON.parse(entry) as AuditEntry,
        })),
      ),
    forget: (before) =>
      store.write(() => {
        keepSince.run(before)
        forgetOld.run(before)
      }),
  }
}
