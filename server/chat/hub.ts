// The rooms alive in this process.
import type { RoomId } from '../../protocol/chat.ts'
import { CLOSE } from '../../protocol/close.ts'
import type { Draft } from '../../protocol/event.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Account, Accounts, Membership } from '../ports/accounts.ts'
import { Room, type RoomParts } from './room.ts'
import { Roster } from './roster.ts'
import { endedAmong } from './standing.ts'

/** An empty room is kept this long, for whoever is on the way in and for those who come right back. */
const EMPTY_ROOM_MILLISECONDS = 60_000
/** The word of a sign-in that ended may be lost: those that opened a socket are asked after this often (rule L9). */
export const SIGN_INS_MILLISECONDS = 60_000
/** Open rooms compare themselves with the log this often: what was lost on the way is told within 10 s, however silent the room. */
export const LOOK_MILLISECONDS = 5_000
/** Thousands of rooms may be open, and whoever talks meanwhile is not to wait until all are compared. */
const BEGUN_AT_ONCE = 64
/** Nor is whoever logs in to wait for the members of all of them: each is a question for the accounts. */
const ASKED_AT_ONCE = 4

interface Entry {
  readonly opening: Promise<Opened>
  opened?: Opened
  wantedAt: number
}

interface Opened {
  readonly room: Room
  readonly roster: Roster
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
  async open({ chat }: Membership, account: Pick<Account, 'id' | 'email'>): Promise<Room> {
    const entry = this.#entries.get(chat.monitor_hash) ?? this.#begin(chat.monitor_hash)
    entry.wantedAt = this.#clock()
    const { room, roster } = await entry.opening
    if (room.audience.sessions.size === 0) await room.look() // Nobody was there to notice what it has missed, also while it was opened.
    await roster.list(account)
    return room
  }

  /** Whether this is still the room of its name here; if so it stays that for a while, for whoever is about to join. */
  isAlive(room: Room): boolean {
    const entry = this.#entries.get(room.id)
    if (entry?.opened?.room !== room) return false
    entry.wantedAt = this.#clock()
    return true
  }

  /** Keeps what happens in a room without any of its sessions, and tells whoever is there (rule R3). */
  async keep(id: RoomId, draft: Draft): Promise<void> {
    const stored = await this.#parts.log.append(id, draft)
    this.#entries.get(id)?.opened?.room.hear(stored)
  }

  /** How many rooms are alive here. */
  get size(): number {
    return this.#entries.size
  }

  /** Closes every session that one of the sign-ins opened (rule L9). */
  signOut(signIns: readonly string[]): void {
    const ended: ReadonlySet<string | null> = new Set(signIns)
    for (const { room } of this.#opened) room.audience.close(CLOSE.signedOut, (session) => ended.has(session.signIn))
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
    for (const { room } of this.#opened) room.audience.close(CLOSE.restarting)
  }

  /** Finds what rooms where somebody is have not heard (rule R5). Resolves when the log has answered for each, or cannot. */
  async look(): Promise<void> {
    const looks: Promise<unknown>[] = []
    for (const { room } of this.#occupied()) {
      if (looks.length % BEGUN_AT_ONCE === 0) await new Promise<void>((resolve) => this.#parts.after(0, resolve))
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
      const asking = await Promise.allSettled(Array.from({ length: ASKED_AT_ONCE }, () => this.#showOut(occupied)))
      const fault = asking.find(({ status }) => status === 'rejected')
      if (fault?.status === 'rejected') throw fault.reason
    } finally {
      this.#sweeping = false
    }
  }

  #signIns(): ReadonlySet<string> {
    const signIns = new Set<string>()
    for (const { room } of this.#opened) {
      for (const { signIn } of room.audience.sessions) if (signIn !== null) signIns.add(signIn)
    }
    return signIns
  }

  get #opened(): readonly Opened[] {
    return [...this.#entries.values()].flatMap(({ opened }) => opened ?? [])
  }

  #occupied(): readonly Opened[] {
    return this.#opened.filter(({ room }) => room.audience.sessions.size > 0)
  }

  #letGoIfEmpty(id: RoomId, entry: Entry): void {
    const room = entry.opened?.room
    if (!room) return
    if (room.audience.sessions.size > 0) {
      entry.wantedAt = this.#clock()
    } else if (this.#clock() - entry.wantedAt > EMPTY_ROOM_MILLISECONDS) {
      this.#entries.delete(id)
      room.close()
    }
  }

  #begin(id: RoomId): Entry {
    const opening = this.#openRoom(id)
    const entry: Entry = { opening, wantedAt: this.#clock() }
    this.#entries.set(id, entry)
    opening.then(
      (opened) => {
        entry.opened = opened
      },
      () => this.#entries.delete(id), // Whoever waits for it is told why; the next who comes tries anew.
    )
    return entry
  }

  async #openRoom(id: RoomId): Promise<Opened> {
    const room = await Room.open(id, this.#parts)
    return { room, roster: new Roster(room, this.#accounts, this.#clock) }
  }

  /** One room after the other, until none is left or the accounts do not answer: open sockets go on (rule L7). */
  async #showOut(rooms: Iterator<Opened>): Promise<void> {
    try {
      for (let next = rooms.next(); !next.done; next = rooms.next()) await next.value.roster.showOut()
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'accounts_unavailable')) throw error
    }
  }
}
