// Who watches a process: its figures, unless nobody may read them, its log, and who traces, where somebody does.
import { UNWATCHED, type Watch } from '../chat/watch.ts'
import type { DoorWatch } from '../http/watching.ts'
import type { SocketWatch } from '../http/websocket.ts'
import type { Family } from './figures.ts'
import type { Lines } from './lines.ts'
import { logClosed, logOpened, logRequest } from './log.ts'
import { ChatMetrics, type Seen } from './metrics.ts'
import { processFigures } from './process.ts'
import type { Readiness } from './readiness.ts'
import type { WatchSettings } from './settings.ts'
import type { Tracing } from './traces/tracing.ts'

export interface World {
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
  readonly random: (bytes: number) => string
  /** Which kind of database the accounts are in. */
  readonly accounts: 'postgresql' | 'sqlite'
}

/** Who counts and who traces, where somebody does. */
export type Watchers = Pick<Watching, 'metrics' | 'tracing'>

/** Names a request well enough to find its lines. */
const REQUEST_BYTES = 9

export class Watching {
  readonly metrics: ChatMetrics | null
  readonly tracing: Tracing | null
  readonly #lines: Lines
  readonly #world: World
  #readiness: Readiness | undefined
  #stop = () => {}

  static async open(settings: WatchSettings, lines: Lines, world: World): Promise<Watching> {
    const { clock, random, accounts } = world
    const say = (line: string) => lines.line('warn', line)
    // Only now: nobody else should have to load what it takes.
    const tracing = settings.traces
      ? (await import('./traces/opentelemetry.ts')).openTracing(settings.traces, {
          clock,
          say,
          accounts,
          instance: random(REQUEST_BYTES),
        })
      : null
    return new Watching(settings, tracing, lines, world)
  }

  private constructor({ metricsFor }: WatchSettings, tracing: Tracing | null, lines: Lines, world: World) {
    this.tracing = tracing
    this.metrics = metricsFor === 'nobody' ? null : new ChatMetrics(world.clock)
    this.#lines = lines
    this.#world = world
    if (tracing) this.metrics?.also(tracing.figures)
  }

  get chat(): Watch {
    return this.metrics ?? UNWATCHED
  }

  get door(): DoorWatch {
    const { clock, random } = this.#world
    const { tracing } = this
    return {
      clock,
      makeRequestId: () => random(REQUEST_BYTES),
      refused: (code) => this.metrics?.refused(code),
      answered: (answered) => {
        this.metrics?.answered(answered)
        tracing?.answered(answered)
        logRequest(this.#lines, answered)
      },
      ...(tracing ? { within: (asked, work) => tracing.request(asked, work) } : {}),
    }
  }

  get sockets(): SocketWatch {
    const { tracing } = this
    return {
      opened: (facts) => {
        this.metrics?.opened(facts)
        logOpened(this.#lines, facts)
      },
      closed: (code, milliseconds, facts) => {
        this.metrics?.closed(code, facts)
        logClosed(this.#lines, code, milliseconds, facts)
      },
      ...(tracing ? { receiving: (facts, receive) => tracing.receiving(facts, receive) } : {}),
    }
  }

  /** Begins to look at what does not tell by itself. */
  look(seen: Omit<Seen, 'parts'>, readiness: Readiness): void {
    this.#readiness = readiness
    this.metrics?.look({ ...seen, parts: () => readiness.last })
    const process = this.metrics ? processFigures(this.#world.clock) : null
    this.metrics?.also(process?.figures ?? [])
    this.#stop = () => process?.stop()
  }

  /** The figures of this process as they are now. */
  async read(): Promise<readonly Family[]> {
    await this.#readiness?.report()
    return this.metrics?.read() ?? []
  }

  /** Of what happens afterwards nothing is told. */
  async stop(): Promise<void> {
    this.#stop()
    await this.tracing?.stop()
  }
}
