// docs/dependencies.md is the list of what we depend on, and package.json says the same.
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { dependencies, devDependencies } from '../package.json'

const page = await Bun.file(join(import.meta.dir, '../docs/dependencies.md')).text()

test('every dependency is listed with its reason, and nothing else is', () => {
  const listed = [...page.matchAll(/^\| `([^`]+)` \| (.{20,}) \|$/gm)].map(([, name]) => name)
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
