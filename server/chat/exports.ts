// Who may take a room with them: its owner alone, with a sign-in of theirs, and each export one at a time.
import type { RoomId } from '../../protocol/chat.ts'
import { roomsOfSegment } from '../../protocol/room-id.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Log } from '../ports/log.ts'
import type { Auditor } from './auditor.ts'
import { type ExportFormat, type ExportLanguage, exported } from './export.ts'
import { noAccess, type SignIns } from './sign-in.ts'

export interface ExportWanted {
  readonly secret: string | undefined
  /** Names the room as the path does. */
  readonly segment: string
  readonly format: ExportFormat
  readonly language: ExportLanguage
  /** The address that asks. */
  readonly from: string
  /** Whether only how it would be answered is asked for: then nothing leaves. */
  readonly headOnly: boolean
}

export interface Exporting {
  readonly room: RoomId
  readonly at: number
  readonly pieces: AsyncGenerator<string>
}

export class Exports {
  readonly #signIns: SignIns
  readonly #accounts: Accounts
  readonly #log: Log
  readonly #auditor: Auditor
  readonly #now: () => number
  /** The latest export of each kind: what begins anew ends the one before it, so that nobody has many of them read at once. */
  readonly #latest = new Map<string, object>()

  constructor(parts: { signIns: SignIns; accounts: Accounts; log: Log; auditor: Auditor; now: () => number }) {
    this.#signIns = parts.signIns
    this.#accounts = parts.accounts
    this.#log = parts.log
    this.#auditor = parts.auditor
    this.#now = parts.now
  }

  /** Throws `Refusal`: `signed_out`; `no_access` to everybody but the room's owner (rule R7), as if there were no such room. */
  async begin({ secret, segment, format, language, from, headOnly }: ExportWanted): Promise<Exporting> {
    const account = await this.#signIns.whose(secret)
    const found = await this.#accounts.membership(account.id, roomsOfSegment(segment))
    if (!found) throw noAccess()
    const { chat } = found.membership
    const { monitor_hash: room } = chat
    const members = await this.#accounts.members(room)
    if (members[0]?.id !== account.id) throw noAccess()

    // Before the first line, so that nothing leaves without a trace; and a store that does not answer is told by the status.
    const { id, email } = account
    if (!headOnly) await this.#auditor.note({ what: 'exported', account: id, email, from, room, format })
    const at = this.#now()
    const names = new Map(members.map(({ email, name }) => [email, name]))
    const pieces = exported(this.#log, { room: chat, names, language, at }, format)
    return { room, at, pieces: this.#only(JSON.stringify([id, room, format]), pieces) }
  }

  async *#only(name: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
    const me = {}
    this.#latest.set(name, me)
    try {
      for await (const piece of pieces) {
        if (this.#latest.get(name) !== me) throw new Error('another export of the same room took its place')
        yield piece
      }
    } finally {
      if (this.#latest.get(name) === me) this.#latest.delete(name)
    }
  }
}
