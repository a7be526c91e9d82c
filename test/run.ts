// The test command: checks the sources, provides what the tests need, runs them all, and says how many passed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedPostgres } from './support/postgres.ts'
import { NEEDS, provide, provideKubernetesModels, provideNode22 } from './support/provide.ts'
import { readReport } from './support/report.ts'

/** However busy the machine is: what a test waits for in vain, it names long before. */
const TEST_MILLISECONDS = 120_000

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

  const file = join(folder, 'report.xml')
  const options = [
    '--parallel=2',
    '--timeout',
    String(TEST_MILLISECONDS),
    '--reporter',
    'junit',
    '--reporter-outfile',
    file,
  ]
  const command = ['./node_modules/.bin/bun', 'test', ...options, ...process.argv.slice(2)]
  const ok = step('tests', command, sharedPostgres())
  const { tests, failed, skipped, failures } = await readReport(file)
  // Their errors stand far above, among those of other tests: whoever sees only the end of all this sees them here.
  for (const failure of failures) console.log(`\nFAILED ${failure}`)
  if (!ok && failed === 0) console.log('\nFAILED outside of a test: the error stands above')
  if (skipped > 0) console.log(`${skipped} tests were skipped; a skipped test shows nothing`)
  console.log(`${tests - failed - skipped} passed, ${failed} failed`)
  return ok && tests > 0 && failed === 0 && skipped === 0 ? 0 : 1
}

function step(name: string, command: string[], more: Readonly<Record<string, string>> = {}): boolean {
  const started = performance.now()
  const env = { ...process.env, ...more }
  const { exitCode } = Bun.spawnSync(command, { stdout: 'inherit', stderr: 'inherit', stdin: 'ignore', env })
  console.log(`${name}: ${exitCode === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return exitCode === 0
}
