// Where the bench happens: Propromo's tables with as many rooms and members as a row asks for, and a secret for tickets.
import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { roomName } from './load/dialects.ts'

export const ISSUER = 'propromo.chat'
export const PASSWORD = 'password'

export interface Crowd {
  readonly rooms: number
  /** Accounts in each room; an account belongs to one room. */
  readonly membersPerRoom: number
}

/** Emails and ids of one length each, so that every frame of a row is of one length. */
export function emailOf(account: number): string {
  return `member.${account}@bench.example`
}

export function accountOf(room: number, member: number, membersPerRoom: number): number {
  return 1_000_000 + room * membersPerRoom + member
}

/** Writes the tables into a new SQLite file. Everyone has the same password, at a cost that a thousand logins can pay. */
export async function furnish(path: string, { rooms, membersPerRoom }: Crowd): Promise<void> {
  const database = new Database(path, { create: true })
  database.exec(readFileSync(join(import.meta.dir, '../dummy/test.sql'), 'utf8'))
  const hash = (await Bun.password.hash(PASSWORD, { algorithm: 'bcrypt', cost: 4 })).replace(/^\$2b\$/, '$2y$')
  const addAccount = database.query(
    "INSERT INTO users (id, name, email, password, auth_type) VALUES (?, ?, ?, ?, 'PROPROMO')",
  )
  const addMonitor = database.query(
    "INSERT INTO monitors (id, type, title, project_identification, monitor_hash) VALUES (?, 'USER', 'Bench', 1, ?)",
  )
  const tie = database.query('INSERT INTO monitor_user (id, monitor_id, user_id) VALUES (?, ?, ?)')
  database.transaction(() => {
    for (let room = 0; room < rooms; room++) {
      const monitor = 1_000_000 + room
      addMonitor.run(monitor, roomName(room))
      for (let member = 0; member < membersPerRoom; member++) {
        const account = accountOf(room, member, membersPerRoom)
        addAccount.run(account, `Member ${account}`, emailOf(account), hash)
        tie.run(account, monitor, account)
      }
    }
  })()
  // Propromo's own Postgres has indexes where its queries need them; without these every join would read whole tables.
  database.exec('CREATE INDEX bench_hash ON monitors (monitor_hash)')
  database.exec('CREATE INDEX bench_user ON monitor_user (user_id)')
  database.exec('CREATE INDEX bench_monitor ON monitor_user (monitor_id)')
  database.close()
}
