// The clock of a server in the hand of a test: minutes pass when the test says so, and nobody waits for them.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PATIENCE_MILLISECONDS } from './patience.ts'
import type { Environment } from './server.ts'

export class Clock {
  /** Makes a server go by this clock. */
  readonly environment: Environment
  readonly #folder = mkdtempSync(join(tmpdir(), 'propromo-clock-'))
  readonly #file = join(this.#folder, 'ahead')
  readonly #wallFile = join(this.#folder, 'wall')
  #ahead = 0

  constructor() {
    writeFileSync(this.#file, '0')
    writeFileSync(this.#wallFile, '0')
    const preload = join(import.meta.dir, 'clock-in-server.ts')
    this.environment = { BUN_OPTIONS: `--preload=${preload}`, CLOCK_FILE: this.#file, WALL_CLOCK_FILE: this.#wallFile }
  }

  /** Lets this much time pass at once. When it resolves, the server has done what was due in it. */
  async pass(seconds: number): Promise<void> {
    this.#ahead += seconds * 1000
    writeFileSync(`${this.#file}.new`, String(this.#ahead))
    renameSync(`${this.#file}.new`, this.#file)
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS
    while (this.#seen() !== this.#ahead) {
      if (performance.now() > giveUpAt) throw new Error('the server did not notice that time has passed')
      await Bun.sleep(5)
    }
  }

  /** Sets the clock on the wall, forward or back, without any time passing. */
  set(seconds: number): void {
    writeFileSync(`${this.#wallFile}.new`, String(seconds * 1000))
    renameSync(`${this.#wallFile}.new`, this.#wallFile)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #seen(): number {
    const file = `${this.#file}.seen`
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  }
}
