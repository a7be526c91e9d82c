// What operators run the chat with: Kubernetes' manifests and systemd's unit are of the right form, and agree with the server.
import { beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../server/config.ts'
import {
  checkForm,
  fetchKubernetesModels,
  hasKubernetesModels,
  type Manifest,
  strayFields,
} from './support/kubernetes.ts'

const DEPLOY = join(import.meta.dir, '../deploy')
/** What the server takes at most to let everyone go: docs/run.md. */
const SECONDS_TO_STOP = 10
const NAME = { 'app.kubernetes.io/name': 'propromo-chat' }

const manifests = readdirSync(join(DEPLOY, 'kubernetes')).map(
  (file) => Bun.YAML.parse(readFileSync(join(DEPLOY, 'kubernetes', file), 'utf8')) as Manifest,
)

beforeAll(() => {
  if (!hasKubernetesModels()) fetchKubernetesModels()
})

test('every manifest has the form that Kubernetes wants, and there is one of each kind', async () => {
  for (const manifest of manifests) await checkForm(manifest)
  expect(manifests.map(({ kind }) => kind).toSorted()).toEqual([
    'Deployment',
    'HorizontalPodAutoscaler',
    'Ingress',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'Service',
  ])
})

test('every field of theirs is one that Kubernetes knows, and a slip would be noticed', async () => {
  expect(strayFields(manifests)).toBe('')
  const slip = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'x' },
    spec: { ports: [{ port: 80, targetport: 1 }] },
  }
  expect(strayFields([slip])).toContain('targetport')
  await expect(checkForm({ ...slip, spec: { ports: 80 } })).rejects.toThrow()
})

test('all of them mean the same pods, by one name and one port', () => {
  for (const { metadata } of manifests) expect(metadata).toMatchObject({ name: 'propromo-chat', labels: NAME })
  expect(manifest('Service').spec).toMatchObject({ selector: NAME, ports: [{ targetPort: 'http' }] })
  expect(manifest('PodDisruptionBudget').spec).toMatchObject({ selector: { matchLabels: NAME }, maxUnavailable: 1 })
  expect(manifest('NetworkPolicy').spec).toMatchObject({ podSelector: { matchLabels: NAME } })
  expect(manifest('HorizontalPodAutoscaler').spec).toMatchObject({ scaleTargetRef: { name: 'propromo-chat' } })
  expect(manifest('Deployment').spec).toMatchObject({
    selector: { matchLabels: NAME },
    template: {
      metadata: { labels: NAME },
      spec: { containers: [{ ports: [{ name: 'http', containerPort: 1993 }] }] },
    },
  })
})

test('a pod is nobody, may change nothing, and has time to let everyone go', () => {
  const { template } = manifest('Deployment').spec as { template: { spec: PodSpec } }
  const { containers, ...pod } = template.spec
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
  })
  const [chat] = containers
  expect(chat).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    livenessProbe: { httpGet: { path: '/health' } },
    readinessProbe: { httpGet: { path: '/ready' } },
  })
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
    SECONDS_TO_STOP + (chat?.lifecycle.preStop.sleep.seconds ?? 0),
  )
})

test('the memory that a pod is granted is more than a process was ever measured with, and is warned of before it ends', async () => {
  const { template } = manifest('Deployment').spec as { template: { spec: PodSpec } }
  const { limits, requests } = template.spec.containers[0]?.resources ?? { limits: NOTHING, requests: NOTHING }
  const measured = [...page('reliability').matchAll(/to ([\d.]+) MiB/g)].map(([, most]) => Number(most))
  expect(mebibytes(limits.memory)).toBeGreaterThan(1.25 * Math.max(...measured))
  expect(mebibytes(requests.memory)).toBeLessThan(mebibytes(limits.memory))
  const unit = readFileSync(join(DEPLOY, 'systemd/propromo-chat.service'), 'utf8')
  const [, slowed] = /^MemoryHigh=(\d+)M$/m.exec(unit) ?? []
  const [, most] = /^MemoryMax=(\d+)M$/m.exec(unit) ?? []
  const [, bytes] = />\s*([\d.]+e\d)/.exec(alertNamed('PropromoChatMemory')) ?? []
  const warned = Number(bytes) / 1024 / 1024
  expect(warned).toBeLessThan(Math.min(mebibytes(limits.memory), Number(slowed), Number(most)))
  expect(warned).toBeGreaterThan(Math.max(...measured))
  const [, explained = ''] = page('watch').split('### PropromoChatMemory\n')
  expect(explained.replaceAll('\n', ' ')).toContain(
    `More than ${Math.round(warned)} MiB in one process (of several, on average); the units for systemd slow it down at ${slowed} MiB ` +
      `and end it at ${most}, the manifest for Kubernetes ends it at ${mebibytes(limits.memory)}`,
  )
})

