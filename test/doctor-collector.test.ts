// `propromo-chat doctor` where traces are wanted: whether the collector takes them; and who could read its secrets on the way.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { Collector } from './support/collector.ts'
import { CommandLine } from './support/command-line.ts'
import { freePort } from './support/ports.ts'
import { until } from './support/redis.ts'
import { startServer } from './support/server.ts'

const SECRET = 'Eulenspiegel-92'
const HEADERS = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRET}` }
const IN_THE_OPEN = 'OTEL_EXPORTER_OTLP_HEADERS: go to collector.invalid without TLS'

let line: CommandLine
let collector: Collector
let port: string
beforeAll(async () => {
  line = new CommandLine()
  port = String(await freePort())
})
afterAll(() => line.remove())
beforeEach(() => {
  collector = new Collector()
})
afterEach(() => collector.remove())

async function doctor(endpoint: string, settings = {}) {
  const { exitCode, out, err } = await line.run('doctor', {
    ...{ PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...HEADERS },
    ...settings,
  })
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  expect(out).not.toContain(SECRET)
  return out
}

test('a collector that takes traces is fine: it was asked as the server asks, with no span', async () => {
  expect(await doctor(collector.endpoint)).toContain(
    `ok     the collector at ${collector.endpoint}/v1/traces takes traces\n`,
  )
  expect(collector.headers.get('Authorization')).toBe(`Bearer ${SECRET}`)
  expect([collector.requests, collector.spans]).toEqual([1, []])
})

test('without a collector, or where traces are switched off, nobody is asked', async () => {
  for (const settings of [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_SDK_DISABLED: 'true' }]) {
    expect(await doctor(collector.endpoint, settings)).not.toContain('collector')
  }
  expect(collector.requests).toBe(0)
})

test('what keeps a collector from taking them is pointed out with its variable, and the chat works all the same', async () => {
  collector.answer = () => new Response(`you sent ${SECRET}`, { status: 401 })
  const unknown = await doctor(collector.endpoint)
  expect(unknown).toContain('note   OTEL_EXPORTER_OTLP_HEADERS: the collector at')
  expect(unknown).toContain('does not believe them (401)')
  expect(await doctor(collector.endpoint, { OTEL_EXPORTER_OTLP_HEADERS: '' })).toContain('wants to know who asks (401)')
  collector.answer = () => new Response(null, { status: 500 })
  expect(await doctor(collector.endpoint)).toContain('answers with 500')
  collector.answer = undefined
  expect(await doctor(`${collector.endpoint}/v1/traces`)).toContain(
    `note   OTEL_EXPORTER_OTLP_ENDPOINT: nothing takes traces at ${collector.endpoint}/v1/traces/v1/traces (404)`,
  )
  const nobody = `http://127.0.0.1:${await freePort()}`
  expect(await doctor(nobody)).toContain(
    `note   nothing can be sent to the collector at ${nobody}/v1/traces (ECONNREFUSED)`,
  )
})

test('a collector that hangs is not waited for longer than the server would', async () => {
  collector.answer = () => new Promise<Response>(() => undefined)
  expect(await doctor(collector.endpoint, { OTEL_EXPORTER_OTLP_TIMEOUT: '50' })).toContain('(TimeoutError)')
})

test('secrets go no further than to the collector, and one that cannot be sent is not shown', async () => {
  const elsewhere = new Collector()
  collector.answer = () => Response.redirect(`${elsewhere.endpoint}/v1/traces`, 307)
  expect(await doctor(collector.endpoint)).toContain('answers with 307')
  expect(elsewhere.requests).toBe(0)
  await elsewhere.remove()
  const broken = { OTEL_EXPORTER_OTLP_HEADERS: `api-key=${SECRET}%0D%0Ax-more:%20more` }
  expect(await doctor(collector.endpoint, broken)).toContain('note   nothing can be sent to the collector at')
})

test('secrets for a collector elsewhere go over TLS, or everybody who starts or looks is told', async () => {
  const open = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4318', ...HEADERS }
  expect(await doctor(open.OTEL_EXPORTER_OTLP_ENDPOINT)).toContain(`note   ${IN_THE_OPEN}`)
  const { exitCode, out } = await line.run('check-config', open)
  expect(exitCode).toBe(0)
  expect(out).toContain(`WARNING: ${IN_THE_OPEN}`)
  const server = await startServer({ ...open, OTEL_TRACES_SAMPLER: 'always_off' })
  await until('it is warned', async () => server.output().includes('WARNING'))
  expect(server.output().match(new RegExp(`WARNING: ${IN_THE_OPEN}`, 'g'))).toHaveLength(1)
  expect(server.output() + out).not.toContain(SECRET)
  await server.remove()
  for (const good of [
    'https://collector.invalid',
    'http://127.0.0.1:4318',
    'http://localhost:4318',
    'http://[::1]:4318',
  ]) {
    const { out } = await line.run('check-config', { ...open, OTEL_EXPORTER_OTLP_ENDPOINT: good })
    expect(out).not.toContain('WARNING')
  }
  expect((await line.run('check-config', { ...open, OTEL_EXPORTER_OTLP_HEADERS: '' })).out).not.toContain('WARNING')
})
