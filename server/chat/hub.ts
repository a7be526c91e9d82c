// The rooms alive in this process.
import type { RoomId } from '../../protocol/chat.ts'
import { CLOSE } from '../../protocol/close.ts'
import type { Draft } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { AccountId, Accounts, Membership } from '../ports/accounts.ts'
import { Room, type RoomParts } from './room.ts'
import type { Session } from './session.ts'
import { endedAmong } from './standing.ts'

/** An empty room is kept this long, for whoever is on the way in and for those who come right back. */
const EMPTY_ROOM_MILLISECONDS = 60_000
/** Membership that ends, ends: open rooms look this often (close code 4503 promises 60 s). */
export const SWEEP_MILLISECONDS = 30_000
/** The word of a sign-in that ended may be lost: those that opened a socket are asked after this often (rule L9). */
export const SIGN_INS_MILLISECONDS = 60_000
/** Open rooms compare themselves with the log this often: what was lost on the way is told within 10 s, however silent the room. */
export const LOOK_MILLISECONDS = 5_000
/** Thousands of rooms may be open, and whoever talks meanwhile is not to wait until all are compared. */
const COMPARED_AT_ONCE = 64
/** Nor is whoever logs in to wait for the members of all of them: each is a question for the accounts. */
const ASKED_AT_ONCE = 4

interface Entry {
  readonly opening: Promise<Room>
  room?: Room
  wantedAt: number
  membersReadAt: number
  reading?: Promise<void> | undefined
}

/** A room where somebody is. */
interface Occupied {
  readonly entry: Entry
  readonly room: Room
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
    const isListed = () => room.people.members.some(({ id }) => id === account)
    const stale = this.#clock() - entry.membersReadAt > SWEEP_MILLISECONDS
    if (stale || !isListed()) await this.#readMembersOnce(entry, room)
    if (!isListed()) await this.#readMembersOnce(entry, room) // That may have begun before they belonged to it.
    return room
  }

  /** Whether this is still the room of its name here; if so it stays that for a while, for whoever is about to join. */
  isAlive(room: Room): boolean {
    const entry = this.#entries.get(room.id)
    if (entry?.room !== room) return false
    entry.wantedAt = this.#clock()
    return true
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
    const looks: Promise<unknown>[] = []
    for (const { room } of this.#occupied()) {
      if (looks.length % COMPARED_AT_ONCE === 0) await new Promise<void>((resolve) => this.#parts.after(0, resolve))
      // A room that has to wait for its log keeps no other waiting.
      looks.push(room.look().catch((error: unknown) => error))
    }
    const faults = (await Promise.all(looks)).filter((fault) => fault !== undefined)
    const unexpected = faults.find((fault) => !(fault instanceof Refusal))
    if (unexpected) throw unexpected
  }

  /** Lets go of rooms where nobody has been for a while, and of people who are members no longer. One sweep at a time. */
  async sweep(): Promise<void> {
    if (this.#sweeping) return
    this.#sweeping = true
    try {
      for (const [id, entry] of this.#entries) this.#letGoIfEmpty(id, entry)
      const occupied = this.#occupied().values()
      await Promise.all(Array.from({ length: ASKED_AT_ONCE }, () => this.#closeFormerMembers(occupied)))
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

  #occupied(): readonly Occupied[] {
    return [...this.#entries.values()].flatMap((entry) => {
      const { room } = entry
      return room && room.audience.sessions.size > 0 ? { entry, room } : []
    })
  }

  #letGoIfEmpty(id: RoomId, entry: Entry): void {
    const { room } = entry
    if (room && room.audience.sessions.size > 0) {
      entry.wantedAt = this.#clock()
    } else if (room && this.#clock() - entry.wantedAt > EMPTY_ROOM_MILLISECONDS) {
      this.#entries.delete(id)
      room.close()
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

  /** For everybody who comes in meanwhile. */
  #readMembersOnce(entry: Entry, room: Room): Promise<void> {
    entry.reading ??= this.#readMembers(entry, room).finally(() => {
      entry.reading = undefined
    })
    return entry.reading
  }

  /** An answer that was asked for earlier than one that is here already is left aside. */
  async #readMembers(entry: Entry, room: Room): Promise<void> {
    const askedAt = this.#clock()
    const members = await this.#accounts.members(room.id)
    if (askedAt < entry.membersReadAt) return
    room.people.members = members
    entry.membersReadAt = askedAt
  }

  /** One room after the other, until none is left or the accounts do not answer: open sockets go on (rule L7). */
  async #closeFormerMembers(rooms: Iterator<Occupied>): Promise<void> {
    for (let next = rooms.next(); !next.done; next = rooms.next()) {
      const { entry, room } = next.value
      // Whoever comes in while the members are read has been looked up later than that.
      const here = new Set(room.audience.sessions)
      try {
        await this.#readMembers(entry, room)
      } catch (error) {
        if (error instanceof Refusal && error.code === 'accounts_unavailable') return
        throw error
      }
      const emails = new Map(room.people.members.map(({ id, email }) => [id, email]))
      room.audience.close(CLOSE.noAccess, (session) => here.has(session) && !emails.has(session.account))
      // All that they do bears their email, so whoever has another by now comes back to have it.
      const isRenamed = ({ account, member }: Session) => emails.get(account) !== member.email
      room.audience.close(CLOSE.outOfStep, (session) => here.has(session) && isRenamed(session))
    }
  }
}
