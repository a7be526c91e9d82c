// Traces by OpenTelemetry's own library: loaded only where a collector is named.
import { AsyncLocalStorage } from 'node:async_hooks'
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { parseKeyPairsIntoRecord, parseTraceParent } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { version } from '../../../package.json'
import { FrameRefusal, Refusal } from '../../../protocol/refusal.ts'
import type { TraceSettings } from './settings.ts'
import { Shipping, type ShippingWorld } from './shipping.ts'
import type { Part, Tracing } from './tracing.ts'

/** Out of the 10 s that a supervisor usually grants to a stop: what is not handed over by then is not worth more. */
const FLUSH_MILLISECONDS = 2_000
/** So far the two clocks may drift apart before ours is set again. */
const DRIFT_MILLISECONDS = 100

export interface TracingWorld extends ShippingWorld {
  /** What the accounts are asked in, as OpenTelemetry calls it. */
  readonly accounts: 'postgresql' | 'sqlite'
  /** Tells processes of one service apart. */
  readonly instance: string
}

/** What is under way: `begin` makes the span when it turns out to be worth one. */
interface UnderWay {
  span: Span | undefined
  readonly begin: ((frame: string) => Span) | undefined
}

export function openTracing(settings: TraceSettings, world: TracingWorld): Tracing {
  const { collector: url, timeoutMilliseconds, sampled, service } = settings
  const headers = parseKeyPairsIntoRecord(settings.headers)
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: timeoutMilliseconds })
  const shipping = new Shipping(exporter, timeoutMilliseconds, world)
  const share = new TraceIdRatioBasedSampler(sampled.share)
  const provider = new TracerProvider({
    sampler: sampled.byParent ? new ParentBasedSampler({ root: share }) : share,
    spanProcessors: [shipping],
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': world.instance,
      'process.pid': process.pid,
    }),
  })
  const tracer = provider.getTracer('propromo-chat', version)
  const underWay = new AsyncLocalStorage<UnderWay>()

  return {
    figures: [shipping.spans],

    async request({ method, request, traceparent }, work) {
      setClock()
      const caller = traceparent === undefined ? null : parseTraceParent(traceparent)
      const context = caller ? trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true }) : ROOT_CONTEXT
      const attributes = { 'propromo_chat.request': request }
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, startTime: now(), attributes }, context)
      try {
        await underWay.run({ span, begin: undefined }, work)
      } finally {
        span.end(now())
      }
    },

    answered({ method, route, status, code }) {
      const span = underWay.getStore()?.span
      if (!span) return
      span.updateName(`${method} ${route}`)
      span.setAttributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        ...(code ? { 'error.type': code } : {}),
      })
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    },

    receiving({ protocol, request }, receive) {
      const attributes = { 'propromo_chat.request': request, 'propromo_chat.protocol': protocol }
      return async (frame) => {
        setClock()
        const startTime = now()
        const begin = (name: string) =>
          tracer.startSpan(`${protocol} ${name}`, { kind: SpanKind.SERVER, startTime, attributes }, ROOT_CONTEXT)
        const following: UnderWay = { span: undefined, begin }
        try {
          await underWay.run(following, receive, frame)
        } catch (error) {
          if (following.span) failed(following.span, error)
          throw error
        } finally {
          following.span?.end(now())
        }
      }
    },

    part(part, ask) {
      const span = begun(part, underWay.getStore(), tracer)
      if (!span) return ask()
      try {
        const answer = underWay.run({ span, begin: undefined }, ask)
        if (answer instanceof Promise)
          answer.then(
            () => span.end(now()),
            (error) => failed(span, error).end(now()),
          )
        else span.end(now())
        return answer
      } catch (error) {
        failed(span, error).end(now())
        throw error
      }
    },

    queried(milliseconds, answered) {
      const facts = { 'db.system.name': world.accounts, 'db.operation.name': 'SELECT' }
      const part = { name: 'sql SELECT', isElsewhere: true, facts }
      const span = begun(part, underWay.getStore(), tracer, now() - milliseconds)
      if (!answered) span?.setStatus({ code: SpanStatusCode.ERROR })
      span?.end(now())
    },

    async stop() {
      const flushed = provider.shutdown().then(
        () => true,
        () => true, // It was said why.
      )
      const late = Bun.sleep(FLUSH_MILLISECONDS).then(() => false)
      if (!(await Promise.race([flushed, late]))) world.say('The collector did not take the last spans in time')
    },
  }
}

/** A span for this part, or none where nothing is followed: what outlives the one who asked belongs to nobody. */
function begun(part: Part, around: UnderWay | undefined, tracer: Tracer, startTime = now()): Span | undefined {
  if (!around) return undefined
  if (part.frame !== undefined) around.span ??= around.begin?.(part.frame)
  const { span: parent } = around
  if (!parent?.isRecording()) return undefined
  const kind = part.isElsewhere ? SpanKind.CLIENT : SpanKind.INTERNAL
  const options = { kind, startTime, attributes: { ...part.facts } }
  return tracer.startSpan(part.name, options, trace.setSpan(ROOT_CONTEXT, parent))
}

/** By its code alone: a sentence may quote somebody. To be told no is no error. */
function failed(span: Span, error: unknown): Span {
  const isRefusal = error instanceof Refusal || error instanceof FrameRefusal
  span.setAttribute('error.type', isRefusal ? error.code : 'internal_error')
  if (!isRefusal || (error instanceof Refusal && error.status >= 500)) span.setStatus({ code: SpanStatusCode.ERROR })
  return span
}

let origin = performance.timeOrigin

/** Milliseconds since 1970, with fractions, and never back within a trace. */
function now(): number {
  return origin + performance.now()
}

/** A machine that slept has lost time, which the clock of the process does not know. */
function setClock(): void {
  const real = Date.now() - performance.now()
  if (Math.abs(real - origin) > DRIFT_MILLISECONDS) origin = real
}
