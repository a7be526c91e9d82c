// Whether requests and messages are traced, and where the spans go: the variables that every program with OpenTelemetry has.
import type { Faults } from '../../faults.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface TraceSettings {
  /** Where spans are posted to. */
  readonly collector: string
  readonly service: string
  /** As they were given, `name=value` separated by commas: a secret. */
  readonly headers: string
  readonly sampled: {
    /** The share of traces that are followed. */
    readonly share: number
    /** Whether a caller that traces decides for its own. */
    readonly byParent: boolean
  }
  readonly timeoutMilliseconds: number
}

const SAMPLERS = new Map<string, { readonly share: 0 | 1 | 'asked for'; readonly byParent: boolean }>([
  ['always_on', { share: 1, byParent: false }],
  ['always_off', { share: 0, byParent: false }],
  ['traceidratio', { share: 'asked for', byParent: false }],
  ['parentbased_always_on', { share: 1, byParent: true }],
  ['parentbased_always_off', { share: 0, byParent: true }],
  ['parentbased_traceidratio', { share: 'asked for', byParent: true }],
])

/** A name as HTTP has it, and a value without controls. */
const HEADERS = /^\s*[\w!#$%&'*+.^`|~-]+\s*=[\x20-\x2b\x2d-\x7e]+(?:,\s*[\w!#$%&'*+.^`|~-]+\s*=[\x20-\x2b\x2d-\x7e]+)*$/

/** `null` where nobody wants traces. */
export function traceSettings(env: Environment, faults: Faults): TraceSettings | null {
  const settings = {
    collector: collector(env, faults),
    service: env['OTEL_SERVICE_NAME'] || 'propromo-chat',
    headers: headers(env, faults),
    sampled: sampled(env, faults),
    timeoutMilliseconds: timeout(env, faults),
  }
  protocol(env, faults)
  const { collector: address } = settings
  return address === null || env['OTEL_SDK_DISABLED'] === 'true' ? null : { ...settings, collector: address }
}

function collector(env: Environment, faults: Faults): string | null {
  const held = env['OTEL_EXPORTER_OTLP_ENDPOINT']
  if (!held) return null
  const url = URL.canParse(held) ? new URL(held) : null
  const isBase = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  if (isBase) return `${url.href.replace(/\/$/, '')}/v1/traces`
  const what = url ? 'an address with more than a path, or of another kind' : 'something that is no URL'
  const remedy =
    'use an address such as http://127.0.0.1:4318; what has to stay secret goes into OTEL_EXPORTER_OTLP_HEADERS'
  faults.add('OTEL_EXPORTER_OTLP_ENDPOINT', `held ${what}`, remedy)
  return null
}

function headers(env: Environment, faults: Faults): string {
  const held = env['OTEL_EXPORTER_OTLP_HEADERS'] ?? ''
  if (held && !HEADERS.test(held)) {
    const remedy = 'use name=value, separated by commas, special characters percent-encoded'
    faults.add('OTEL_EXPORTER_OTLP_HEADERS', 'held something else than headers', remedy)
  }
  return held
}

function protocol(env: Environment, faults: Faults): void {
  const held = env['OTEL_EXPORTER_OTLP_PROTOCOL']
  if (!held || held === 'http/json') return
  const remedy = 'use http/json, the one that is spoken here, or leave it out; collectors take it at port 4318'
  faults.add('OTEL_EXPORTER_OTLP_PROTOCOL', `held ${JSON.stringify(held.slice(0, 80))}`, remedy)
}

function sampled(env: Environment, faults: Faults): TraceSettings['sampled'] {
  const held = env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on'
  const sampler = SAMPLERS.get(held)
  const argument = env['OTEL_TRACES_SAMPLER_ARG'] || '1'
  if (!sampler) {
    const remedy = `use ${[...SAMPLERS.keys()].join(', ')}, or leave it out`
    faults.add('OTEL_TRACES_SAMPLER', `held ${JSON.stringify(held.slice(0, 80))}`, remedy)
  }
  const share = /^\d*\.?\d+$/.test(argument) ? Number(argument) : Number.NaN
  if (!(share <= 1)) {
    const remedy = 'use the share of traces to follow, from 0 to 1, such as 0.1'
    faults.add('OTEL_TRACES_SAMPLER_ARG', `held ${JSON.stringify(argument.slice(0, 80))}`, remedy)
  }
  const { byParent = true, share: wanted = 1 } = sampler ?? {}
  return { byParent, share: wanted === 'asked for' ? share : wanted }
}

function timeout(env: Environment, faults: Faults): number {
  const held = env['OTEL_EXPORTER_OTLP_TIMEOUT'] || '10000'
  const milliseconds = /^\d{1,6}$/.test(held) ? Number(held) : 0
  if (milliseconds === 0) {
    const remedy = 'use milliseconds from 1 to 999999'
    faults.add('OTEL_EXPORTER_OTLP_TIMEOUT', `held ${JSON.stringify(held.slice(0, 80))}`, remedy)
  }
  return milliseconds
}
