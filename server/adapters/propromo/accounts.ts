// Accounts in Propromo's own tables, over SQL. Reads `users`, `monitors` and `monitor_user`, and writes nothing.
import type { Chat, RoomId } from '../../../protocol/chat.ts'
import type { Account, AccountId, Accounts, Membership } from '../../ports/accounts.ts'
import type { AccountsDatabase } from './database.ts'

/** A row of `users`, with what the check of passwords needs of it besides. */
export interface AccountRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly password?: string
}

/** How a password is checked, and what is remembered of it. */
export interface PasswordCheck {
  /** Columns of `users` that it needs besides id, name and email. */
  readonly columns: readonly 'password'[]
  /**
   * Asked before it is somebody's turn, beside the question for the account. What it gives back is the costly part: whether
   * this is the password of the account in the row, in the same time where there is none.
   */
  prepare(): Promise<(email: string, password: string, row: AccountRow | undefined) => Promise<boolean>>
  /** Changes when a sign-in must end because of the password (see `Account.passwordMark`). */
  markOf(row: AccountRow): string
  close(): void
}

interface MonitorRow {
  readonly monitor_id: string
  readonly monitor_hash: string
  readonly organization_name: string | null
  readonly type: string
  readonly title: string | null
  readonly short_description: string | null
  readonly public: boolean | number | null
  readonly created_at: string | null
  readonly updated_at: string | null
  readonly project_url: string | null
}

/** Columns of `monitors` that an old database may lack. */
const OPTIONAL = [
  'organization_name',
  'title',
  'short_description',
  'public',
  'created_at',
  'updated_at',
  'project_url',
]

export function propromoAccounts(database: AccountsDatabase, passwords: PasswordCheck): Accounts {
  const account = ['CAST(id AS text) AS id', 'name', 'email', ...passwords.columns].join(', ')
  let columns: Promise<string> | undefined

  return {
    async authenticate(email, password, inTurn = (check) => check()) {
      const [row, check] = await Promise.all([byEmail(email), passwords.prepare()])
      const right = await inTurn(() => check(email, password, row))
      return row && right ? accountOf(row) : null
    },

    async findByEmail(email) {
      const row = await byEmail(email)
      return row ? accountOf(row) : null
    },

    async find(id) {
      const row = await byId(id)
      return row ? accountOf(row) : null
    },

    async memberships(id) {
      if (!isId(id)) return []
      const wanted = await monitorColumns()
      const rows = await database.query<MonitorRow>((sql) =>
        sql.unsafe(
          `SELECT ${wanted} FROM monitors AS m JOIN (
             SELECT monitor_id, MIN(id) AS joined FROM monitor_user WHERE user_id = CAST($1 AS bigint) GROUP BY monitor_id
           ) AS u ON u.monitor_id = m.id ORDER BY u.joined`,
          [id],
        ),
      )
      // Two monitors of one hash are one room.
      return [...Map.groupBy(rows, (row) => row.monitor_hash).values()]
        .flatMap(([first]) => first ?? [])
        .map(membershipOf)
    },

    async membership(id, candidates) {
      for (const candidate of candidates) {
        const rooms = await monitorsOf(candidate, id)
        if (rooms.length === 0) continue
        const own = rooms.find(({ ties }) => Number(ties) > 0)
        const row = own ? await byId(id) : undefined
        return own && row ? { account: accountOf(row), membership: membershipOf(own) } : null
      }
      return null
    },

    async members(room) {
      return database.query((sql) =>
        sql.unsafe(
          `SELECT CAST(u.id AS text) AS id, u.name, u.email FROM users AS u JOIN (
             SELECT user_id, MIN(t.id) AS joined FROM monitor_user AS t JOIN monitors AS m ON m.id = t.monitor_id
             WHERE m.monitor_hash = $1 GROUP BY user_id
           ) AS r ON r.user_id = u.id ORDER BY r.joined`,
          [room],
        ),
      )
    },

    async close() {
      passwords.close()
      await database.close()
    },
  }

  async function byEmail(email: string): Promise<AccountRow | undefined> {
    if (email.includes('\0')) return undefined // Postgres has no such text, and so no such account.
    const rows = await database.query<AccountRow>((sql) =>
      sql.unsafe(`SELECT ${account} FROM users WHERE email = $1`, [email]),
    )
    return rows[0]
  }

  async function byId(id: AccountId): Promise<AccountRow | undefined> {
    if (!isId(id)) return undefined
    const rows = await database.query<AccountRow>((sql) =>
      sql.unsafe(`SELECT ${account} FROM users WHERE id = CAST($1 AS bigint)`, [id]),
    )
    return rows[0]
  }

  /** Monitors with this hash, and how often the account is tied to each. More than one would be the same room. */
  async function monitorsOf(hash: RoomId, id: AccountId): Promise<readonly (MonitorRow & { ties: number | string })[]> {
    const wanted = await monitorColumns()
    return database.query((sql) =>
      sql.unsafe(
        `SELECT ${wanted}, (
           SELECT COUNT(*) FROM monitor_user AS u WHERE u.monitor_id = m.id AND u.user_id = CAST($1 AS bigint)
         ) AS ties FROM monitors AS m WHERE m.monitor_hash = $2 ORDER BY m.id`,
        [isId(id) ? id : '0', hash],
      ),
    )
  }

  /** Looked for once: an old database lacks some columns, and what it lacks is null. */
  function monitorColumns(): Promise<string> {
    columns ??= selectable().catch((error) => {
      columns = undefined
      throw error
    })
    return columns
  }

  async function selectable(): Promise<string> {
    const optional = await Promise.all(
      OPTIONAL.map(async (name) => {
        if (!(await database.has('monitors', name))) return `NULL AS ${name}`
        return name.endsWith('_at') ? `CAST(m.${name} AS text) AS ${name}` : `m.${name}`
      }),
    )
    return ['CAST(m.id AS text) AS monitor_id', 'm.monitor_hash', 'm.type', ...optional].join(', ')
  }

  function accountOf(row: AccountRow): Account {
    return { id: row.id, email: row.email, name: row.name, passwordMark: passwords.markOf(row) }
  }
}

function membershipOf(row: MonitorRow): Membership {
  const chat: Chat = {
    monitor_hash: row.monitor_hash,
    organization_name: row.organization_name,
    type: row.type,
    title: row.title,
    short_description: row.short_description,
    public: row.public === null ? null : Boolean(row.public), // SQLite has no booleans, only 0 and 1.
    created_at: dateOf(row.created_at),
    updated_at: dateOf(row.updated_at),
    project_url: row.project_url,
  }
  return { monitorId: row.monitor_id, chat }
}

/** UTC without a fraction: an existing client's date parser knows none (rule L2). */
function dateOf(text: string | null): string | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text ?? '') ?? []
  return day && time ? `${day}T${time}Z` : null
}

function isId(id: AccountId): boolean {
  return /^\d{1,18}$/.test(id)
}
