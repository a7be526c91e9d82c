// Who watches a process: its figures, unless nobody may read them, and its log.
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

export interface World {
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
  readonly random: (bytes: number) => string
}

/** Names a request well enough to find its lines. */
const REQUEST_BYTES = 9

export class Watching {
  readonly metrics: ChatMetrics | null
  readonly #lines: Lines
  readonly #world: World
  #readiness: Readiness | undefined
  #stop = () => {}

  constructor({ metricsFor }: WatchSettings, lines: Lines, world: World) {
    this.metrics = metricsFor === 'nobody' ? null : new ChatMetrics(world.clock)
    this.#lines = lines
    this.#world = world
  }

  get chat(): Watch {
    return this.metrics ?? UNWATCHED
  }

  get door(): DoorWatch {
    const { clock, random } = this.#world
    return {
      clock,
      makeRequestId: () => random(REQUEST_BYTES),
      refused: (code) => this.metrics?.refused(code),
      answered: (answered) => {
        this.metrics?.answered(answered)
        logRequest(this.#lines, answered)
      },
    }
  }

  get sockets(): SocketWatch {
    return {
      opened: (facts) => {
        this.metrics?.opened(facts)
        logOpened(this.#lines, facts)
      },
      closed: (code, milliseconds, facts) => {
        this.metrics?.closed(code, facts)
        logClosed(this.#lines, code, milliseconds, facts)
      },
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

  stop(): void {
    this.#stop()
  }
}