test('a pod and a unit grant what one process needs, so neither starts several', () => {
  for (const file of readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:yaml|service)$/.test(file)) continue
    expect(readFileSync(join(DEPLOY, file), 'utf8')).not.toMatch(/^[^#]*\bWORKERS\b/m)
  }
  expect(page('run')).toContain('multiply it by')
})

test('the way in writes no ticket into a log, and lets figures be asked for from where Prometheus is', () => {
  // Its usual line holds the whole request, the query too.
  expect(manifest('Ingress').metadata).toMatchObject({
    annotations: { 'nginx.ingress.kubernetes.io/enable-access-log': 'false' },
  })
  const { ingress } = manifest('NetworkPolicy').spec as { ingress: readonly { from: readonly object[] }[] }
  const namespaces = ingress.flatMap(({ from }) => from)
  expect(namespaces).toContainEqual(
    expect.objectContaining({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }),
  )
  expect(page('deploy')).toContain('METRICS_TOKEN')
})

test('what the manifest sets makes a complete configuration, together with the secrets that docs/deploy.md names', () => {
  const { template } = manifest('Deployment').spec as { template: { spec: PodSpec } }
  const set = Object.fromEntries((template.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]))
  const secrets = ['DATABASE_URL', 'CHAT_STORAGE_URL', 'JWT_PRIVATE_KEY', 'JWT_PRIVATE_KEY_PASSPHRASE']
  for (const name of secrets) expect(page('deploy')).toContain(name)
  const config = readConfig({
    ...set,
    DATABASE_URL: 'postgres://chat:word@postgres/propromo',
    CHAT_STORAGE_URL: 'redis://redis',
    JWT_ALGORITHM: 'HS256', // What kind of key it is does not matter here.
    JWT_PRIVATE_KEY: Buffer.alloc(32, 'k').toString('base64'),
  })
  expect(config).toMatchObject({ publicOrigin: 'https://chat.example.com', storage: { kind: 'redis' } })
})

test('what the service for one process keeps is found by the commands too, as the page has its settings', () => {
  const unit = readFileSync(join(DEPLOY, 'systemd/propromo-chat.service'), 'utf8')
  const [storage = 'set nowhere'] = /CHAT_STORAGE_URL=\S+/.exec(unit) ?? []
  expect(page('deploy')).toMatch(new RegExp(`^${storage}$`, 'm'))
})

test('systemd understands every line of the unit, and finds little to criticise', () => {
  const unit = join(DEPLOY, 'systemd/propromo-chat.service')
  const text = readFileSync(unit, 'utf8')
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(SECONDS_TO_STOP)
  const { stderr } = Bun.spawnSync(['systemd-analyze', 'verify', unit], { stderr: 'pipe' })
  // The binary is not installed here, and nothing else may be said of it.
  const said = stderr
    .toString()
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes('propromo-chat'))
  expect(said.filter((line) => !line.includes('/usr/local/bin/propromo-chat is not executable'))).toEqual([])
  const rated = Bun.spawnSync(['systemd-analyze', 'security', '--offline=true', '--threshold=20', unit])
  expect(rated.exitCode).toBe(0)
})

interface Memory {
  readonly memory: string
}

const NOTHING: Memory = { memory: '0Mi' }

interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[]
    readonly resources: { readonly limits: Memory; readonly requests: Memory }
    readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } }
  }[]
}

function manifest(kind: string): Manifest {
  const found = manifests.find((each) => each.kind === kind)
  if (!found) throw new Error(`there is no ${kind}`)
  return found
}

function page(name: string): string {
  return readFileSync(join(import.meta.dir, `../docs/${name}.md`), 'utf8')
}

function mebibytes(memory: string): number {
  const [, many] = /^(\d+)Mi$/.exec(memory) ?? []
  return Number(many)
}

function alertNamed(name: string): string {
  const rules = readFileSync(join(DEPLOY, 'prometheus/alerts.yml'), 'utf8').split('- alert: ')
  return rules.find((rule) => rule.startsWith(`${name}\n`)) ?? ''
}
