// How far each member has read, in SQLite.
import type { Store } from './store.ts'

export function sqliteReadMarks(store: Store) {
  const move = store.prepare<{ upto: number }, [number, string, number]>(
    `INSERT INTO read_mark (room, email, upto) VALUES (?, ?, ?)
     ON CONFLICT (room, email) DO UPDATE SET upto = max(upto, excluded.upto) RETURNING upto`,
  )
  const all = store.prepare<{ email: string; upto: number }, [number]>(
    'SELECT email, upto FROM read_mark WHERE room = ?',
  )

  const forget = store.prepare<null, [number, string]>('DELETE FROM read_mark WHERE room = ? AND email = ?')

  return {
    forget: (room: number, email: string): void => void forget.run(room, email),
    move: (room: number, email: string, upto: number): number => move.get(room, email, upto)?.upto ?? upto,
    all: (room: number): ReadonlyMap<string, number> => new Map(all.all(room).map(({ email, upto }) => [email, upto])),
  }
}
