// Whoever wants to be told of every change.
import type { World } from './world.ts'

export type Unsubscribe = () => void

export class Listeners<Value> {
  readonly #world: World
  readonly #all = new Set<(value: Value) => void>()

  constructor(world: World) {
    this.#world = world
  }

  add(listener: (value: Value) => void): Unsubscribe {
    this.#all.add(listener)
    return () => void this.#all.delete(listener)
  }

  tell(value: Value): void {
    for (const listener of [...this.#all]) this.#call(listener, value)
  }

  /** A listener that throws is its own fault, and neither the room's nor the other listeners'. */
  #call(listener: (value: Value) => void, value: Value): void {
    try {
      listener(value)
    } catch (error) {
      this.#world.after(0, () => {
        throw error
      })
    }
  }
}
