// What was written in a room and is not sent yet, kept under a name of its own for every tab; a tab that is gone leaves it to another.
import type { RoomId } from '../../protocol/chat.ts'
import { keep, kept, keptNames, onAnyKept } from './kept.ts'

/** Whose it is, where, and which tab holds it. */
const nameOf = (email: string, room: RoomId, holder = '') =>
  `outbox ${JSON.stringify([email, room]).slice(0, -1)},${holder}`

/** How the names of all outboxes of an account begin, whichever tab holds them. */
export function outboxesOf(email: string): string {
  return `outbox ${JSON.stringify([email]).slice(0, -1)},`
}

/** Holders of this very page, where no browser's locks tell that they are there. */
const here = new Set<string>()

export interface KeptOutbox {
  /** Keeps what `room.save()` gave; `undefined` when there is nothing left. */
  keep(saved: unknown): void
  /** What was last to be kept and could not be: this page alone has it. */
  readonly unkept: unknown
  /** Lets go of it: what is kept there is another one's to send. */
  leave(): void
}

/**
 * An outbox for this page alone. What others have left, now or later, is given to `take`, which gives back all that is to be kept
 * then: only when that is done, now or later, it is removed where it was. A lock by the holder's name goes with its page, even if
 * that crashes. Where there are no locks (a page without TLS), what is there at the beginning counts as left: sent twice, the
 * server recognises it.
 */
export function holdOutbox(email: string, room: RoomId, take: (saved: unknown) => unknown): KeptOutbox {
  const holder = Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('')
  const left = new AbortController()
  const watched = new Set([holder])
  const takenFrom = new Set<string>()
  let unkept: unknown
  const keepHere = (saved: unknown) => {
    const isKept = keep(nameOf(email, room, holder), saved)
    unkept = isKept ? undefined : saved
    if (!isKept) return
    for (const name of takenFrom) keep(name, undefined)
    takenFrom.clear()
  }
  const takeFrom = (other: string) => {
    const name = nameOf(email, room, other)
    const saved = kept(name, (value) => value)
    if (saved === undefined || left.signal.aborted) return
    const all = take(saved)
    takenFrom.add(name)
    keepHere(all)
  }
  const look = () => {
    for (const other of holdersOf(email, room)) {
      if (watched.has(other)) continue
      watched.add(other)
      whenGone(other, left.signal, () => takeFrom(other))
    }
  }
  here.add(holder)
  hold(holder, left.signal)
  look()
  const stopLooking = locks() ? onAnyKept(nameOf(email, room), look) : () => undefined
  return {
    keep: keepHere,
    get unkept() {
      return unkept
    },
    leave: () => {
      stopLooking()
      here.delete(holder)
      left.abort()
    },
  }
}

function holdersOf(email: string, room: RoomId): readonly string[] {
  const beginning = nameOf(email, room)
  return keptNames(beginning).map((name) => name.slice(beginning.length))
}

function hold(holder: string, left: AbortSignal): void {
  const until = new Promise<void>((resolve) => left.addEventListener('abort', () => resolve()))
  locks()
    ?.request(lockOf(holder), () => until)
    .catch(() => undefined) // A page that is going away holds nothing.
}

/** Calls `gone` at once, or when the holder's page ends, unless this one ends before. One page alone is called at a time. */
function whenGone(holder: string, left: AbortSignal, gone: () => void): void {
  const browser = locks()
  if (browser) browser.request(lockOf(holder), { signal: left }, gone).catch(() => undefined)
  else if (!here.has(holder)) gone()
}

function lockOf(holder: string): string {
  return `propromo outbox ${holder}`
}

function locks(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined
}
