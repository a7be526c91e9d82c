// The test command: checks the sources, provides what the tests need, runs them all, and says how many passed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEEDS, provide, provideKubernetesModels, provideNode22 } from './support/provide.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-tests-'))
process.exitCode = await main()
rmSync(folder, { recursive: true, force: true })

async function main(): Promise<number> {
  for (const need of NEEDS) provide(need)
  provideNode22()
  provideKubernetesModels()
  if (!step('format and lint', ['./node_modules/.bin/biome', 'check', '--error-on-warnings', '.'])) return 1
  if (!step('types', ['./node_modules/.bin/tsc', '--noEmit'])) return 1
  if (!step('types of the page', ['./node_modules/.bin/tsc', '--noEmit', '-p', 'web'])) return 1
  if (!step('types of its worker', ['./node_modules/.bin/tsc', '--noEmit', '-p', 'web/worker'])) return 1
  if (!step('the page', ['./node_modules/.bin/bun', 'web/build.ts'])) return 1

  const report = join(folder, 'report.xml')
  const ok = step('tests', [
    './node_modules/.bin/bun',
    'test',
    '--parallel=2',
    '--timeout',
    '20000',
    '--reporter',
    'junit',
    '--reporter-outfile',
    report,
    ...process.argv.slice(2),
  ])
  const { tests, failures, skipped } = await totals(report)
  if (skipped > 0) console.error(`${skipped} tests were skipped; a skipped test shows nothing`)
  console.log(`${tests - failures - skipped} passed, ${failures} failed`)
  return ok && tests > 0 && failures === 0 && skipped === 0 ? 0 : 1
}

function step(name: string, command: string[]): boolean {
  const started = performance.now()
  const { exitCode } = Bun.spawnSync(command, { stdout: 'inherit', stderr: 'inherit', stdin: 'ignore' })
  console.log(`${name}: ${exitCode === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return exitCode === 0
}

async function totals(report: string): Promise<{ tests: number; failures: number; skipped: number }> {
  const file = Bun.file(report)
  const [root = ''] = (await file.exists()) ? (/<testsuites[^>]*>/.exec(await file.text()) ?? []) : []
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0)
  return { tests: number('tests'), failures: number('failures') + number('errors'), skipped: number('skipped') }
}
