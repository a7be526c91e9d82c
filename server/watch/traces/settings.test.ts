// The variables of OpenTelemetry, as far as we know them.
import { expect, test } from 'bun:test'
import { Faults } from '../../faults.ts'
import { traceSettings } from './settings.ts'

const AT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }

function read(env: Record<string, string>) {
  const faults = new Faults()
  const settings = traceSettings(env, faults)
  faults.throwIfAny()
  return settings
}

test('without a collector there are no traces, whatever else is set', () => {
  expect(read({})).toBeNull()
  expect(read({ OTEL_SERVICE_NAME: 'chat', OTEL_TRACES_SAMPLER: 'always_on' })).toBeNull()
  expect(read({ ...AT, OTEL_SDK_DISABLED: 'true' })).toBeNull()
})

test('spans go to the path of the standard, under the path that the collector has', () => {
  for (const [endpoint, collector] of [
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
    ['http://127.0.0.1:4318/', 'http://127.0.0.1:4318/v1/traces'],
    ['https://collect.example/team/otlp', 'https://collect.example/team/otlp/v1/traces'],
  ] as const) {
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })?.collector).toBe(collector)
  }
})

test('each sampler of the standard follows its share, and those with a parent leave it to callers', () => {
  const sampled = (OTEL_TRACES_SAMPLER: string, OTEL_TRACES_SAMPLER_ARG = '') =>
    read({ ...AT, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG })?.sampled
  expect(sampled('')).toEqual({ share: 1, byParent: true })
  expect(sampled('always_on', '0.5')).toEqual({ share: 1, byParent: false })
  expect(sampled('always_off')).toEqual({ share: 0, byParent: false })
  expect(sampled('traceidratio', '0.25')).toEqual({ share: 0.25, byParent: false })
  expect(sampled('parentbased_always_off')).toEqual({ share: 0, byParent: true })
  expect(sampled('parentbased_traceidratio', '.1')).toEqual({ share: 0.1, byParent: true })
  expect(sampled('parentbased_traceidratio', '0')).toEqual({ share: 0, byParent: true })
})

test('what cannot be meant is a fault, and headers are repeated in none', () => {
  const faulty: Record<string, readonly string[]> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: ['127.0.0.1:4318', 'grpc://c:4317', 'http://a:b@c', 'http://c/?key=1', 'collector'],
    OTEL_EXPORTER_OTLP_HEADERS: ['Eulenspiegel', '=Eulenspiegel', 'key=Eulenspiegel\n', 'key=Eulenspiegel,', 'k y=v'],
    OTEL_EXPORTER_OTLP_PROTOCOL: ['grpc', 'http/protobuf'],
    OTEL_EXPORTER_OTLP_TIMEOUT: ['0', '-1', 'soon', '1000000'],
    OTEL_TRACES_SAMPLER: ['jaeger_remote', 'ALWAYS_ON', 'toString'],
    OTEL_TRACES_SAMPLER_ARG: ['1.1', '-0.1', 'half', '1e-3', 'NaN'],
  }
  for (const [variable, values] of Object.entries(faulty)) {
    for (const value of values) {
      let said = ''
      try {
        read({ ...AT, [variable]: value })
      } catch (error) {
        said = JSON.stringify(error instanceof Error && 'faults' in error ? error.faults : null)
      }
      expect(`${value}: ${said}`).toContain(`${variable}: held`)
      expect(said).not.toContain('Eulenspiegel')
    }
  }
  for (const good of ['key=v', 'key=v,other=w%20w', 'authorization=Basic%20YTpi, x-scope = team']) {
    expect(read({ ...AT, OTEL_EXPORTER_OTLP_HEADERS: good })?.headers).toBe(good)
  }
})
