// The dashboard and the alerts in deploy/, held against the figures that real servers give and against the page that explains them.
import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { YAML } from 'bun'
import { z } from 'zod'
import { cheapAccounts } from './support/accounts.ts'
import { Collector } from './support/collector.ts'
import { startCrew } from './support/crew.ts'
import { CUSTOMER, Person } from './support/people.ts'
import { RedisServer } from './support/redis.ts'
import { type Scrape, scrape } from './support/scrape.ts'
import { startServer } from './support/server.ts'

const ROOT = join(import.meta.dir, '..')
const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^PropromoChat[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[ms]$/)
            .optional(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})
const Dashboard = z.object({
  title: z.string(),
  uid: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string() })).optional(),
    }),
  ),
})

const text = (path: string) => Bun.file(join(ROOT, path)).text()
const alerts = Rules.parse(YAML.parse(await text('deploy/prometheus/alerts.yml'))).groups.flatMap(({ rules }) => rules)
const dashboard = Dashboard.parse(JSON.parse(await text('deploy/grafana/propromo-chat.json')))
const expressions = [
  ...alerts.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
]

let scrapes: readonly Scrape[]

beforeAll(async () => {
  const redis = await RedisServer.start()
  const accounts = await cheapAccounts()
  const alone = await startServer(accounts)
  const collector = new Collector()
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
  const crew = await startCrew({ CHAT_STORAGE_URL: redis.url, WORKERS: '2', ...tracing, ...accounts })
  for (const server of [alone, crew]) {
    const socket = await (await Person.logIn(server, CUSTOMER)).open()
    await socket.say('hello')
  }
  scrapes = [await scrape(alone), await scrape(crew)]
  await Promise.all([alone, crew].map((server) => server.remove()))
  await Promise.all([redis.remove(), collector.remove()])
})

test('every figure that an alert or a panel asks for is given by a real server, and labels have the values that are asked for', () => {
  const known = new Set(scrapes.flatMap(({ types }) => [...types.keys()]))
  for (const expression of expressions) {
    const metrics = [...expression.matchAll(/\b((?:propromo_chat|process)_\w+|up)(\{[^}]*\})?/g)]
    expect(metrics.length).toBeGreaterThan(0)
    for (const [, name = '', selector = ''] of metrics) {
      if (name === 'up') continue // Prometheus' own.
      const family = known.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')
      expect({ expression, known: known.has(family) }).toEqual({ expression, known: true })
      for (const [, label = '', values = ''] of selector.matchAll(/(\w+)=~?"([^"$]+)"/g)) {
        if (label === 'job') continue
        for (const value of values.split('|')) expect(isSample(name, `${label}="${value}"`)).toBe(true)
      }
    }
    for (const [, labels = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of labels.split(', ')) expect(['job', 'instance', ...labelsOf(metrics)]).toContain(label)
    }
  }
})

test('every figure of ours is on the dashboard, and everything that page is explained is a figure', async () => {
  const page = await text('docs/watch.md')
  const ours = new Set(
    scrapes.flatMap(({ types }) => [...types.keys()]).filter((name) => name.startsWith('propromo_chat_')),
  )
  const painted = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n')
  for (const name of ours) {
    expect(painted).toContain(name)
    expect(page).toContain(`\`${name}\``)
  }
  for (const [, name = ''] of page.matchAll(/`(propromo_chat_\w+)`/g)) expect(ours).toContain(name)
})

test('every alert has its paragraph, and every expression its brackets', async () => {
  const page = await text('docs/watch.md')
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/watch.md#${alert.toLowerCase()}`)
    expect(page).toContain(`### ${alert}\n`)
  }
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
  for (const expression of expressions) {
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => [...pair])) {
      expect(expression.split(open ?? '').length).toBe(expression.split(close ?? '').length)
    }
  }
})

test('panels lie beside each other, and use only variables that there are', () => {
  const cells = new Set<string>()
  for (const { gridPos, id, title } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect({ title, free: !cells.has(`${x} ${y}`) }).toEqual({ title, free: true })
        cells.add(`${x} ${y}`)
      }
    }
    expect(dashboard.panels.filter((panel) => panel.id === id)).toHaveLength(1)
  }
  const variables = [...dashboard.templating.list.map(({ name }) => name), '__rate_interval', '__all']
  for (const [, name = ''] of JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)) expect(variables).toContain(name)
})

function isSample(name: string, pair: string): boolean {
  return scrapes.some(({ samples }) =>
    [...samples.keys()].some((sample) => sample.startsWith(`${name}{`) && sample.includes(pair)),
  )
}

function labelsOf(metrics: readonly RegExpExecArray[]): readonly string[] {
  const names = metrics.map(([, name = '']) => name)
  const samples = scrapes.flatMap(({ samples }) => [...samples.keys()])
  const ofThese = samples.filter((sample) => names.some((name) => sample.startsWith(`${name}{`)))
  return ofThese.flatMap((sample) => [...sample.matchAll(/(\w+)="/g)].map(([, label = '']) => label))
}
