// docs/dependencies.md is the list of what we depend on, and package.json says the same.
import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dependencies, devDependencies, version } from '../package.json'

const page = await Bun.file(join(import.meta.dir, '../docs/dependencies.md')).text()
const [reasons = '', holes = ''] = page.split('## Versions with known holes')

test('every dependency is listed with its reason, and nothing else is', () => {
  const listed = [...reasons.matchAll(/^\| `([^`]+)` \| (.{20,}) \|$/gm)].map(([, name]) => name)
  expect(listed.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted())
})

test('every version is exact', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version),
  )
  expect(loose).toEqual([])
})

test('the lock file names no download address and a checksum for every package', async () => {
  const lock = (await Bun.file(join(import.meta.dir, '../package-lock.json')).json()) as {
    packages: Record<string, { resolved?: string; integrity?: string }>
  }
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([])
})

test('no copy of any package is of a version with a known hole', async () => {
  const lock = (await Bun.file(join(import.meta.dir, '../package-lock.json')).json()) as {
    packages: Record<string, { version: string }>
  }
  const refused = [...holes.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| .*CVE-\d{4}-\d{4,}.*\|$/gm)]
  expect(refused.length).toBeGreaterThanOrEqual(10)
  const found = refused.flatMap(([, name = '', range = '']) =>
    Object.entries(lock.packages)
      .filter(([path, { version }]) => path.endsWith(`node_modules/${name}`) && Bun.semver.satisfies(version, range))
      .map(([path, { version }]) => `${path} is ${version}, and ${range} is refused`),
  )
  expect(found).toEqual([])
  expect(Bun.semver.satisfies('4.11.3', '<4.11.4')).toBe(true) // Ranges mean what they say.
})

test('npm run sbom lists every package that is shipped, the libraries of the page too, and none that is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-sbom-'))
  const file = join(folder, 'sbom.json')
  const { exitCode } = Bun.spawnSync([process.execPath, 'deploy/sbom.ts', file], { cwd: join(import.meta.dir, '..') })
  expect(exitCode).toBe(0)
  const bom = (await Bun.file(file).json()) as Bom
  rmSync(folder, { recursive: true })
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: expect.stringMatching(/^1\.\d$/),
    metadata: { component: { type: 'application', name: 'propromo-chat', version } },
  })
  const names = bom.components.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining([...Object.keys(dependencies), 'preact', 'marked', '@preact/signals', 'emojibase-data']),
  )
  for (const tool of ['typescript', 'playwright-core', 'ws', 'ajv']) expect(names).not.toContain(tool)
  for (const { purl, version, hashes } of bom.components) {
    expect(purl).toStartWith('pkg:npm/')
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(hashes.length).toBeGreaterThan(0)
  }
})

interface Bom {
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly purl: string
    readonly hashes: readonly unknown[]
  }[]
}
