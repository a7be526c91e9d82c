// Retention in SQLite: it lies in the file that it is about, so that copies of the file carry it.
import { type Gone, MOST_HELD_MILLISECONDS, type Retention } from '../../ports/retention.ts'
import type { Store } from './store.ts'

export function sqliteRetention(store: Store, now: () => number): Retention {
  const own = store.prepare<{ room: string; days: number | null }, []>('SELECT room, days FROM retention')
  const keep = store.prepare<null, [string, number | null]>('INSERT OR REPLACE INTO retention VALUES (?, ?)')
  const usual = store.prepare<null, [string]>('DELETE FROM retention WHERE room = ?')
  const gone = store.prepare<Gone, [string]>('SELECT epoch, offset, upto, many FROM retention_gone WHERE room = ?')
  const reach = store.prepare<null, [string, string, number, number, number]>(
    'INSERT OR REPLACE INTO retention_gone VALUES (?, ?, ?, ?, ?)',
  )
  const take = store.prepare<{ holder: string }, [string, number, number, number]>(
    `INSERT INTO retention_lease VALUES (1, ?, ?)
     ON CONFLICT (only) DO UPDATE SET holder = excluded.holder, until = excluded.until 
     WHERE until <= ? OR until > ? RETURNING holder`,
  )
  const extend = store.prepare<{ holder: string }, [number, string, number]>(
    'UPDATE retention_lease SET until = ? WHERE holder = ? AND until > ? RETURNING holder',
  )

  return {
    own: () =>
      store.read(() => new Map(own.all().map(({ room, days }) => [room, days ?? Number.POSITIVE_INFINITY] as const))),
    keep: (room, days) =>
      store.write(() => {
        if (days === null) usual.run(room)
        else keep.run(room, Number.isFinite(days) ? days : null)
      }),
    gone: (room) => store.read(() => gone.get(room)),
    reach: (room, { epoch, offset, upto, many }) =>
      store.write(() => {
        reach.run(room, epoch, offset, upto, many)
      }),
    take: (holder, milliseconds) =>
      store.write(() => take.get(holder, now() + milliseconds, now(), now() + MOST_HELD_MILLISECONDS) !== null),
    extend: (holder, milliseconds) => store.write(() => extend.get(now() + milliseconds, holder, now()) !== null),
  }
}
