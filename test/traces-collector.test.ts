// A collector of traces in trouble, or none at all: it costs nobody anything.
import { afterEach, expect, test } from 'bun:test'
import { CUSTOMER, Person, ROOM } from './support/people.ts'
import { freePort } from './support/ports.ts'
import { until } from './support/redis.ts'
import { scrape } from './support/scrape.ts'
import { type Environment, runServer, type Server } from './support/server.ts'
import { collect, endAll, endpoint, start } from './support/traced.ts'
import { come } from './support/v1-place.ts'

afterEach(endAll)

test('what was not sent yet is handed over when the server stops', async () => {
  const collector = collect()
  const server = await start(endpoint(collector))
  await fetch(`${server.origin}/openapi.json`)
  expect(await server.stop()).toBe(0)
  expect(collector.spans.map(({ name }) => name)).toEqual(['GET /openapi.json'])
})

test('a collector that is not there costs nobody anything: spans are dropped and counted, and that is said once', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`
  const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: nobody, OTEL_EXPORTER_OTLP_TIMEOUT: '100' })
  const talking = await (await Person.logIn(server, CUSTOMER)).open()
  await talking.say('one')
  await until('spans are dropped', async () => (await dropped(server)) > 0)
  await talking.say('two')
  const before = await dropped(server)
  await until('more are dropped', async () => (await dropped(server)) > before)
  expect((await scrape(server)).value('propromo_chat_spans_total{outcome="sent"}')).toBe(0)
  expect(await server.stop()).toBe(0)
  expect(server.output().match(/spans of traces were dropped/g)).toHaveLength(1)
})

test('of a collector that hangs nobody notices: only so many spans wait, and the server stops all the same', async () => {
  const collector = collect()
  collector.answer = () => new Promise<Response>(() => undefined)
  const server = await start({ ...endpoint(collector), OTEL_EXPORTER_OTLP_TIMEOUT: '60000' })
  const socket = await come(await Person.logIn(server, CUSTOMER), ROOM)
  for (let turn = 0; turn < 16; turn++) await socket.pour(Array.from({ length: 125 }, (_, each) => `${turn} ${each}`))
  expect(await socket.history({ limit: 1 })).toMatchObject({ messages: [{ text: '15 124' }] })
  const { value } = await scrape(server)
  expect(value('propromo_chat_spans_total{outcome="dropped"}')).toBeGreaterThan(1_000)
  expect(value('propromo_chat_spans_total{outcome="sent"}')).toBe(0)
  expect(await server.stop()).toBe(0)
  expect(server.output()).toContain('did not take the last spans in time')
})

test('whatever a collector answers, the server goes on, and says nothing of it to anybody else', async () => {
  const collector = collect()
  const server = await start({ ...endpoint(collector), OTEL_EXPORTER_OTLP_TIMEOUT: '200' })
  const talking = await (await Person.logIn(server, CUSTOMER)).open()
  const garbage: (() => Response)[] = [
    () => new Response('<h1>\u001b[31mforged\r\nline</h1>', { status: 400 }),
    () => new Response('{"partialSuccess":{"rejectedSpans":"all of them"', { status: 200 }),
    () => new Response(null, { status: 503, headers: { 'Retry-After': '99999999' } }),
    () => Response.redirect('http://127.0.0.1:1/elsewhere', 307),
  ]
  for (const [turn, answer] of garbage.entries()) {
    const { requests } = collector
    collector.answer = answer
    await talking.say(`message ${turn}`)
    await until('they were posted', async () => collector.requests > requests)
  }
  collector.answer = undefined
  await talking.say('at last')
  await collector.span('plain send')
  expect(await dropped(server)).toBeGreaterThan(0)
  expect(server.output()).not.toContain('forged')
})

test('without a collector, or switched off, nothing is posted and the library is not even loaded', async () => {
  const collector = collect()
  const server = await start({ ...endpoint(collector), OTEL_SDK_DISABLED: 'true' })
  const talking = await (await Person.logIn(server, CUSTOMER)).open()
  await talking.say('one')
  await server.stop()
  expect(collector.requests).toBe(0)
  expect(loaded({})).toEqual([])
  expect(loaded(endpoint(collector)).length).toBeGreaterThan(5)
})

test('[E2] wrong settings are told together, and headers are not repeated', async () => {
  const { exitCode, output } = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://somebody:Eulenspiegel@127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'Eulenspiegel without a name',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_TRACES_SAMPLER: 'now_and_then',
    OTEL_TRACES_SAMPLER_ARG: '1.5',
  })
  expect(exitCode).toBe(1)
  for (const name of ['ENDPOINT', 'HEADERS', 'PROTOCOL', 'TIMEOUT']) {
    expect(output).toContain(`OTEL_EXPORTER_OTLP_${name}: held`)
  }
  for (const name of ['SAMPLER', 'SAMPLER_ARG']) expect(output).toContain(`OTEL_TRACES_${name}: held`)
  expect(output).not.toContain('Eulenspiegel')
})

async function dropped(server: Server): Promise<number> {
  return (await scrape(server)).value('propromo_chat_spans_total{outcome="dropped"}')
}

/** Which modules of the library a process has loaded that serves with these settings. */
function loaded(settings: Environment): readonly string[] {
  const script = `
    const { serve } = await import('./server/serve.ts')
    const { readConfig } = await import('./server/config.ts')
    const { openLog } = await import('./server/watch/log.ts')
    const { log } = console
    const config = readConfig(process.env)
    const serving = await serve(config, { lines: openLog(config.watch.log), demoHash: undefined })
    await serving.stop()
    log(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes('@opentelemetry'))))
    process.exit(0)`
  const env = { PATH: process.env['PATH'] ?? '', PORT: '0', CHAT_STORAGE_URL: 'sqlite::memory:', ...settings }
  const { stdout, stderr } = Bun.spawnSync([process.execPath, '-e', script], { cwd: `${import.meta.dir}/..`, env })
  const files: unknown = JSON.parse(stdout.toString() || `"${stderr.toString()}"`)
  if (!Array.isArray(files)) throw new Error(String(files))
  return files.map(String)
}
