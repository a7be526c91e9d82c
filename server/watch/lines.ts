// Lines of the log: one for each thing that happened, for people or for programs, and never more than one.
import { harmless } from '../chat/controls.ts'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]
export type Fields = Readonly<Record<string, string | number | null>>

export interface LogSettings {
  readonly format: 'text' | 'json'
  /** Lines below it are left out. */
  readonly level: Level
}

export interface Outlets {
  readonly out: (line: string) => void
  readonly error: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly pid: number
}

export class Lines {
  readonly #settings: LogSettings
  readonly #outlets: Outlets

  constructor(settings: LogSettings, outlets: Outlets) {
    this.#settings = settings
    this.#outlets = outlets
  }

  /** Whether a line of this level would be written: making it up costs something too. */
  wants(level: Level): boolean {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.#settings.level)
  }

  /** What everyone who starts the server has to see, whatever the level: each line of the text is one of the log, all written at once. */
  say(text: string): void {
    const lines = text.split('\n').map((line) => this.#made('info', line, {}))
    this.#outlets.out(lines.join('\n')) // At once, so that nothing comes in between.
  }

  line(level: Level, text: string, fields: Fields = {}): void {
    if (!this.wants(level)) return
    const { out, error } = this.#outlets
    const write = level === 'error' || level === 'warn' ? error : out
    write(this.#made(level, text, fields))
  }

  #made(level: Level, text: string, fields: Fields): string {
    return harmless(this.#settings.format === 'json' ? this.#json(level, text, fields) : readable(text, fields))
  }

  #json(level: Level, text: string, fields: Fields): string {
    const { now, pid } = this.#outlets
    return JSON.stringify({ time: new Date(now()).toISOString(), level, message: text, pid, ...fields })
  }
}

function readable(text: string, fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [` ${name}=${bare(value)}`]))
  return text + pairs.join('')
}

function bare(value: string | number): string {
  return typeof value === 'number' || /^[\w.:/-]+$/.test(value) ? String(value) : JSON.stringify(value)
}
