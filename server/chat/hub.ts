// The rooms alive in this process.
import type { RoomId } from '../../protocol/chat.ts'
import { CLOSE } from '../../protocol/close.ts'
import type { Draft } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { AccountId, Accounts, Membership } from '../ports/accounts.ts'
import { Room, type RoomParts } from './room.ts'
import { endedAmong } from './standing.ts'

/** An empty room is kept this long, for whoever is on the way in and for those who come right back. */
const EMPTY_ROOM_MILLISECONDS = 60_000
/** Membership that ends, ends: open rooms look this often (close code 4503 promises 60 s). */
export const SWEEP_MILLISECONDS = 30_000
/** The word of a sign-in that ended may be lost: those that opened a socket are asked after this often (rule L9). */
export const SIGN_INS_MILLISECONDS = 60_000
/** Open rooms compare themselves with the log this often: what was lost on the way is told within 10 s, however silent the room. */
export const LOOK_MILLISECONDS = 5_000

interface Entry {
  readonly opening: Promise<Room>
  room?: Room
  wantedAt: number
  membersReadAt: number
}

export class Hub {
  readonly #accounts: Accounts
  readonly #parts: RoomParts
  readonly #clock: () => number
  readonly #entries = new Map<RoomId, Entry>()
  #sweeping = false
  #asking = false

  constructor(accounts: Accounts, parts: RoomParts, clock: () => number) {
    this.#accounts = accounts
    this.#parts = parts
    this.#clock = clock
  }

  /** The one room of this membership in this process, opened if need be, with a list of members that has the account in it. */
  async open({ chat }: Membership, account: AccountId): Promise<Room> {
    const entry = this.#entries.get(chat.monitor_hash) ?? this.#begin(chat.monitor_hash)
    entry.wantedAt = this.#clock()
    const room = await entry.opening
    if (room.audience.sessions.size === 0) await room.look() // Nobody was there to notice what it has missed, also while it was opened.
    const stale = this.#clock() - entry.membersReadAt > SWEEP_MILLISECONDS
    if (stale || !room.people.members.some(({ id }) => id === account)) await this.#readMembers(entry, room)
    return room
  }

  /** Keeps what happens in a room without any of its sessions, and tells whoever is there (rule R3). */
  async keep(id: RoomId, draft: Draft): Promise<void> {
    const stored = await this.#parts.log.append(id, draft)
    this.#entries.get(id)?.room?.hear(stored)
  }

  /** How many rooms are alive here. */
  get size(): number {
    return this.#entries.size
  }

  /** Closes every session that one of the sign-ins opened (rule L9). */
  signOut(signIns: readonly string[]): void {
    const ended: ReadonlySet<string | null> = new Set(signIns)
    for (const { room } of this.#entries.values())
      room?.audience.close(CLOSE.signedOut, (session) => ended.has(session.signIn))
  }

  /** Closes the sessions of sign-ins that have ended without a word of it. Asks once for each, and once at a time. */
  async signOutEnded(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      for await (const ended of endedAmong(this.#signIns(), this.#parts)) if (ended.length > 0) this.signOut(ended)
    } finally {
      this.#asking = false
    }
  }

  /** Sends everyone away, to come back after the restart. */
  drain(): void {
    for (const { room } of this.#entries.values()) room?.audience.close(CLOSE.restarting)
  }

  /** Finds what rooms where somebody is have not heard (rule R5). Resolves when the log has answered for each, or cannot. */
  async look(): Promise<void> {
    const rooms = [...this.#entries.values()].flatMap(({ room }) =>
      room && room.audience.sessions.size > 0 ? room : [],
    )
    const looks = await Promise.allSettled(rooms.map((room) => room.look()))
    const failed = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : []))
    const unexpected = failed.find((reason) => !(reason instanceof Refusal))
    if (unexpected) throw unexpected
  }

  /** Lets go of rooms where nobody has been for a while, and of people who are members no longer. One sweep at a time. */
  async sweep(): Promise<void> {
    if (this.#sweeping) return
    this.#sweeping = true
    try {
      await Promise.all([...this.#entries].map(([id, entry]) => this.#lookAfter(id, entry)))
    } finally {
      this.#sweeping = false
    }
  }

  #signIns(): ReadonlySet<string> {
    const signIns = new Set<string>()
    for (const { room } of this.#entries.values()) {
      for (const { signIn } of room?.audience.sessions ?? []) if (signIn !== null) signIns.add(signIn)
    }
    return signIns
  }

  async #lookAfter(id: RoomId, entry: Entry): Promise<void> {
    const { room } = entry
    if (room && room.audience.sessions.size > 0) {
      entry.wantedAt = this.#clock()
      await this.#closeFormerMembers(entry, room)
    } else if (this.#clock() - entry.wantedAt > EMPTY_ROOM_MILLISECONDS) {
      this.#entries.delete(id)
      room?.close()
    }
  }

  #begin(id: RoomId): Entry {
    const opening = Room.open(id, this.#parts)
    const entry: Entry = { opening, wantedAt: this.#clock(), membersReadAt: Number.NEGATIVE_INFINITY }
    this.#entries.set(id, entry)
    opening.then(
      (room) => {
        entry.room = room
      },
      () => this.#entries.delete(id), // Whoever waits for it is told why; the next who comes tries anew.
    )
    return entry
  }

  /** An answer that was asked for earlier than one that is here already is left aside. */
  async #readMembers(entry: Entry, room: Room): Promise<void> {
    const askedAt = this.#clock()
    const members = await this.#accounts.members(room.id)
    if (askedAt < entry.membersReadAt) return
    room.people.members = members
    entry.membersReadAt = askedAt
  }

  async #closeFormerMembers(entry: Entry, room: Room): Promise<void> {
    // Whoever comes in while the members are read has been looked up later than that.
    const here = new Set(room.audience.sessions)
    try {
      await this.#readMembers(entry, room)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'accounts_unavailable') return // Open sockets go on (rule L7).
      throw error
    }
    const members = new Set(room.people.members.map(({ id }) => id))
    room.audience.close(CLOSE.noAccess, (session) => here.has(session) && !members.has(session.account))
  }
}
