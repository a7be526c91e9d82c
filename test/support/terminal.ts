// A program as somebody runs it in a terminal: what it printed so far, and the lines typed into it.
import { join } from 'node:path'
import { deadline, PATIENCE_MILLISECONDS } from './patience.ts'

const ROOT = join(import.meta.dir, '../..')
const PROGRAMS = join(ROOT, 'node_modules/.bin')

export interface TerminalOptions {
  /** Besides PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>
  /** Folders to look for programs in before all others. */
  readonly path?: readonly string[]
  readonly folder?: string
}

/** Runs in the repository, with the programs of its dependencies on the path. Its input stays open until it is closed. */
export class Terminal {
  readonly exited: Promise<number>
  readonly pid: number
  readonly #process: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #read: Promise<unknown>
  #output = ''
  #errors = ''
  #changed = Promise.withResolvers<void>()

  static run(command: readonly string[], options: TerminalOptions = {}): Terminal {
    return new Terminal(command, options)
  }

  private constructor(command: readonly string[], { environment, path = [], folder = ROOT }: TerminalOptions) {
    const PATH = [...path, PROGRAMS, process.env['PATH'] ?? ''].join(':')
    this.#process = Bun.spawn([...command], {
      cwd: folder,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      env: { HOME: process.env['HOME'] ?? '', ...environment, PATH },
    })
    this.pid = this.#process.pid
    this.#read = Promise.all([
      this.#follow(this.#process.stdout, (text) => {
        this.#output += text
      }),
      this.#follow(this.#process.stderr, (text) => {
        this.#errors += text
      }),
    ])
    this.exited = Promise.all([this.#process.exited, this.#read]).then(([code]) => code)
  }

  get output(): string {
    return this.#output
  }

  get errors(): string {
    return this.#errors
  }

  type(line: string): void {
    this.#process.stdin.write(`${line}\n`)
    this.#process.stdin.flush()
  }

  /** Waits until `what` has been printed `times` over, for as long as it may take. */
  async shows(what: string, { times = 1, seconds = PATIENCE_MILLISECONDS / 1000 } = {}): Promise<void> {
    let ended = false
    this.exited.then(() => {
      ended = true
      this.#change()
    })
    const missing = () => `${this.#output}\n${this.#errors}\nthis was printed, and not ${JSON.stringify(what)}`
    const { promise, keep } = deadline(missing, seconds * 1000)
    try {
      while (this.#output.split(what).length <= times) {
        if (ended) throw new Error(missing())
        await Promise.race([this.#changed.promise, promise])
      }
    } finally {
      keep()
    }
  }

  /** Nothing more will be typed. */
  endInput(): void {
    this.#process.stdin.end()
  }

  /** Ends it as a supervisor does, if it still runs, and gives back its exit code. */
  async end(): Promise<number> {
    this.#process.kill('SIGTERM')
    return this.exited
  }

  async #follow(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder()
    for await (const bytes of stream) {
      take(decoder.decode(bytes, { stream: true }))
      this.#change()
    }
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** wscat, run with node: a client that nobody here wrote. */
export function wscat(...options: readonly string[]): Terminal {
  return Terminal.run(['node', join(PROGRAMS, 'wscat'), ...options])
}
