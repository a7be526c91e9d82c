// Traces: what a collector is told of requests and messages.
import { afterEach, expect, test } from 'bun:test'
import { type CollectedSpan, type Collector, factsOf } from './support/collector.ts'
import { CUSTOMER, PASSWORD, Person, post, ROOM, SCRUM_MASTER } from './support/people.ts'
import { RedisServer, until } from './support/redis.ts'
import { scrape } from './support/scrape.ts'
import { collect, endAll, endings, endpoint, start } from './support/traced.ts'
import { come } from './support/v1-place.ts'

const SERVER = 2
const CLIENT = 3
const FAILED = 2
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'

afterEach(endAll)

test('a login is a tree: its turn, its password, its queries; under the trace and the name that the caller gave', async () => {
  const collector = collect()
  const server = await start({ ...endpoint(collector), OTEL_SERVICE_NAME: 'chat of the test' })
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01`, 'X-Request-Id': 'named-by-caller' }
  expect((await post(server, '/login', { email: CUSTOMER, password: PASSWORD }, headers)).status).toBe(200)
  const root = await collector.span('POST /login')
  expect(root).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, kind: SERVER, status: { code: 0 } })
  expect(factsOf(root)).toEqual({
    'propromo_chat.request': 'named-by-caller',
    'http.request.method': 'POST',
    'http.route': '/login',
    'http.response.status_code': 200,
  })
  const parts = new Map(
    collector
      .treeOf(root)
      .slice(1)
      .map(([name, ...inside]) => [name, inside.flat()]),
  )
  const login = ['sql SELECT', 'wait for a turn', 'check the password']
  expect(parts.get('accounts.authenticate')).toEqual(expect.arrayContaining(login))
  expect(parts.get('accounts.memberships')).toContain('sql SELECT')
  expect(parts.get('ledger.startSignIn')).toEqual([])
  const sql = collector.spans.find(({ name }) => name === 'sql SELECT')
  expect(sql && [sql.kind, factsOf(sql)]).toEqual([
    CLIENT,
    { 'db.system.name': 'sqlite', 'db.operation.name': 'SELECT' },
  ])
  expectOneInside(collector, root)
  expect(collector.resource.get('service.name')).toBe('chat of the test')
})

test('a message is followed from its arrival over storing and telling to its confirmation, in either protocol', async () => {
  const collector = collect()
  const server = await start(endpoint(collector))
  const [customer, other] = [await Person.logIn(server, CUSTOMER), await Person.logIn(server, SCRUM_MASTER)]
  const v1 = await come(other, ROOM)
  const plain = await customer.open()
  v1.send({ type: 'typing', on: true })
  v1.send({ type: 'read', upto: 0 })
  await v1.say('one')
  await plain.say('two')
  await v1.settle()
  expect(await v1.history({ limit: 1 })).toMatchObject({ messages: [{ text: 'two' }] })
  expect(await v1.ask({ type: 'edit', message: '4711', text: 'of nothing' })).toMatchObject({ code: 'no_message' })
  const [ofV1, ofPlain] = [await collector.span('v1 send'), await collector.span('plain send')]
  for (const root of [ofV1, ofPlain]) {
    // One for each protocol that somebody in the room speaks.
    expect(collector.treeOf(root).slice(1)).toEqual([['log.append'], ['broadcast'], ['broadcast']])
    expect(root.kind).toBe(SERVER)
    expect(root.parentSpanId).toBeUndefined()
    expectOneInside(collector, root)
  }
  expect(await collector.tree('v1 page')).toEqual(['v1 page', ['log.page']])
  const opened = await collector.span('GET /chat/:monitor_id')
  expect(factsOf(opened)).toMatchObject({ 'http.response.status_code': 101, 'http.route': '/chat/:monitor_id' })
  expect(collector.treeOf(opened).slice(1)).toContainEqual(['ledger.spend'])
  await until('the no is told', async () => collector.spans.filter(({ name }) => name === 'v1 send').length === 2)
  const told = collector.spans.filter(({ name }) => name === 'log.append').map(factsOf)
  expect(told).toContainEqual({ 'propromo_chat.change': 'edited', 'error.type': 'no_message' })
  // Typing, reading and pings come to nothing that is worth a span; nobody asks for /metrics in a trace.
  await scrape(server)
  await server.stop()
  const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)
  const worth = [
    'GET /chat/:monitor_id',
    'POST /login',
    'POST /tickets',
    'plain send',
    'v1 markRead',
    'v1 page',
    'v1 send',
  ]
  expect(roots.filter((name) => !worth.includes(name))).toEqual([])
})

test('in Redis storing is a call to another program, and one that fails is told by its code', async () => {
  const redis = await RedisServer.start()
  endings.push(() => redis.remove())
  const collector = collect()
  const server = await start({ ...endpoint(collector), CHAT_STORAGE_URL: redis.url })
  const socket = await come(await Person.logIn(server, CUSTOMER), ROOM)
  await socket.say('one')
  const root = await collector.span('v1 send')
  expect(collector.treeOf(root).slice(1, 2)).toEqual([['log.append', ['redis script']]])
  const [append] = collector.partsOf(root)
  const [script] = append ? collector.partsOf(append) : []
  expect(script).toMatchObject({ kind: CLIENT, status: { code: 0 } })
  await redis.cli('SET', `propromo:{room:${ROOM}}:pins`, 'in the way')
  expect(await socket.ask({ type: 'pins' })).toMatchObject({ code: 'store_unavailable' })
  const [pins] = collector.partsOf(await collector.span('v1 pins'))
  expect(pins).toMatchObject({ name: 'log.pins', status: { code: FAILED } })
  expect(pins && factsOf(pins)).toEqual({ 'error.type': 'store_unavailable' })
})

test('of all traces only a share is followed, but a caller who follows one decides for it', async () => {
  const collector = collect()
  const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }
  const server = await start({ ...endpoint(collector), ...ratio })
  const ask = (traceparent?: string) =>
    fetch(`${server.origin}/openapi.json`, { headers: traceparent === undefined ? {} : { traceparent } })
  for (const traceparent of [undefined, `00-${TRACE}-${CALLER}-00`, `00-${TRACE}-${CALLER}-01`]) await ask(traceparent)
  for (const hostile of ['x'.repeat(2_000), `00-${'0'.repeat(32)}-${CALLER}-01`, `ff-${TRACE}-${CALLER}-01`, '{}']) {
    expect((await ask(hostile)).status).toBe(200)
  }
  await server.stop()
  expect(collector.spans).toHaveLength(1)
  expect(collector.spans[0]).toMatchObject({ traceId: TRACE, parentSpanId: CALLER })
})

/** Nothing of it begins before it or ends after it. */
function expectOneInside(collector: Collector, around: CollectedSpan): void {
  for (const part of collector.partsOf(around)) {
    expect(part.startTimeUnixNano >= around.startTimeUnixNano).toBe(true)
    expect(part.endTimeUnixNano <= around.endTimeUnixNano).toBe(true)
    expect(part.traceId).toBe(around.traceId)
    expectOneInside(collector, part)
  }
}
