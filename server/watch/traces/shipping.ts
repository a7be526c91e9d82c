// Spans on their way to the collector: only so many wait, and what is lost is counted, and said once in a while.
import { TraceFlags } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace'
import { Counter } from '../figures.ts'

/** A few megabytes at most; under a full load some hundred milliseconds, while a collector that is well takes far more. */
const MOST_WAITING = 4_096
const QUIET_MILLISECONDS = 60_000

export interface ShippingWorld {
  readonly say: (line: string) => void
  /** Milliseconds of a clock that nobody sets back. */
  readonly clock: () => number
}

export class Shipping implements SpanProcessor {
  readonly spans = new Counter('propromo_chat_spans_total', 'Spans of traces, by what became of them', {
    name: 'outcome',
    known: ['sent', 'dropped'],
  })
  readonly #batches: SpanProcessor
  readonly #world: ShippingWorld
  #waiting = 0
  #unsaid = 0
  #saidAt = Number.NEGATIVE_INFINITY

  constructor(exporter: SpanExporter, timeoutMilliseconds: number, world: ShippingWorld) {
    this.#world = world
    this.#batches = new BatchSpanProcessor({
      exporter: this.#counting(exporter),
      maxQueueSize: MOST_WAITING,
      scheduledDelayMillis: 1_000,
      exportTimeoutMillis: timeoutMilliseconds + 1_000, // The exporter has its own, and always comes back.
    })
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
    if (this.#waiting < MOST_WAITING) {
      this.#waiting += 1
      this.#batches.onEnd(span)
    } else this.#lose(1, 'too many wait for the collector')
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown()
  }

  #counting(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#waiting -= spans.length
        exporter.export(spans, (result) => {
          if (result.code === ExportResultCode.SUCCESS) this.spans.add('sent', spans.length)
          else this.#lose(spans.length, reasonOf(result.error))
          done(result)
        })
      },
      shutdown: () => exporter.shutdown(),
    }
  }

  #lose(spans: number, why: string): void {
    this.spans.add('dropped', spans)
    this.#unsaid += spans
    const now = this.#world.clock()
    if (now - this.#saidAt < QUIET_MILLISECONDS) return
    this.#saidAt = now
    this.#world.say(`${this.#unsaid} spans of traces were dropped: ${why}`)
    this.#unsaid = 0
  }
}

/** Its code, since a sentence may quote what was sent. */
function reasonOf(error: Error | undefined): string {
  if (!error) return 'the collector did not take them'
  const code = 'code' in error && error.code ? ` (${error.code})` : ''
  return `the collector did not take them: ${error.name}${code}`
}
