// Who is here, one per member over all of their sessions and all processes, and who is typing.
import type { Session } from './session.ts'

/** Typing ends by itself after this long (rule V7). */
export const TYPING_MILLISECONDS = 6_000

/** Runs `work` later; gives back what calls it off. */
export type After = (milliseconds: number, work: () => void) => () => void

export class Presence {
  readonly #sessions = new Map<string, number>()
  readonly #typing = new Map<string, () => void>()
  readonly #after: After
  #elsewhere: ReadonlySet<string> = new Set()

  constructor(after: After) {
    this.#after = after
  }

  isOnline(email: string): boolean {
    return this.#sessions.has(email) || this.#elsewhere.has(email)
  }

  /** Whether this was the member's first session in this process. */
  enter({ member: { email } }: Session): boolean {
    const before = this.#sessions.get(email) ?? 0
    this.#sessions.set(email, before + 1)
    return before === 0
  }

  /** Whether this was the member's last session in this process. */
  leave({ member: { email } }: Session): boolean {
    const before = this.#sessions.get(email) ?? 0
    if (before > 1) this.#sessions.set(email, before - 1)
    else this.#sessions.delete(email)
    return before === 1
  }

  /** Takes note of who is at other processes; gives back whoever came online or went offline by that. */
  elsewhere(emails: ReadonlySet<string>): readonly string[] {
    const before = this.#elsewhere
    this.#elsewhere = emails
    return [...before.symmetricDifference(emails)].filter((email) => !this.#sessions.has(email))
  }

  /** Whether this changes what others see. `ended` is called when the member has fallen silent. */
  typing(email: string, on: boolean, ended: () => void): boolean {
    const callOff = this.#typing.get(email)
    if (!on && !callOff) return false
    callOff?.()
    this.#typing.delete(email)
    if (!on) return true
    const silent = () => {
      this.#typing.delete(email)
      ended()
    }
    this.#typing.set(email, this.#after(TYPING_MILLISECONDS, silent))
    return callOff === undefined
  }
}
