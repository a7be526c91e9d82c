// Everything that is wrong with a configuration, collected so that it is told at once.

export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`Cannot start, ${faults.length === 1 ? 'one setting is' : `${faults.length} settings are`} wrong`)
    this.faults = faults
  }
}

/** Collects sentences of the form: VARIABLE: what it held; what would do. Never quotes a secret. */
export class Faults {
  readonly #sentences: string[] = []

  add(variable: string, held: string, remedy: string): void {
    this.#sentences.push(`${variable}: ${held}; ${remedy}`)
  }

  throwIfAny(): void {
    if (this.#sentences.length > 0) throw new ConfigFaults(this.#sentences)
  }
}
