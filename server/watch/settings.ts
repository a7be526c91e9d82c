// What of the environment decides how the server is watched.
import type { Faults } from '../faults.ts'
import type { Metrics } from '../http/metrics.ts'
import { LEVELS, type LogSettings } from './lines.ts'
import { type TraceSettings, traceSettings } from './traces/settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface WatchSettings {
  /** Who may read the figures; for nobody there are none. */
  readonly metricsFor: Metrics['for']
  readonly log: LogSettings
  /** `null` where nothing is traced. */
  readonly traces: TraceSettings | null
}

export function watchSettings(env: Environment, faults: Faults): WatchSettings {
  const format = oneOf(env, 'LOG_FORMAT', ['text', 'json'], faults) ?? 'text'
  // A program sorts through lines by itself; people want to see what needs them.
  const level = oneOf(env, 'LOG_LEVEL', LEVELS, faults) ?? (format === 'json' ? 'info' : 'warn')
  return { metricsFor: metricsFor(env, faults), log: { format, level }, traces: traceSettings(env, faults) }
}

function metricsFor(env: Environment, faults: Faults): Metrics['for'] {
  const wanted = oneOf(env, 'METRICS', ['true', 'false'], faults)
  const token = env['METRICS_TOKEN']
  if (token && !/^[\x21-\x7e]{16,}$/.test(token)) {
    faults.add('METRICS_TOKEN', 'held something too short or not printable', 'use what `openssl rand -hex 32` prints')
  }
  if (wanted === 'false') return 'nobody'
  if (token) return { token }
  // Where people come through a proxy, everyone may seem to come from this machine: it need not mark what it passes on.
  const isBehindProxy = Boolean(env['PUBLIC_URL'] || env['TRUSTED_PROXIES'])
  return wanted === 'true' || !isBehindProxy ? 'this machine' : 'nobody'
}

function oneOf<Known extends string>(
  env: Environment,
  variable: string,
  known: readonly Known[],
  faults: Faults,
): Known | undefined {
  const held = env[variable]
  if (!held) return undefined
  const found = known.find((each) => each === held)
  if (found === undefined) {
    faults.add(variable, `held ${JSON.stringify(held.slice(0, 80))}`, `use ${known.join(' or ')}, or leave it out`)
  }
  return found
}
