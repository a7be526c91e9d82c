// The ledger in SQLite. What has expired is cleared out now and then, in the same commits as everything else.
import {
  type Ledger,
  MOST_AHEAD_MILLISECONDS,
  SET_BACK_MILLISECONDS,
  type SignIn,
  type StandingSignIn,
  type Tally,
} from '../../ports/ledger.ts'
import type { Store } from './store.ts'

interface SignInRow {
  readonly id: string
  readonly secret_hash: string
  readonly account: string
  readonly password_mark: string
  readonly expires_at: number
}

interface StandingRow {
  readonly id: string
  readonly expires_at: number
  readonly started_at: number | null
  readonly address: string | null
  readonly device: string | null
}

const CLEAR_EVERY_MILLISECONDS = 60_000

export function sqliteLedger(store: Store, now: () => number): Ledger {
  const spend = store.prepare<null, [string, string, number]>('INSERT OR IGNORE INTO spent_ticket VALUES (?, ?, ?)')
  const spent = store.prepare<object, [string, string]>('SELECT 1 FROM spent_ticket WHERE jti = ? AND room = ?')
  const start = store.prepare<null, [string, string, string, string, number]>(
    'INSERT INTO sign_in (secret_hash, id, account, password_mark, expires_at) VALUES (?, ?, ?, ?, ?)',
  )
  const noteStart = store.prepare<null, [string, number, string, string]>(
    'INSERT INTO sign_in_start (id, started_at, address, device) VALUES (?, ?, ?, ?)',
  )
  const ofAccount = store.prepare<StandingRow, [string, number]>(
    `SELECT id, expires_at, started_at, address, device FROM sign_in LEFT JOIN sign_in_start USING (id)
     WHERE account = ? AND expires_at > ?`,
  )
  const endOne = store.prepare<object, [string, string, number]>(
    'DELETE FROM sign_in WHERE account = ? AND id = ? AND expires_at > ? RETURNING id',
  )
  const renew = store.prepare<SignInRow, [number, string, number]>(
    'UPDATE sign_in SET expires_at = ? WHERE secret_hash = ? AND expires_at > ? RETURNING *',
  )
  const end = store.prepare<SignInRow, [string, number]>(
    'DELETE FROM sign_in WHERE secret_hash = ? AND expires_at > ? RETURNING *',
  )
  const endWith = store.prepare<{ id: string }, [string, number]>(
    `DELETE FROM sign_in WHERE account = (SELECT account FROM sign_in WHERE secret_hash = ?1 AND expires_at > ?2)
     AND expires_at > ?2 RETURNING id`,
  )
  const stands = store.prepare<object, [string, number]>('SELECT 1 FROM sign_in WHERE id = ? AND expires_at > ?')
  const count = store.prepare<Tally, [string, number, number, number]>(
    `INSERT INTO counted VALUES (?1, 1, ?3, ?2)
     ON CONFLICT (subject) DO UPDATE SET
       count = CASE WHEN until <= ?3 OR since > ?4 THEN 1 ELSE count + 1 END,
       since = CASE WHEN until <= ?3 OR since > ?4 THEN excluded.since ELSE since END,
       until = CASE WHEN until <= ?3 OR since > ?4 THEN excluded.until ELSE until END
     RETURNING count, until`,
  )
  const tally = store.prepare<Tally, [string, number, number]>(
    'SELECT count, until FROM counted WHERE subject = ? AND until > ? AND since <= ?',
  )
  const forget = store.prepare<null, [string]>('DELETE FROM counted WHERE subject = ?')
  const clearSpent = store.prepare<null, [number]>('DELETE FROM spent_ticket WHERE expires_at <= ?')
  const clear = [
    'DELETE FROM sign_in WHERE expires_at <= ?',
    'DELETE FROM counted WHERE until <= ?',
    'DELETE FROM tally WHERE until <= ?',
  ].map((sql) => store.prepare<null, [number]>(sql))
  let clearAt = 0

  return {
    spend: (jti, room, expiresAt) =>
      store.write(() => {
        clearOut()
        return spend.run(jti, room, expiresAt).changes === 1
      }),
    spent: (jti, room) => store.read(() => spent.get(jti, room) !== null),

    startSignIn: (signIn, from) =>
      store.write(() => {
        start.run(signIn.secretHash, signIn.id, signIn.account, signIn.passwordMark, signIn.expiresAt)
        if (from) noteStart.run(signIn.id, from.startedAt, from.address, from.device)
      }),
    renewSignIn: (secretHash, expiresAt) => store.write(() => signInOf(renew.get(expiresAt, secretHash, now()))),
    endSignIn: (secretHash) => store.write(() => signInOf(end.get(secretHash, now()))),
    endSignInsWith: (secretHash) => store.write(() => endWith.all(secretHash, now()).map(({ id }) => id)),
    signInsOf: (account) => store.read(() => ofAccount.all(account, now()).map(standingOf)),
    endSignInOf: (account, id) => store.write(() => endOne.get(account, id, now()) !== null),
    signedIn: (id) => store.read(() => stands.get(id, now()) !== null),

    count: (subject, windowMilliseconds) =>
      store.write(() => {
        clearOut()
        const until = now() + windowMilliseconds
        return count.get(subject, until, now(), now() + MOST_AHEAD_MILLISECONDS) ?? { count: 1, until }
      }),
    tallies: (subjects) =>
      store.read(() =>
        subjects.map(
          (subject) => tally.get(subject, now(), now() + MOST_AHEAD_MILLISECONDS) ?? { count: 0, until: now() },
        ),
      ),
    forget: (subject) =>
      store.write(() => {
        forget.run(subject)
      }),
  }

  function clearOut(): void {
    const isSoon = now() < clearAt && now() > clearAt - 2 * CLEAR_EVERY_MILLISECONDS // Else the clock was set back.
    if (isSoon) return
    clearAt = now() + CLEAR_EVERY_MILLISECONDS
    clearSpent.run(now() - SET_BACK_MILLISECONDS)
    for (const statement of clear) statement.run(now())
  }
}

function standingOf({
  id,
  expires_at: expiresAt,
  started_at: startedAt,
  address,
  device,
}: StandingRow): StandingSignIn {
  const noted = startedAt !== null && address !== null && device !== null
  return { id, expiresAt, start: noted ? { startedAt, address, device } : null }
}

function signInOf(row: SignInRow | null): SignIn | null {
  if (!row) return null
  const { id, secret_hash: secretHash, account, password_mark: passwordMark, expires_at: expiresAt } = row
  return { id, secretHash, account, passwordMark, expiresAt }
}
