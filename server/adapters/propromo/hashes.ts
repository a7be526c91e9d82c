// Passwords checked here, against the hashes in Propromo's table.
import { createHash } from 'node:crypto'
import type { AccountRow, PasswordCheck } from './accounts.ts'
import type { AccountsDatabase } from './database.ts'
import { isBcrypt, type Passwords } from './passwords.ts'

const DECOY_MILLISECONDS = 600_000
/** A hash of nothing that anyone knows, at Laravel's usual cost, for a database without a single account. */
const NOBODY = '$2y$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcde'

export function hashedPasswords(database: AccountsDatabase, passwords: Passwords, now: () => number): PasswordCheck {
  let decoy: { readonly hash: Promise<string>; readonly until: number } | undefined

  return {
    columns: ['password'],
    async prepare() {
      const decoyHash = await decoyNow()
      return async (_email, password, row) => {
        const own = row?.password !== undefined && isBcrypt(row.password) ? row.password : null
        return (await passwords.verify(password, own ?? decoyHash)) && own !== null
      }
    },
    markOf,
    close: () => passwords.close(),
  }

  /**
   * The hash that an unknown email's password is checked against, so that it takes the time that a known one takes.
   * It is a hash of this database, because the cost may have been changed there.
   */
  function decoyNow(): Promise<string> {
    if (decoy && decoy.until > now()) return decoy.hash
    const hash = usualHash()
    decoy = { hash, until: now() + DECOY_MILLISECONDS }
    hash.catch(() => {
      decoy = undefined
    })
    return hash
  }

  /** One of the newest accounts' hashes, with the cost that most of them have. */
  async function usualHash(): Promise<string> {
    const rows = await database.query<{ password: string }>((sql) =>
      sql.unsafe('SELECT password FROM users ORDER BY id DESC LIMIT 50'),
    )
    const byCost = Map.groupBy(rows.map(({ password }) => password).filter(isBcrypt), (hash) => hash.slice(4, 6))
    const [usual] = [...byCost.values()].sort((a, b) => b.length - a.length)
    return usual?.[0] ?? NOBODY
  }
}

/** A changed password is a changed hash, and so another mark. */
function markOf({ password = '' }: AccountRow): string {
  const mark = createHash('sha256').update('propromo.chat password mark').update(password).digest('base64url')
  return mark.slice(0, 22)
}
