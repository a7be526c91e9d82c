// The collector of traces, where one is named: whether it would take them. It is sent an export of no spans.
import type { Config } from '../../config.ts'
import { headersInTheOpen } from '../../start.ts'
import type { TraceSettings } from '../../watch/traces/settings.ts'
import { codeOf, type Finding, fine, note } from './finding.ts'

const PATIENCE_MILLISECONDS = 5_000

export async function lookAtCollector({ watch: { traces } }: Config): Promise<readonly Finding[]> {
  return traces ? [...headersInTheOpen(traces).map(note), await asked(traces)] : []
}

async function asked({ collector, headers, timeoutMilliseconds }: TraceSettings): Promise<Finding> {
  // Only now: nobody else should have to load what it takes.
  const { parseKeyPairsIntoRecord } = await import('@opentelemetry/core')
  try {
    const answer = await fetch(collector, {
      method: 'POST',
      headers: { ...parseKeyPairsIntoRecord(headers), 'Content-Type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [] }),
      redirect: 'manual', // The headers are for this address alone.
      signal: AbortSignal.timeout(Math.min(timeoutMilliseconds, PATIENCE_MILLISECONDS)),
    })
    await answer.body?.cancel()
    return answer.ok ? fine(`the collector at ${collector} takes traces`) : note(complaint(collector, answer, headers))
  } catch (error) {
    return note(`nothing can be sent to the collector at ${collector} (${codeOf(error)}), so traces are dropped`)
  }
}

/** All of them notes: without its traces the chat works as well. */
function complaint(collector: string, { status }: Response, headers: string): string {
  const told = `(${status}), so traces are dropped`
  switch (status) {
    case 401:
    case 403:
      return headers
        ? `OTEL_EXPORTER_OTLP_HEADERS: the collector at ${collector} does not believe them ${told}`
        : `OTEL_EXPORTER_OTLP_HEADERS: the collector at ${collector} wants to know who asks ${told}`
    case 404:
    case 405:
      return `OTEL_EXPORTER_OTLP_ENDPOINT: nothing takes traces at ${collector} ${told}: /v1/traces is added to it, and the usual port is 4318`
    default:
      return `the collector at ${collector} answers with ${status} instead of taking OTLP in JSON, so traces are dropped`
  }
}
