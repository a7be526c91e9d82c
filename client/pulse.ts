// Whether the other side is still there: browsers show no pings, so a quiet socket is asked.
import type { World } from './world.ts'

const QUIET_MILLISECONDS = 25_000
const ANSWER_MILLISECONDS = 10_000
/** Somebody has just looked at the page: they should not look at a dead connection for long. */
const WOKEN_ANSWER_MILLISECONDS = 4_000

export interface Patient {
  ping(): void
  /** It was asked, and did not answer. */
  dead(): void
}

export class Pulse {
  readonly #world: World
  readonly #patient: Patient
  #heardAt = 0
  #heard = 0
  #callOff: () => void = () => undefined

  constructor(world: World, patient: Patient) {
    this.#world = world
    this.#patient = patient
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.#heardAt = this.#world.now()
    this.#heard += 1
  }

  /** Until it is silent for too long, or until `stop()`. */
  watch(): void {
    const silence = () => this.#world.now() - this.#heardAt
    // A clock that was set back is no reason to wait for longer.
    const rest = Math.min(QUIET_MILLISECONDS, QUIET_MILLISECONDS - silence())
    this.#arm(rest, () => (silence() >= QUIET_MILLISECONDS ? this.#ask(ANSWER_MILLISECONDS) : this.watch()))
  }

  /** Somebody wants to know now. */
  doubt(): void {
    this.#ask(WOKEN_ANSWER_MILLISECONDS)
  }

  stop(): void {
    this.#callOff()
  }

  #ask(patienceMilliseconds: number): void {
    const before = this.#heard
    this.#patient.ping()
    this.#arm(patienceMilliseconds, () => (this.#heard > before ? this.watch() : this.#patient.dead()))
  }

  #arm(milliseconds: number, work: () => void): void {
    this.#callOff()
    this.#callOff = this.#world.after(milliseconds, work)
  }
}
