// Propromo's own side: accounts, monitors and memberships that a test puts into its tables.
import { SQL } from 'bun'
import type { Chat } from '../../protocol/chat.ts'
import { PASSWORD, ROOM } from './people.ts'
import type { Postgres } from './postgres.ts'

/** The demo monitor whose hash holds a literal percent sign, as Propromo makes them now. */
export const RAILWAY =
  'JGFyZ29uMmlkJHY9MTkkbT01MTYsdD0yLHA9MiRmd1ZVMS9oY1VpSDZiOVEwWS9xRERBJDN0WXdmVlJ2cmNFRHdaL0dQVkpxMkoxRFNsRXh3L0xTWHh6bU1FajFEWTg%3D'

/** What the demo monitors are told as (rule L2). */
export const BAKERY_CHAT: Chat = {
  monitor_hash: ROOM,
  organization_name: 'grussmehl-online',
  type: 'ORGANIZATION',
  title: 'Grüßmehl bakery: web shop',
  short_description:
    'Order bread, rolls and cakes online, choose a time, fetch them in the café or have them delivered.',
  public: true,
  created_at: '2026-02-09T08:12:40Z',
  updated_at: '2026-10-16T05:00:12Z',
  project_url: 'https://github.com/orgs/grussmehl-online/projects/3',
}
export const RAILWAY_CHAT: Chat = {
  monitor_hash: RAILWAY,
  organization_name: null,
  type: 'USER',
  title: 'Wendelgrund heritage railway',
  short_description: null,
  public: false,
  created_at: '2026-03-03T10:26:55Z',
  updated_at: '2026-10-15T05:00:09Z',
  project_url: 'https://github.com/users/linnea-vossberg/projects/2',
}

/** Columns of `monitors`; what is left out is null. */
export interface MonitorColumns {
  readonly monitor_hash: string
  readonly title?: string
  readonly short_description?: string
  readonly organization_name?: string
  readonly project_url?: string
  readonly pat_token?: string
}

/** A bcrypt hash as Laravel writes it, at the lowest cost there is unless another is asked for. */
export async function laravelHash(password: string, options: { cost?: number; prefix?: string } = {}): Promise<string> {
  const hash = await Bun.password.hash(password, { algorithm: 'bcrypt', cost: options.cost ?? 4 })
  return hash.replace(/^\$2b\$/, options.prefix ?? '$2y$')
}

export class Propromo {
  /** For what has no verb of its own here. */
  readonly sql: SQL
  #lastId = 1000

  constructor(postgres: Postgres) {
    this.sql = new SQL({ url: postgres.url, adapter: 'postgres', max: 4 })
  }

  /** The demo accounts keep their password, at a cost that a test can pay hundreds of times. */
  async makeLoginsCheap(): Promise<void> {
    await this.sql`UPDATE users SET password = ${await laravelHash(PASSWORD)} WHERE auth_type <> 'GITHUB'`
    await this.sql`UPDATE users SET password = ${await laravelHash(crypto.randomUUID())} WHERE auth_type = 'GITHUB'`
  }

  /** An unknown email costs what most of the newest accounts do. */
  async makeUnknownEmailsCheap(): Promise<void> {
    const hash = await laravelHash(crypto.randomUUID())
    for (let number = 0; number < 10; number++) await this.addAccount(`newest${number}@example.com`, hash)
  }

  /** A new account with this stored hash, which follows these monitors. */
  async addAccount(email: string, hash: string, ...rooms: readonly string[]): Promise<void> {
    await this.sql`INSERT INTO users (id, name, email, password, auth_type)
      VALUES (${++this.#lastId}, 'Somebody', ${email}, ${hash}, 'PROPROMO')`
    for (const room of rooms) await this.join(email, room)
  }

  async addMonitor(columns: MonitorColumns): Promise<void> {
    await this.sql`INSERT INTO monitors ${this.sql({
      id: ++this.#lastId,
      type: 'USER',
      project_identification: 1,
      ...columns,
    })}`
  }

  async join(email: string, room: string): Promise<void> {
    await this.sql`INSERT INTO monitor_user (id, monitor_id, user_id)
      SELECT ${++this.#lastId}, m.id, u.id FROM monitors AS m, users AS u
      WHERE m.monitor_hash = ${room} AND u.email = ${email}`
  }

  async leave(email: string, room: string): Promise<void> {
    await this.sql`DELETE FROM monitor_user
      WHERE user_id = (SELECT id FROM users WHERE email = ${email})
      AND monitor_id IN (SELECT id FROM monitors WHERE monitor_hash = ${room})`
  }

  async deleteAccount(email: string): Promise<void> {
    await this.sql`DELETE FROM monitor_user WHERE user_id = (SELECT id FROM users WHERE email = ${email})`
    await this.sql`DELETE FROM users WHERE email = ${email}`
  }

  async setHash(email: string, hash: string): Promise<void> {
    await this.sql`UPDATE users SET password = ${hash} WHERE email = ${email}`
  }

  /** Takes these tables away while `work` goes on. */
  async without<Result>(tables: readonly string[], work: () => Promise<Result>): Promise<Result> {
    for (const table of tables) await this.sql.unsafe(`ALTER TABLE ${table} RENAME TO ${table}_elsewhere`)
    try {
      return await work()
    } finally {
      for (const table of tables) await this.sql.unsafe(`ALTER TABLE ${table}_elsewhere RENAME TO ${table}`)
    }
  }

  /** Holds up every question about this table until what it gives back is called. */
  async holdUp(table: string): Promise<() => Promise<void>> {
    const connection = await this.sql.reserve()
    await connection.unsafe(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
    return async () => {
      await connection.unsafe('ROLLBACK')
      connection.release()
    }
  }

  /** Waits until the chat has asked something that is held up, and gives back the processes that wait. */
  async heldUp(): Promise<readonly number[]> {
    for (let attempt = 0; attempt < 500; attempt++) {
      const rows: { pid: number }[] = await this.sql`SELECT pid FROM pg_stat_activity
        WHERE application_name = 'propromo-chat' AND wait_event_type = 'Lock'`
      if (rows.length > 0) return rows.map(({ pid }) => pid)
      await Bun.sleep(10)
    }
    throw new Error('the chat asked nothing that is held up')
  }

  async close(): Promise<void> {
    await this.sql.close({ timeout: 0 })
  }
}
