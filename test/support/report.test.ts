// Whoever sees only the end of a run is told what failed, and why.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Report, readReport } from './report.ts'

const TESTS = `
import { describe, expect, test } from 'bun:test'

test('is well', () => expect(1).toBe(1))
describe('a "group" & more', () => {
  test('[T3] <differs>', () => expect({ is: ['one', 'two'] }).toEqual({ is: ['one', 'three'] }))
})
test('throws', () => { throw new Error('no frame within 5 s') })
test('takes for ever', () => new Promise(() => undefined), 10)
test('says much', () => { throw new Error(Array.from({ length: 1_000 }, (_, line) => 'line ' + line).join('\\n')) })
test.skip('is left out', () => undefined)
`
const HOOK = `
import { beforeAll, test } from 'bun:test'

beforeAll(() => { throw new Error('nothing could begin') })
test('never begins', () => undefined)
`

let folder: string
let report: Report

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-report-'))
  await Bun.write(join(folder, 'some.test.ts'), TESTS)
  await Bun.write(join(folder, 'hook.test.ts'), HOOK)
  const file = join(folder, 'report.xml')
  const command = [process.execPath, 'test', '--parallel=2', '--reporter', 'junit', '--reporter-outfile', file]
  const { exitCode } = Bun.spawnSync(command, { cwd: folder, stdout: 'ignore', stderr: 'ignore' })
  expect(exitCode).toBe(1)
  report = await readReport(file)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const told = (name: string) => report.failures.find((failure) => failure.split('\n')[0]?.includes(name))

test('it counts what passed, failed and was skipped', () => {
  expect(report).toMatchObject({ tests: 7, failed: 5, skipped: 1 })
  expect(report.failures).toHaveLength(5)
})

test('each failed test is told by its file, its line, its name, and what went wrong', () => {
  expect(told('[T3]')).toStartWith('some.test.ts:6 a "group" & more > [T3] <differs>\n')
  expect(told('[T3]')).toContain('\n    -     "three",\n    +     "two",\n')
  expect(told('throws')).toStartWith('some.test.ts:8 throws\n    Error: no frame within 5 s\n')
  expect(told('takes for ever')).toContain('timed out')
  expect(told('is well')).toBeUndefined()
})

test('so is what failed before a test could begin', () => {
  expect(report.failures.filter((failure) => failure.startsWith('hook.test.ts'))).toEqual([
    expect.stringContaining('nothing could begin'),
  ])
})

test('what is too long to be read is cut', () => {
  expect(told('says much')).toContain('line 30')
  expect(told('says much')).not.toContain('line 50')
})

test('a run without a report has no tests', async () => {
  expect(await readReport(join(folder, 'nowhere'))).toEqual({ tests: 0, failed: 0, skipped: 0, failures: [] })
})
